"""What a policy may count in a log: one literal, which cannot become a command of the query."""

import pytest

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy

STEPS = [{"percent": 10, "hold": "5m"}]


def read(*metrics: object, **criteria: object) -> Policy:
    return read_policy({"steps": STEPS, "metrics": ["errors", *metrics]} | criteria)


@pytest.mark.parametrize(
    ("logs", "text"),
    [
        ({"pattern": "ERROR"}, "ERROR"),
        ({"pattern": '"statusCode": 500'}, '"statusCode": 500'),
        ({"pattern": "can't | stats count(*)"}, "can't | stats count(*)"),
        ({"level": "ERROR"}, "level ERROR"),
        ({"level": "warn"}, "level warn"),
    ],
)
def test_logs_are_compared_and_named_by_their_kind(logs, text):
    policy = read({"logs": logs})
    (metric,) = [metric for metric in policy.active_metrics if metric.logs]
    assert (metric.name, metric.kind, metric.is_compared, metric.logs.text) == ("logs", "logs", True, text)
    assert policy.log_metric == metric
    assert Policy.model_validate(policy.model_dump(mode="json")) == policy


@pytest.mark.parametrize(
    ("logs", "sentence"),
    [
        ({}, "write exactly one of pattern and level"),
        ({"pattern": "ERROR", "level": "ERROR"}, "write exactly one of pattern and level"),
        ({"pattern": ""}, 'logs.pattern is "": write at least 1 character'),
        ({"pattern": "E" * 201}, "write at most 200 character"),
        ({"pattern": "ERROR\n| limit 1"}, "write text of one line without"),
        ({"pattern": "ERROR # and nothing else"}, "write text of one line without"),
        ({"pattern": 'ERROR\\" | limit 1'}, "write text of one line without"),
        ({"pattern": """can't "pay" """}, "use one kind of quote"),
        ({"level": 'ERROR" | limit 1'}, "logs.level"),
        ({"level": ""}, "logs.level"),
        ({"level": 50}, "logs.level"),
        ({"words": "ERROR"}, "logs.words is not a known field"),
    ],
)
def test_condition_that_is_no_plain_literal_is_refused(logs, sentence):
    with pytest.raises(InvalidPolicyError, match="policy") as refused:
        read({"logs": logs})
    assert sentence in str(refused.value)


def test_second_log_metric_is_refused_unless_it_is_ignored():
    """An evaluation makes at most one query, whose cost grows with the log."""
    two = ({"logs": {"pattern": "ERROR"}}, {"logs": {"level": "ERROR"}, "label": "levels"})
    with pytest.raises(InvalidPolicyError, match="metrics has logs and levels of the kind logs"):
        read(*two)
    metric = read(*two, ignore=["levels"]).log_metric
    assert metric is not None
    assert metric.name == "logs"


def test_policy_without_logs_has_no_log_metric():
    assert read("slow").log_metric is None
