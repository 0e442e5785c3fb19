"""What a policy may write of witnesses, and what is refused by name."""

import pytest

from rollout.domain.enums import Mode
from rollout.domain.errors import BadPolicyError
from rollout.policy.policy import Policy, read_policy
from tests.samples import policy

STEPS = [{"percent": 10, "hold": "5m"}]
OWN = {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "{version}"}}


def written(**criteria: object) -> Policy:
    return read_policy({"steps": STEPS} | criteria)


def test_errors_alone_are_measured_unless_the_policy_says_otherwise():
    (witness,) = written().heeded
    assert (witness.kind, witness.name, witness.mode) == ("errors", "errors", Mode.CRITICAL)


def test_a_witness_is_a_word_or_an_object_and_may_be_advisory():
    heeded = written(
        witnesses=["errors", {"slow": {"over_ms": 800}, "mode": "advisory"}, "throttles", {"metric": OWN}]
    ).heeded
    assert [(witness.name, witness.mode.value) for witness in heeded] == [
        ("errors", "critical"),
        ("slow", "advisory"),
        ("throttles", "critical"),
        ("Failed", "critical"),
    ]


def test_a_policy_reads_as_it_was_written_down():
    """The document of a rollout carries it from task to task."""
    kept = written(witnesses=["errors", "slow", {"metric": OWN}, {"alarm": "checkout"}], muted=["slow"])
    assert Policy.model_validate(kept.model_dump(mode="json")) == kept


def test_two_of_a_kind_are_told_apart_by_what_they_are_called():
    heeded = written(witnesses=["errors", "slow", {"slow": {"over_ms": 5000}, "called": "very slow"}]).heeded
    assert [witness.name for witness in heeded] == ["errors", "slow", "very slow"]


def test_alarms_of_the_guards_are_critical_and_those_among_the_witnesses_as_they_say():
    found = written(witnesses=["errors", {"alarm": "login", "mode": "advisory"}], guards={"alarms": ["checkout"]})
    assert found.alarms == {"login": Mode.ADVISORY, "checkout": Mode.CRITICAL}


def test_what_is_muted_is_neither_asked_nor_heard():
    found = written(witnesses=["errors", "slow"], guards={"alarms": ["checkout"]}, muted=["slow", "checkout"])
    assert [witness.name for witness in found.heeded] == ["errors"]
    assert found.alarms == {}


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"witnesses": ["fast"]}, 'policy.witnesses[0] is "fast": write errors, slow or throttles, or an object such'),
        ({"witnesses": [{"errors": {}, "slow": {}}]}, "one of errors, slow, throttles, metric and alarm is needed"),
        ({"witnesses": [{"mode": "advisory"}]}, "one of errors, slow, throttles, metric and alarm is needed"),
        ({"witnesses": ["errors", {"slow": {"over": 5}}]}, "policy.witnesses[1].slow.over is not a known field"),
        ({"witnesses": ["errors", {"slow": {"over_ms": 0}}]}, "witnesses[1].slow.over_ms is 0: at least 1"),
        ({"witnesses": [{"errors": {}, "mode": "loud"}]}, "'critical' or 'advisory' is needed"),
        ({"witnesses": ["errors", "errors"]}, "policy.witnesses has errors twice: tell them apart by `called`"),
        ({"witnesses": [{"slow": {"over_ms": 9}, "called": "errors"}]}, "policy.witnesses calls something errors that"),
        ({"witnesses": [{"alarm": "a"}], "guards": {"alarms": ["a"]}}, "policy.witnesses has a twice"),
        (
            {"witnesses": [{"metric": OWN | {"dimensions": {"V": "4"}}}]},
            'policy.witnesses[0].metric.dimensions is {"V": "4"}: one dimension has to hold {version}, or both',
        ),
        ({"witnesses": [{"metric": OWN | {"name": ""}}]}, 'metric.name is "": at least 1 character is needed'),
        ({"witnesses": []}, "policy.witnesses has nothing left that decides"),
        ({"witnesses": [{"errors": {}, "mode": "advisory"}]}, "policy.witnesses has nothing left that decides"),
        ({"muted": ["errors"]}, "policy.witnesses has nothing left that decides"),
        ({"muted": ["slow"]}, "policy.muted names slow, and the policy's are errors"),
        ({"guards": {"max_slow_percent": 5}}, "policy.guards.max_slow_percent needs the witness slow"),
    ],
)
def test_what_cannot_be_is_refused_by_name(criteria, said):
    with pytest.raises(BadPolicyError) as refused:
        written(**criteria)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("witnesses", "guarded"),
    [
        (["errors"], {"errors": 5}),
        (["throttles"], {"throttles": 1, "errors": 5}),
        (["throttles", {"errors": {}, "mode": "advisory"}], {"throttles": 1}),
        (["errors", {"slow": {"over_ms": 9}}], {"errors": 5, "slow": 20}),
    ],
)
def test_errors_have_their_ceiling_unless_the_policy_makes_them_advisory(witnesses, guarded):
    slow = {"max_slow_percent": 20} if "slow" in guarded else {}
    found = policy(witnesses=witnesses, guards=slow)
    assert {witness.name: found.ceiling(witness) for witness in found.guarded} == guarded
