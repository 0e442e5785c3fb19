"""Whatever stands in an input, an event or a stored policy: the refusal is named, short and complete (P6, P10)."""

import json

import pytest

from rollout.aws.parameter_store import parameter_store
from rollout.domain.errors import InvalidDocumentError, InvalidEventError
from tests.integration.conftest import alias, client, event
from tests.unit.admission.bad_inputs import VALUES, changed, nested, paths

READS = {"GetFunction", "GetAlias", "ListVersionsByFunction", "GetProvisionedConcurrencyConfig"}
DEEP = "[" * 900 + "]" * 900
SOME = [
    changed((path, VALUES[kind]))
    for number, path in enumerate(paths())
    for kind in [[*VALUES][number % len(VALUES)]]
    if kind not in {"null", "nan", "infinity", "surrogate"}
]
"""Each field with one kind of bad value, of those that JSON can express."""


@pytest.fixture
def rejected(handle, my_api, lambda_wire, ledger, published):
    """Run PrepareRollout, and require a named rejection that touched nothing and was published."""
    parameter_store.cache_clear()

    def run(request):
        before, sent = alias(), len(published())
        document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
        assert (document["start"], document["outcome"]) == ("reject", "rejected")
        assert document["Error"].endswith("Error")
        assert document["Error"] != "InternalError"
        assert len(document["Cause"]) < 4000
        assert "Traceback" not in document["Cause"]
        assert (alias(), ledger()) == (before, [])
        assert set(lambda_wire.calls) <= READS
        if not (isinstance(request, dict) and request.get("dry_run")):
            assert published()[sent]["detail"]["cause"] == document["Cause"]
        return document["Cause"]

    yield run
    parameter_store.cache_clear()


def test_each_field_with_a_bad_value_is_rejected_and_touches_nothing(rejected):
    """P6."""
    accepted = [request for request in SOME if request.get("dry_run")]
    for request in SOME:
        # Alias and version are those of the account, so that no other refusal explains the rejection.
        if request not in accepted:
            assert rejected(request | {"version": "99"})


@pytest.mark.parametrize("request_", [nested(400), {"function": "my-api", "policy": nested(400)}, "x" * 250_000, None])
def test_input_that_is_no_request_is_rejected(rejected, request_):
    assert " is refused: " in rejected(request_)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DEEP, 'is refused: policy is "[[[['),
        (f'{{"steps": {DEEP}}}', "write at most 32 levels of lists and objects"),
        ('{"steps": "AllAtOnce", "steps": "AllAtOnce"}', 'policy.steps is there twice (the last one is "AllAtOnce")'),
        ('{"steps": "AllAtOnce", "bake": NaN}', "policy.bake is NaN: "),
        ('{"steps": "AllAtOnce", "bake": ' + "9" * 3000 + "}", "policy.bake is Infinity: "),
        ('{"steps": "AllAtOnce", "guards": {"alarms": ["\\ud800"]}}', 'policy.guards.alarms[0] is "\\ufffd": '),
    ],
)
def test_stored_policy_that_cannot_be_read_is_rejected(rejected, monkeypatch, text, sentence):
    """P6: in Parameter Store and in the stack's DefaultPolicy."""
    client("ssm").put_parameter(Name="/rollouts/policies/bad", Value=text, Type="String")
    assert sentence in rejected({"function": "my-api", "policy": "bad"})
    monkeypatch.setenv("DEFAULT_POLICY", text)
    assert "The stack's DefaultPolicy is refused: policy" in rejected({"function": "my-api"})


def test_refused_policy_does_not_hide_what_its_readable_parts_require(rejected, lambda_wire):
    """P6: an unknown alarm, a role that cannot share the alias, and a version that is not there."""
    lambda_wire.describe("2", Role="other")
    own = {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "4"}}
    policy = {
        "steps": [{"percent": 10, "hold": "soon"}, {"percent": 5, "hold": "5m"}],
        "metrics": ["errors", {"cloudwatch": own}, {"alarm": "nowhere-1"}],
        "guards": {"alarms": ["nowhere-2"], "max_slow_percent": 5},
        "ignore": ["fast"],
        "bake": "long",
    }
    cause = rejected({"function": "my-api", "policy": policy})
    assert [
        sentence
        for sentence in (
            'steps[0].hold is "soon"',
            "steps[1].percent is 5 after 10",
            "add {version} to a dimension",
            'bake is "long"',
            "ignore names fast",
            "guards.max_slow_percent needs the metric slow",
            "The policy names the alarm nowhere-1, nowhere-2",
            "Lambda splits an alias only between versions with the same role",
        )
        if sentence not in cause
    ] == []


@pytest.mark.parametrize("detail", [None, [], nested(400), {"function": nested(400)}, {"function": "f" * 50_000}, "x"])
def test_event_that_cannot_be_read_is_an_error_with_a_name(handle, my_api, lambda_wire, detail):
    """It goes to the dead-letter queue of StartRollout with this error, and starts nothing."""
    sent = event("start_rollout_version_published") | {"detail": detail}
    with pytest.raises(InvalidEventError, match=r"^The event cannot be read: detail") as refused:
        handle("start_rollout", sent)
    assert len(str(refused.value)) < 1000
    assert lambda_wire.calls == []


def test_event_with_a_policy_of_any_size_starts_nothing_or_a_rejected_rollout(
    handle, my_api, lambda_wire, state_machine
):
    sent = event("start_rollout_version_published")
    with pytest.raises(InvalidEventError, match="at most 200,000 are possible: store the policy in Parameter Store"):
        handle("start_rollout", sent | {"detail": {"function": "my-api", "policy": {"steps": "é" * 110_000}}})
    assert handle("start_rollout", sent | {"detail": {"function": "my-api", "policy": nested(400)}})["started"]


@pytest.mark.filterwarnings("ignore:No application metrics to publish")
@pytest.mark.parametrize("sent", [{"sweep": 5}, {"detail": nested(400)}, {"account": 7, "detail-type": "x"}])
def test_event_that_the_guardian_cannot_read_is_an_error_with_a_name(handle, ledger, sent):
    with pytest.raises(InvalidEventError, match=r"^The event cannot be read: "):
        handle("guardian", sent)


@pytest.mark.parametrize("task", ["shift_traffic", "judge_canary", "promote_version", "roll_back", "close_rollout"])
def test_document_that_a_task_cannot_read_is_an_error_with_a_name(handle, ledger, task):
    """P10: the Cause of the failure names the field; RollBack then leads to RestoreAlias."""
    with pytest.raises(InvalidDocumentError, match="target is missing: add it"):
        handle(task, {name: value for name, value in json.loads(json.dumps(event(task))).items() if name != "target"})
