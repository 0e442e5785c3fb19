"""The dashboard of the template shows every alarm, and only metrics that the stack writes."""

import json
import re
from typing import Any

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.telemetry.catalog import CATALOG, Metric
from tests.partitions import REGIONS
from tests.repository.sources import ROOT

TEMPLATE: Any = load(str(ROOT / "template.yaml"))
RESOURCES = TEMPLATE["Resources"]
WIDGETS = json.loads(RESOURCES["RolloutDashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
LONGEST_FUNCTION_NAME = 64
COLUMNS = 24


def of_type(kind: str) -> list[dict[str, Any]]:
    return [widget for widget in WIDGETS if widget["type"] == kind]


def test_alarm_widget_shows_every_alarm():
    (widget,) = of_type("alarm")
    alarms = {name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::CloudWatch::Alarm"}
    assert sorted(widget["properties"]["alarms"]) == sorted(f"${{{name}.Arn}}" for name in alarms)


def test_custom_widget_calls_the_reading_function():
    (widget,) = of_type("custom")
    assert widget["properties"]["endpoint"] == "${ShowRolloutsFunction.Arn}"


def series(widget: dict[str, Any]) -> list[list[str]]:
    """Return the metrics of a graph with their dimensions; a dot stands for what the metric before has there."""
    found: list[list[str]] = []
    for metric in widget["properties"]["metrics"]:
        named = [part for part in metric if isinstance(part, str)]
        before = found[-1] if found else named
        if named:
            found.append([old if part == "." else part for part, old in zip(named, before, strict=True)])
    return found


@pytest.mark.parametrize("widget", of_type("metric"), ids=lambda widget: widget["properties"]["title"])
def test_graph_shows_metrics_with_the_dimensions_that_the_stack_writes(widget):
    for namespace, metric, *dimensions in series(widget):
        assert namespace == "LambdaRollouts"
        assert set(dimensions[::2]) in [set(one) for one in CATALOG[Metric(metric)].dimension_sets]
    searched = re.findall(r"\{LambdaRollouts,([\w,]+)\} (\w+)'", json.dumps(widget))
    assert all(tuple(names.split(",")) in CATALOG[Metric(metric)].dimension_sets for names, metric in searched)
    assert series(widget) or searched


def test_widgets_do_not_overlap():
    cells = [
        (x, y)
        for widget in WIDGETS
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len({*cells})
    assert max(x for x, _ in cells) < COLUMNS


def test_name_of_the_function_has_the_prefix_of_widgets_and_fits():
    name = RESOURCES["ShowRolloutsFunction"]["Properties"]["FunctionName"]["Fn::Sub"]
    longest = name.replace("${OrchestratorName}", "n" * TEMPLATE["Parameters"]["OrchestratorName"]["MaxLength"])
    assert longest.startswith("customWidget")
    assert len(longest) <= LONGEST_FUNCTION_NAME


def test_every_partition_has_its_console_or_none():
    consoles = TEMPLATE["Mappings"]["Consoles"]
    assert {*REGIONS.values()} - consoles.keys() == set()


def test_everything_of_the_dashboard_is_left_out_with_it():
    conditional = {name for name, resource in RESOURCES.items() if resource.get("Condition") == "HasDashboard"}
    assert conditional == {"ShowRolloutsFunction", "RolloutDashboard"}
    outputs = {name: output["Condition"] for name, output in TEMPLATE["Outputs"].items() if "Dashboard" in name}
    assert outputs == {"DashboardName": "HasDashboard", "DashboardUrl": "HasDashboardLink"}
