"""The metrics about rollouts in the deployed stack, as CloudWatch has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.stories.starts import faulty_version_published, healthy_version_published
from tests.e2e.waiting import wait_for


@pytest.fixture
def values(stack):
    """Called with a metric and its dimensions, it returns the values of the last hours, one for each minute."""

    def read(name: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
        named = [{"Name": key, "Value": value} for key, value in (dimensions | {"service": "rollouts"}).items()]
        metric = {"Namespace": "LambdaRollouts", "MetricName": name, "Dimensions": named}
        query = {"Id": "metric", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}
        now = datetime.now(UTC)
        until = {"StartTime": now - timedelta(hours=3), "EndTime": now + timedelta(minutes=1)}
        answer: Any = stack.client("cloudwatch").get_metric_data(MetricDataQueries=[query], **until)
        return answer["MetricDataResults"][0]["Values"]

    return read


@pytest.mark.parametrize(
    ("story", "outcome"), [(healthy_version_published, "promoted"), (faulty_version_published, "rolled_back")]
)
def test_ending_counts_once_with_its_duration_and_evaluations(stories, values, story, outcome):
    rollout = stories(story)
    dimensions = {"function": rollout.shop.name, "outcome": outcome}
    (ended,) = wait_for(lambda: values("RolloutsEnded", **dimensions), lambda: f"No metric of {dimensions}.")
    (seconds,), (evaluations,) = values("RolloutDuration", **dimensions), values("Evaluations", **dimensions)
    assert (ended, seconds > 0, evaluations >= 1) == (1, True, True)


def test_promotion_has_a_lead_time(stories, values):
    """By the time of CloudTrail's event, which the input of the execution has."""
    dimensions = {"function": stories(healthy_version_published).shop.name, "outcome": "promoted"}
    (lead_time,) = wait_for(lambda: values("LeadTime", **dimensions), lambda: "No lead time.")
    assert lead_time > 0


def test_faulty_version_has_no_lead_time(stories, values):
    function = stories(faulty_version_published).shop.name
    assert values("LeadTime", function=function, outcome="rolled_back") == []


def test_each_sweep_measures_the_open_rollouts(sweeps, values):
    assert sum(values("RolloutsOpen", "SampleCount")) >= len(sweeps)
    assert max(values("OldestOpenRolloutAge", "Maximum")) >= 0
    assert max(values("RolloutsOverdue", "Maximum")) == 0


def test_alarm_of_the_missing_guardian_is_green_after_a_sweep(sweeps, stack):
    """It watches the metric that a sweep of the deployed guardian writes."""
    alarms = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = [alarm for alarm in alarms if "GuardianNotRunningAlarm" in alarm["AlarmName"]]
    assert alarm["StateValue"] == "OK", alarm["StateReason"]
    assert alarm["AlarmDescription"].endswith("docs/runbook.md#the-alarm-of-the-missing-guardian")
