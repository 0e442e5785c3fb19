"""A dry run warns of failures that Lambda counts as successes, and never passes over what it cannot read."""

import pytest

from rollout.admission.callers import Callers
from rollout.dry_run.silent_failures import silent_failure_warnings
from tests.samples import policy

API = Callers(http=("an API of API Gateway", "its function URL"))
QUEUE = Callers(batches=("arn:aws:sqs:eu-west-1:123456789012:orders",))
UNREAD = Callers(unread=("the resource policy (AccessDeniedException)",))
OWN = {"cloudwatch": {"namespace": "Shop", "name": "Failed", "dimensions": {"Version": "{version}"}}}


def warnings(callers: Callers, **criteria: object) -> list[str]:
    return [*silent_failure_warnings(callers, policy(**criteria), "my-api:live")]


@pytest.mark.parametrize(
    ("callers", "sentence"),
    [
        (
            API,
            "my-api:live is called by an API of API Gateway and its function URL, and Lambda counts an HTTP 500",
        ),
        (
            QUEUE,
            "my-api:live reports the failed items of batches from arn:aws:sqs:eu-west-1:123456789012:orders (Report",
        ),
        (
            UNREAD,
            "It is unknown who calls my-api:live, because Lambda does not return the resource policy (AccessDenied",
        ),
    ],
)
def test_policy_that_measures_only_what_lambda_counts_is_warned_about(callers, sentence):
    """P5 for a person: a warning names what cannot be read."""
    for metrics in (["errors"], ["errors", "slow", "throttles"]):
        (warning,) = warnings(callers, metrics=metrics)
        assert warning.startswith(sentence)
        assert ": add the metric logs, a CloudWatch metric by version or an alarm to the policy" in warning
        assert "(docs/metrics.md), or raise an exception." in warning


@pytest.mark.parametrize(
    "criteria",
    [
        {"metrics": ["errors", {"logs": {"pattern": "ERROR"}}]},
        {"metrics": ["errors", OWN]},
        {"metrics": ["errors", {"alarm": "api-5xx"}]},
        {"guards": {"alarms": ["api-5xx"]}},
    ],
)
def test_policy_that_measures_something_else_is_not_warned_about(criteria):
    everything = Callers(http=API.http, batches=QUEUE.batches, unread=UNREAD.unread)
    assert warnings(everything, **criteria) == []
    assert len(warnings(everything)) == 3


def test_ignored_metric_sees_nothing():
    metrics = ["errors", {"logs": {"pattern": "ERROR"}}]
    assert len(warnings(API, metrics=metrics, ignore=["logs"])) == 1


def test_alias_without_such_callers_has_no_warning():
    assert warnings(Callers()) == []
