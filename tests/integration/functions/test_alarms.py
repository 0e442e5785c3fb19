"""Tests of the alarms: each watches a metric that the handlers write, or the queue of a function, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.aws.step_functions import Executions
from rollout.telemetry.catalog import CATALOG, Metric
from tests.integration.conftest import begin_rollback, event

RESOURCES = load(str(Path(__file__).parents[3] / "template.yaml"))["Resources"]
ALARMS = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::CloudWatch::Alarm"
}
ENVIRONMENT = load(str(Path(__file__).parents[3] / "template.yaml"))["Globals"]["Function"]["Environment"]["Variables"]
pytestmark = pytest.mark.usefixtures("state_machine", "split")


@pytest.fixture
def split(handle, my_api, locked):
    """The alias after the first step of a rollout, whose rollback has begun and will fail."""
    handle("shift_traffic", event("shift_traffic"))
    begin_rollback()


Series = tuple[str, str, frozenset[tuple[str, str]]]
"""A namespace, a metric's name, and its dimensions."""


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """The handlers have the variables of the template, and the execution in events/ runs."""
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "RUNNING")
    for name in ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.setenv(name, ENVIRONMENT[name])


def series_of(line: dict[str, Any]) -> Iterator[Series]:
    """Yield what CloudWatch makes of a line in the embedded metric format."""
    for definition in line["_aws"]["CloudWatchMetrics"]:
        for names in definition["Dimensions"]:
            dimensions = frozenset((name, line[name]) for name in names)
            yield from ((definition["Namespace"], metric["Name"], dimensions) for metric in definition["Metrics"])


def written_by_handlers(handle, emf) -> set[Series]:
    """Return the series that CloseRollout and a sweep of the guardian write."""
    handle("close_rollout", event("close_rollout_without_an_ending"))
    handle("guardian", {"sweep": "aliases"})
    return {series for line in emf() for series in series_of(line)}


def watched(alarm: dict[str, Any]) -> Series:
    dimensions = frozenset((dimension["Name"], dimension["Value"]) for dimension in alarm["Dimensions"])
    return alarm["Namespace"], alarm["MetricName"], dimensions


OF_ROLLOUTS = [name for name, alarm in ALARMS.items() if alarm["Namespace"] == "LambdaRollouts"]
OF_QUEUES = sorted(ALARMS.keys() - OF_ROLLOUTS)


@pytest.mark.parametrize("alarm", OF_ROLLOUTS)
def test_alarm_watches_a_metric_that_a_handler_writes(handle, emf, alarm):
    """By namespace, name and every dimension: an alarm of another series has no data, and stays green for ever."""
    assert watched(ALARMS[alarm]) in written_by_handlers(handle, emf)


@pytest.mark.parametrize(
    "change",
    [
        {"Namespace": "Rollouts"},
        {"MetricName": "RolloutEnded"},
        {"Dimensions": [{"Name": "outcome", "Value": "rollback_failed"}]},
        {"Dimensions": [{"Name": "outcome", "Value": "failed"}, {"Name": "service", "Value": "rollouts"}]},
    ],
)
def test_alarm_of_another_series_would_be_found(handle, emf, change):
    """CloudWatch adds up no dimensions: without `service`, RollbackFailedAlarm would watch nothing."""
    assert watched(ALARMS["RollbackFailedAlarm"] | change) not in written_by_handlers(handle, emf)


@pytest.mark.parametrize("alarm", OF_QUEUES)
def test_alarm_of_a_queue_watches_where_a_function_leaves_its_failed_events(alarm):
    properties = ALARMS[alarm]
    (dimension,) = properties["Dimensions"]
    queue, attribute = dimension["Value"]["Fn::GetAtt"]
    letters = [resource["Properties"].get("DeadLetterQueue", {}) for resource in RESOURCES.values()]
    assert (properties["Namespace"], properties["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert (dimension["Name"], attribute) == ("QueueName", "QueueName")
    assert {"Fn::GetAtt": [queue, "Arn"]} in [each.get("TargetArn") for each in letters]


def test_every_line_has_the_units_and_dimensions_of_the_catalog(handle, emf):
    """docs/rollout-metrics.md shows the catalog."""
    handle("close_rollout", event("close_rollout_without_an_ending"))
    handle("guardian", {"sweep": "versions"})
    lines = emf()
    assert len(lines) == 2
    for line in lines:
        (definition,) = line["_aws"]["CloudWatchMetrics"]
        for metric in definition["Metrics"]:
            known = CATALOG[Metric(metric["Name"])]
            assert metric["Unit"] == known.unit
            assert [set(names) for names in definition["Dimensions"]] == [set(names) for names in known.dimension_sets]
