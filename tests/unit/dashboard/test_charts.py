"""A chart needs nothing that CloudWatch removes: its look is in attributes."""

from datetime import UTC, timedelta
from xml.etree.ElementTree import tostring

import pytest

from rollout.dashboard.charts.draw import evidence_chart, metric_chart, share_chart
from rollout.dashboard.charts.presentation import Colours
from rollout.dashboard.evaluations import read_evaluations
from rollout.dashboard.series import evidence_lines, metric_lines, share_line
from tests.samples import AT
from tests.unit.dashboard.pages import evaluation_entry

COLOURS = Colours("#111111", "#222222", ("#333333", "#444444"))


def charts(*entries):
    found = read_evaluations([*entries])
    drawn = [share_chart(share_line(found, AT), UTC, COLOURS), evidence_chart(*evidence_lines(found, AT), UTC, COLOURS)]
    return [*drawn, *(metric_chart(lines, UTC, COLOURS) for lines in metric_lines(found))]


SAMPLES = {
    "one": [evaluation_entry(1)],
    "several": [evaluation_entry(number) for number in range(1, 9)],
    "many": [evaluation_entry(number, evidence="1") for number in range(1, 2001)],
    "without calls": [evaluation_entry(1, canary={"calls": 0, "bad": 0}, findings=[])],
    "infinite": [evaluation_entry(1, evidence="inf"), evaluation_entry(2, evidence="1e300")],
}


@pytest.mark.parametrize("entries", SAMPLES.values(), ids=SAMPLES)
def test_chart_has_no_script_no_style_sheet_and_no_identifier(entries):
    for chart in charts(*entries):
        assert {element.tag for element in chart.iter()} <= {"svg", "title", "g", "path", "rect", "circle", "text"}
        assert {name for element in chart.iter() for name in element.attrib} & {"class", "style", "id", "href"} == set()


@pytest.mark.parametrize("entries", SAMPLES.values(), ids=SAMPLES)
def test_chart_is_small(entries):
    assert all(len(tostring(chart)) < 30_000 for chart in charts(*entries))


def test_evidence_has_a_logarithmic_axis_with_its_limit():
    chart = evidence_chart(*evidence_lines(read_evaluations(SAMPLES["several"]), AT), UTC, COLOURS)
    labels = [element.text for element in chart.iter("text")]
    assert {"1", "100", "10^8", "evidence", "limit"} <= {*labels}


def test_lines_have_the_colours_of_their_versions():
    (errors, *_) = metric_lines(read_evaluations(SAMPLES["several"]))
    chart = metric_chart(errors, UTC, COLOURS)
    strokes = [element.get("stroke") for element in chart.iter("path")]
    assert {"#333333", "#444444"} <= {*strokes}


def test_labels_of_a_short_rollout_have_seconds():
    found = read_evaluations([evaluation_entry(1), evaluation_entry(2)])
    chart = share_chart(share_line(found, AT), UTC, COLOURS)
    assert f"{AT + timedelta(minutes=1):%H:%M:%S}" in [element.text for element in chart.iter("text")]
