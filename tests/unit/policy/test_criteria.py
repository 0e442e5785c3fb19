"""The criteria that a policy may contain, and those that are refused by name."""

import pytest

from rollout.domain.enums import Mode
from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from tests.samples import policy

STEPS = [{"percent": 10, "hold": "5m"}]
OWN = {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "{version}"}}


def read(**criteria: object) -> Policy:
    return read_policy({"steps": STEPS} | criteria)


def test_default_metrics_are_errors():
    (metric,) = read().active_metrics
    assert (metric.kind, metric.name, metric.mode) == ("errors", "errors", Mode.CRITICAL)


def test_metric_may_be_a_word_or_an_object():
    active_metrics = read(
        metrics=["errors", {"slow": {"over_ms": 800}, "mode": "advisory"}, "throttles", {"cloudwatch": OWN}]
    ).active_metrics
    assert [(metric.name, metric.mode.value) for metric in active_metrics] == [
        ("errors", "critical"),
        ("slow", "advisory"),
        ("throttles", "critical"),
        ("Failed", "critical"),
    ]


def test_policy_round_trips_through_json():
    """The rollout document carries the policy from task to task."""
    policy_read = read(metrics=["errors", "slow", {"cloudwatch": OWN}, {"alarm": "checkout"}], ignore=["slow"])
    assert Policy.model_validate(policy_read.model_dump(mode="json")) == policy_read


def test_label_distinguishes_metrics_of_one_kind():
    active_metrics = read(metrics=["errors", "slow", {"slow": {"over_ms": 5000}, "label": "very slow"}]).active_metrics
    assert [metric.name for metric in active_metrics] == ["errors", "slow", "very slow"]


def test_guard_alarms_are_critical_and_metric_alarms_keep_their_mode():
    criteria = read(metrics=["errors", {"alarm": "login", "mode": "advisory"}], guards={"alarms": ["checkout"]})
    assert criteria.alarms == {"login": Mode.ADVISORY, "checkout": Mode.CRITICAL}


def test_ignored_metrics_and_alarms_are_not_active():
    criteria = read(metrics=["errors", "slow"], guards={"alarms": ["checkout"]}, ignore=["slow", "checkout"])
    assert [metric.name for metric in criteria.active_metrics] == ["errors"]
    assert criteria.alarms == {}


@pytest.mark.parametrize(
    ("criteria", "sentence"),
    [
        ({"metrics": ["fast"]}, 'policy.metrics[0] is "fast": write errors, slow or throttles, or an object such'),
        (
            {"metrics": [{"errors": {}, "slow": {}}]},
            "write exactly one of errors, slow, throttles, cloudwatch, logs and alarm",
        ),
        (
            {"metrics": [{"mode": "advisory"}]},
            "write exactly one of errors, slow, throttles, cloudwatch, logs and alarm",
        ),
        ({"metrics": ["errors", {"slow": {"over": 5}}]}, "policy.metrics[1].slow.over is not a known field"),
        ({"metrics": ["errors", {"slow": {"over_ms": 0}}]}, "metrics[1].slow.over_ms is 0: write at least 1"),
        ({"metrics": [{"errors": {}, "mode": "loud"}]}, "write 'critical' or 'advisory'"),
        ({"metrics": ["errors", "errors"]}, "policy.metrics has errors twice: give one of them a `label`"),
        ({"metrics": [{"slow": {"over_ms": 9}, "label": "errors"}]}, "policy.metrics has another metric named errors"),
        ({"metrics": [{"alarm": "a"}], "guards": {"alarms": ["a"]}}, "policy.metrics has a twice"),
        (
            {"metrics": [{"cloudwatch": OWN | {"dimensions": {"V": "4"}}}]},
            'policy.metrics[0].cloudwatch.dimensions is {"V": "4"}: add {version} to a dimension, so that each version',
        ),
        ({"metrics": [{"cloudwatch": OWN | {"name": ""}}]}, 'cloudwatch.name is "": write at least 1 character'),
        ({"metrics": []}, "policy.metrics has no critical metric that is not ignored"),
        (
            {"metrics": [{"errors": {}, "mode": "advisory"}]},
            "policy.metrics has no critical metric that is not ignored",
        ),
        ({"ignore": ["errors"]}, "policy.metrics has no critical metric that is not ignored"),
        ({"ignore": ["slow"]}, "policy.ignore names slow, but the policy has errors: use these names"),
        ({"guards": {"max_slow_percent": 5}}, "policy.guards.max_slow_percent needs the metric slow"),
    ],
)
def test_invalid_criteria_are_refused_by_name(criteria, sentence):
    with pytest.raises(InvalidPolicyError) as refused:
        read(**criteria)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("metrics", "metrics_with_ceiling"),
    [
        (["errors"], {"errors": 5}),
        (["throttles"], {"throttles": 1, "errors": 5}),
        (["throttles", {"errors": {}, "mode": "advisory"}], {"throttles": 1}),
        (["errors", {"slow": {"over_ms": 9}}], {"errors": 5, "slow": 20}),
    ],
)
def test_errors_have_a_ceiling_unless_the_policy_makes_them_advisory(metrics, metrics_with_ceiling):
    slow = {"max_slow_percent": 20} if "slow" in metrics_with_ceiling else {}
    criteria = policy(metrics=metrics, guards=slow)
    assert {metric.name: criteria.ceiling(metric) for metric in criteria.metrics_with_ceiling} == metrics_with_ceiling
