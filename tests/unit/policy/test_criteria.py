"""What a policy may write of metrics, and what is refused by name."""

import pytest

from rollout.domain.enums import Mode
from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy, read_policy
from tests.samples import policy

STEPS = [{"percent": 10, "hold": "5m"}]
OWN = {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "{version}"}}


def written(**criteria: object) -> Policy:
    return read_policy({"steps": STEPS} | criteria)


def test_errors_alone_are_measured_unless_the_policy_says_otherwise():
    (metric,) = written().active_metrics
    assert (metric.kind, metric.name, metric.mode) == ("errors", "errors", Mode.CRITICAL)


def test_a_metric_is_a_word_or_an_object_and_may_be_advisory():
    active_metrics = written(
        metrics=["errors", {"slow": {"over_ms": 800}, "mode": "advisory"}, "throttles", {"cloudwatch": OWN}]
    ).active_metrics
    assert [(metric.name, metric.mode.value) for metric in active_metrics] == [
        ("errors", "critical"),
        ("slow", "advisory"),
        ("throttles", "critical"),
        ("Failed", "critical"),
    ]


def test_a_policy_reads_as_it_was_written_down():
    """The document of a rollout carries it from task to task."""
    kept = written(metrics=["errors", "slow", {"cloudwatch": OWN}, {"alarm": "checkout"}], ignore=["slow"])
    assert Policy.model_validate(kept.model_dump(mode="json")) == kept


def test_two_of_a_kind_are_told_apart_by_what_they_are_called():
    active_metrics = written(
        metrics=["errors", "slow", {"slow": {"over_ms": 5000}, "label": "very slow"}]
    ).active_metrics
    assert [metric.name for metric in active_metrics] == ["errors", "slow", "very slow"]


def test_alarms_of_the_guards_are_critical_and_those_among_the_metrics_as_they_say():
    found = written(metrics=["errors", {"alarm": "login", "mode": "advisory"}], guards={"alarms": ["checkout"]})
    assert found.alarms == {"login": Mode.ADVISORY, "checkout": Mode.CRITICAL}


def test_what_is_muted_is_neither_asked_nor_heard():
    found = written(metrics=["errors", "slow"], guards={"alarms": ["checkout"]}, ignore=["slow", "checkout"])
    assert [metric.name for metric in found.active_metrics] == ["errors"]
    assert found.alarms == {}


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        ({"metrics": ["fast"]}, 'policy.metrics[0] is "fast": write errors, slow or throttles, or an object such'),
        ({"metrics": [{"errors": {}, "slow": {}}]}, "one of errors, slow, throttles, cloudwatch and alarm is needed"),
        ({"metrics": [{"mode": "advisory"}]}, "one of errors, slow, throttles, cloudwatch and alarm is needed"),
        ({"metrics": ["errors", {"slow": {"over": 5}}]}, "policy.metrics[1].slow.over is not a known field"),
        ({"metrics": ["errors", {"slow": {"over_ms": 0}}]}, "metrics[1].slow.over_ms is 0: at least 1"),
        ({"metrics": [{"errors": {}, "mode": "loud"}]}, "'critical' or 'advisory' is needed"),
        ({"metrics": ["errors", "errors"]}, "policy.metrics has errors twice: tell them apart by `label`"),
        ({"metrics": [{"slow": {"over_ms": 9}, "label": "errors"}]}, "policy.metrics calls something errors that"),
        ({"metrics": [{"alarm": "a"}], "guards": {"alarms": ["a"]}}, "policy.metrics has a twice"),
        (
            {"metrics": [{"cloudwatch": OWN | {"dimensions": {"V": "4"}}}]},
            'policy.metrics[0].cloudwatch.dimensions is {"V": "4"}: one dimension has to hold {version}, or both',
        ),
        ({"metrics": [{"cloudwatch": OWN | {"name": ""}}]}, 'cloudwatch.name is "": at least 1 character is needed'),
        ({"metrics": []}, "policy.metrics has nothing left that decides"),
        ({"metrics": [{"errors": {}, "mode": "advisory"}]}, "policy.metrics has nothing left that decides"),
        ({"ignore": ["errors"]}, "policy.metrics has nothing left that decides"),
        ({"ignore": ["slow"]}, "policy.ignore names slow, and the policy's are errors"),
        ({"guards": {"max_slow_percent": 5}}, "policy.guards.max_slow_percent needs the metric slow"),
    ],
)
def test_what_cannot_be_is_refused_by_name(criteria, said):
    with pytest.raises(InvalidPolicyError) as refused:
        written(**criteria)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("metrics", "metrics_with_ceiling"),
    [
        (["errors"], {"errors": 5}),
        (["throttles"], {"throttles": 1, "errors": 5}),
        (["throttles", {"errors": {}, "mode": "advisory"}], {"throttles": 1}),
        (["errors", {"slow": {"over_ms": 9}}], {"errors": 5, "slow": 20}),
    ],
)
def test_errors_have_their_ceiling_unless_the_policy_makes_them_advisory(metrics, metrics_with_ceiling):
    slow = {"max_slow_percent": 20} if "slow" in metrics_with_ceiling else {}
    found = policy(metrics=metrics, guards=slow)
    assert {metric.name: found.ceiling(metric) for metric in found.metrics_with_ceiling} == metrics_with_ceiling
