"""The lines of the charts: share, evidence, and each metric's rate between two evaluations, with at most 120 points."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from rollout.dashboard.evaluations import Evaluation, MetricCounts
from rollout.domain.counts import Counts
from rollout.domain.enums import Mode
from rollout.domain.models import Value

MOST_POINTS = 120
"""More points than pixels of a narrow chart tell nothing more."""

_T = TypeVar("_T")


class Point(Value):
    """A value at a time; None where there were no calls."""

    at: datetime
    value: float | None


class Line(Value):
    """A line of a chart."""

    name: str
    points: tuple[Point, ...]


class MetricLines(Value):
    """The rates of both versions by one metric, in percent of the calls between two evaluations."""

    metric: str
    mode: Mode
    canary: Line
    stable: Line


def share_line(evaluations: Sequence[Evaluation], began_at: datetime | None, end: Point | None = None) -> Line:
    """Return the canary's share in percent, as a line with steps; `end` is the share after the ending."""
    points = [Point(at=began_at, value=0)] if began_at else []
    for one in [*(Point(at=each.at, value=each.percent) for each in evaluations), *([end] if end else [])]:
        if points and points[-1].value != one.value:
            points.append(Point(at=one.at, value=points[-1].value))
        points.append(one)
    return Line(name="canary's share", points=tuple(_thinned(points)))


def evidence_lines(evaluations: Sequence[Evaluation], began_at: datetime | None) -> tuple[Line, Line]:
    """Return the evidence, which begins at 1, and its limit.

    Evidence below 1 is drawn as 1: it is none against the canary.
    """
    shown = _highest(evaluations)
    evidence = [Point(at=one.at, value=min(max(one.evidence, 1), 1e12)) for one in shown]
    limits = [Point(at=one.at, value=max(one.evidence_limit, 1)) for one in shown]
    if began_at and shown:
        evidence.insert(0, Point(at=began_at, value=1))
        limits.insert(0, Point(at=began_at, value=limits[0].value))
    return Line(name="evidence", points=tuple(evidence)), Line(name="limit", points=tuple(limits))


def _highest(evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """Return the evaluation with the highest evidence of each group of neighbours."""
    size = -(-len(evaluations) // MOST_POINTS) or 1
    groups = [evaluations[start : start + size] for start in range(0, len(evaluations), size)]
    return [max(group, key=lambda one: one.evidence) for group in groups]


def metric_lines(evaluations: Sequence[Evaluation], began_at: datetime | None = None) -> list[MetricLines]:
    """Return the rates of each metric that an evaluation names, in the order in which they first appear.

    The time of the first shift begins each line, without a value.
    """
    shown = _thinned(evaluations)
    first = (Point(at=began_at, value=None),) if began_at else ()
    modes = {one.metric: one.mode for evaluation in shown for one in _metrics(evaluation)}
    return [
        MetricLines(
            metric=metric,
            mode=mode,
            canary=Line(name="canary", points=first + _rates(shown, metric, is_canary=True)),
            stable=Line(name="stable", points=first + _rates(shown, metric, is_canary=False)),
        )
        for metric, mode in modes.items()
    ]


def _metrics(evaluation: Evaluation) -> tuple[MetricCounts, ...]:
    """Return the metrics of an evaluation; entries without findings have the counts of errors."""
    errors = MetricCounts(metric="errors", canary=evaluation.canary, stable=evaluation.stable)
    return evaluation.findings or (errors,)


def _rates(evaluations: Sequence[Evaluation], metric: str, *, is_canary: bool) -> tuple[Point, ...]:
    """Return the percent of bad calls between two evaluations: the ledger has totals, which begin again in the bake."""
    points, before, phase = [], Counts(), None
    for evaluation in evaluations:
        counts = _counts(evaluation, metric, is_canary=is_canary)
        if counts is None:
            continue
        before = before if phase is evaluation.phase else Counts()
        points.append(Point(at=evaluation.at, value=_rate(before, counts)))
        before, phase = counts, evaluation.phase
    return tuple(points)


def _counts(evaluation: Evaluation, metric: str, *, is_canary: bool) -> Counts | None:
    found = next((one for one in _metrics(evaluation) if one.metric == metric), None)
    return (found.canary if is_canary else found.stable) if found else None


def _rate(before: Counts, after: Counts) -> float | None:
    """Return the percent of bad calls between two totals; None without calls, or where late data lowered a total."""
    calls, bad = after.calls - before.calls, after.bad - before.bad
    return min(max(100 * bad / calls, 0), 100) if calls > 0 else None


def _thinned(values: Sequence[_T]) -> list[_T]:
    """Return at most MOST_POINTS values at equal distances, the last one among them."""
    size = -(-len(values) // MOST_POINTS) or 1
    return [*values[::-size][::-1]]
