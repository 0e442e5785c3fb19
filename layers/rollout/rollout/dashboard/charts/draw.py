"""Draws the charts of a rollout with pygal."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from xml.etree.ElementTree import Element

from pygal import DateTimeLine

from rollout.dashboard.charts.presentation import Colours, with_presentation
from rollout.dashboard.series import Line, MetricLines
from rollout.domain.text import format_evidence

_WIDTH, _HEIGHT = 440, 230
"""The shape of a chart, whose width follows the page's."""

_MOST_DOTS = 40
_TIME_LABELS = 5


def share_chart(share: Line, zone: tzinfo, colours: Colours) -> Element:
    """Return the canary's share over time, in percent."""
    return _chart("Canary's share of the calls", [share], zone, colours, range=(0, 100), y_labels=[0, 25, 50, 75, 100])


def evidence_chart(evidence: Line, limit: Line, zone: tzinfo, colours: Colours) -> Element:
    """Return the evidence against the canary and its limit, on a logarithmic axis."""
    highest = max((point.value or 1 for line in (evidence, limit) for point in line.points), default=1)
    decades = _decades(highest)
    return _chart(
        "Evidence against the canary (log scale)",
        [evidence, limit],
        zone,
        colours,
        logarithmic=True,
        range=(1, 1.01 * decades[-1]),
        y_labels=decades,
        value_formatter=format_evidence,
    )


def _decades(highest: float) -> list[float]:
    """Return at most seven powers of ten from 1 to above a value."""
    top = max(math.ceil(math.log10(highest) + 0.05), 1)
    step = -(-top // 6)
    return [10.0**exponent for exponent in range(0, top + step, step)]


def metric_chart(lines: MetricLines, zone: tzinfo, colours: Colours) -> Element:
    """Return both versions' rate of bad calls by one metric, in percent."""
    title = f"{lines.metric} ({lines.mode}), % of the calls between two evaluations"
    return _chart(title, [lines.canary, lines.stable], zone, colours, min_scale=2, max_scale=5, include_x_axis=True)


def _chart(title: str, lines: Sequence[Line], zone: tzinfo, colours: Colours, **options: object) -> Element:
    chart = DateTimeLine(
        **{
            "width": _WIDTH,
            "height": _HEIGHT,
            "margin": 8,
            "margin_right": 32,
            "spacing": 4,
            "explicit_size": False,
            "legend_at_bottom": True,
            "legend_at_bottom_columns": 2,
            "truncate_legend": -1,
            "x_value_formatter": lambda at: f"{at.astimezone(zone):{_time_format(lines)}}",
            "value_formatter": lambda value: f"{value:.3g} %",
            "x_labels": _time_labels(lines),
            "dots_size": 2,
            "show_legend": len(lines) > 1,
        }
        | options
    )
    for line in lines:
        points = [(point.at, point.value) for point in line.points]
        chart.add(line.name, points, show_dots=len(points) <= _MOST_DOTS)
    return with_presentation(chart.render_tree(), title, colours)


def _time_format(lines: Sequence[Line]) -> str:
    """Return a format that tells the labels apart: with seconds below ten minutes, with the day from a day on."""
    labels = _time_labels(lines)
    span = labels[-1] - labels[0] if labels else timedelta()
    if span < timedelta(minutes=10):
        return "%H:%M:%S"
    return "%H:%M" if span < timedelta(days=1) else "%m-%d %H:%M"


def _time_labels(lines: Sequence[Line]) -> list[datetime]:
    """Return times at equal distances from the first to the last point."""
    times = [point.at for line in lines for point in line.points]
    if not times:
        return []
    first, last = min(times), max(times)
    return [first + (last - first) * number / (_TIME_LABELS - 1) for number in range(_TIME_LABELS)]
