"""The page about rollout metrics agrees with the code, the template and the alarms."""

import ast
import re

from rollout.telemetry.catalog import CATALOG, Metric
from tests.repository.sources import ROOT, files, named, nodes
from tests.repository.test_templates import ALARMS

PAGE = (ROOT / "docs" / "rollout-metrics.md").read_text()
TEMPLATE = (ROOT / "template.yaml").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (Count|Seconds) \| (.+?) \| .+ \| .+ \|$", re.MULTILINE)


def test_table_has_each_metric_with_its_unit_and_dimensions_and_no_other():
    shown = {
        name: (unit, tuple(tuple(re.findall(r"`(\w+)`", one)) for one in sets.split("; ")))
        for name, unit, sets in ROW.findall(PAGE)
    }
    assert shown == {str(metric): (series.unit, series.dimension_sets) for metric, series in CATALOG.items()}
    assert [*CATALOG] == [*Metric]


def test_price_counts_the_series_and_the_alarms_of_the_stack():
    every_hour = [metric for metric, series in CATALOG.items() if series.dimension_sets == (("service",),)]
    by_ending = [metric for metric, series in CATALOG.items() if len(series.dimension_sets) > 1]
    counts = re.findall(r"^\| .+ \| ([\d, a-z]+) \| .+ \|$", PAGE.split("\n## What it costs\n")[1], re.MULTILINE)
    of_endings = f"{len(by_ending) - 1}, of a promotion {len(by_ending)}"
    assert counts[:4] == [str(len(every_hour)), of_endings, of_endings, str(len(ALARMS))]
    words = {6: "six", 7: "seven", 8: "eight", 9: "nine"}
    cost = " ".join((ROOT / "docs" / "cost.md").read_text().split())
    assert f"{words[len(ALARMS)]} alarms, at" in cost
    assert f"{words[len(every_hour)]} [metrics of the guardian]" in cost


def test_only_the_catalog_names_a_metric():
    """A name that is written elsewhere would be in no table."""
    names = {str(metric) for metric in Metric}
    quoted = {
        (named(path), node.value)
        for folder in ("layers", "functions")
        for path in files(folder)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and node.value in names
    }
    assert {path for path, _ in quoted} == {"layers/rollout/rollout/telemetry/catalog.py"}
    assert {name for _, name in quoted} == names


def test_template_names_no_metric_that_is_not_written():
    """In the graphs of the dashboard, and in the alarms."""
    found = re.findall(
        r'"LambdaRollouts", "(\w+)"|\{LambdaRollouts,[\w,]+\} (\w+)|^ +MetricName: (\w+)$', TEMPLATE, re.MULTILINE
    )
    graphs = {name for each in found for name in each if name} - {"ApproximateNumberOfMessagesVisible"}
    assert graphs
    assert graphs <= {str(metric) for metric in Metric}
