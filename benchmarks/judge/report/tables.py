"""The tables of the report, in Markdown."""

from collections.abc import Callable, Iterable, Sequence
from math import inf, isinf

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.matrix import CALLS, CORRELATIONS, STABLE_RATES
from benchmarks.judge.measure import ALL_KNOWING, EVIDENCE, ORACLE, SHIPPED, Result, Tally
from benchmarks.judge.report.demands import MOST_FALSE, healthy_twin, is_trusted
from benchmarks.judge.rules.peers import PEERS
from simulator.bursts.shape import INDEPENDENT, Correlation

JUDGES = (SHIPPED, *PEERS)
TYPICAL_RATE = 0.002
BURSTS = Correlation(0.002)
RISKS = (1.5, 2, 5, 50, inf)
BUSY = (600, 6_000, 60_000)
HEADINGS = {Scene.OUTAGE: "outages", Scene.BIG_OUTAGE: "outages", Scene.WAVE: "wave", Scene.COLD: "cold"}

Results = dict[Cell, Result]
Row = Sequence[str]
FormatTally = Callable[[Tally], str]


def table(heading: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table with the numbers aligned right."""
    rule = ["---", *["--:"] * (len(heading) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heading, rule, *rows))


def false_rollbacks(results: Results) -> str:
    """Return a table of rules by scenes: percent rolled back in the worst healthy cell, its interval, and the mean."""
    healthy = [result for result in results.values() if result.cell.is_healthy]
    names = (SHIPPED, EVIDENCE, *PEERS)
    groups: dict[str, list[Result]] = {}
    for result in healthy:
        cell = result.cell
        key = HEADINGS.get(cell.scene) or f"correlation {cell.world}"
        groups.setdefault(key, []).append(result)
    rows = [[name, *(_worst(name, group) for group in groups.values()), _above(name, healthy)] for name in names]
    return table(["rule", *groups, "cells above 1 %"], rows)


def _worst(name: str, group: list[Result]) -> str:
    tallies = [result.tallies[name] for result in group]
    worst = max(tallies, key=lambda tally: tally.share)
    low, high = worst.interval
    mean = sum(tally.share for tally in tallies) / len(tallies)
    return f"{100 * worst.share:.1f} [{100 * low:.1f}, {100 * high:.1f}], mean {100 * mean:.1f}"


def _above(name: str, healthy: list[Result]) -> str:
    above = sum(result.tallies[name].share > MOST_FALSE for result in healthy)
    return f"{above} of {len(healthy)}"


def detection(results: Results) -> str:
    """Return a table of rules by relative risks: the percent caught, and the median minutes to the rollback."""

    def format_caught(tally: Tally) -> str:
        return f"{_percent(tally.share)}{_minutes(tally.median_minutes)}"

    return _by_risk(results, (*JUDGES, ORACLE, ALL_KNOWING), (6_000,), format_caught)


def _minutes(minutes: float) -> str:
    if isinf(minutes):
        return ""
    return f" in {minutes:.0f} min" if minutes > 0 else " before it began"


def excess_failures(results: Results) -> str:
    """Return a table of rules by relative risks, at two volumes: the mean canary failures beyond stable's rate."""
    return _by_risk(
        results, JUDGES, (6_000, 60_000), lambda tally: f"{tally.excess.value:,.0f} ± {tally.excess.margin:,.0f}"
    )


def _by_risk(results: Results, names: Iterable[str], volumes: Iterable[int], format_tally: FormatTally) -> str:
    cells = [cell for calls in volumes for cell in _typical(calls) if cell in results]
    rows = [[name, *(_marked(name, results, cell, format_tally) for cell in cells)] for name in names]
    return table(["rule", *(_heading(cell) for cell in cells)], rows)


def _typical(calls: int) -> list[Cell]:
    steady = [Cell(calls, TYPICAL_RATE, risk, BURSTS) for risk in RISKS]
    return [*steady, Cell(calls, TYPICAL_RATE, 5, BURSTS, Scene.LATE)]


def _heading(cell: Cell) -> str:
    late = ", late" if cell.scene is Scene.LATE else ""
    return f"{cell.calls:,}/min, {_risk(cell.risk)}{late}"


def _marked(name: str, results: Results, cell: Cell, format_tally: FormatTally) -> str:
    healthy = results.get(healthy_twin(cell))
    mark = "" if healthy is None or is_trusted(healthy.tallies[name]) else " †"
    return format_tally(results[cell].tallies[name]) + mark


def against_the_oracle(results: Results) -> str:
    """Return a table of the median failed canary calls without bursts: the shipped judge's and the oracle's."""
    rows = []
    for calls in CALLS:
        for rate in STABLE_RATES:
            cells = [Cell(calls, rate, risk, INDEPENDENT) for risk in (2, 5, 50)]
            if all(cell in results for cell in cells):
                rows.append([f"{calls:,}/min, {100 * rate:g} %", *(_pair(results[cell]) for cell in cells)])
    return table(["calls, stable errors", *(_risk(risk) for risk in (2, 5, 50))], rows)


def _pair(result: Result) -> str:
    shipped, oracle = (result.tallies[name].median_failed for name in (SHIPPED, ORACLE))
    times = "" if isinf(shipped) or isinf(oracle) else f" ({shipped / oracle:.2f})"
    return f"{_number(shipped)} / {_number(oracle)}{times}"


def caught_by_volume(results: Results) -> str:
    """Return a table of the percent that the shipped judge catches, for the worst of stable's error rates."""
    rows = []
    for calls in BUSY:
        for correlation in CORRELATIONS:
            groups = [[Cell(calls, rate, risk, Correlation(correlation)) for rate in STABLE_RATES] for risk in RISKS]
            if all(cell in results for group in groups for cell in group):
                shares = [_percent(min(results[cell].tallies[SHIPPED].share for cell in group)) for group in groups]
                rows.append([f"{calls:,}/min, correlation {correlation:g}", *shares])
    return table(["calls, correlation", *(_risk(risk) for risk in RISKS)], rows)


def _risk(risk: float) -> str:
    return "all fail" if isinf(risk) else f"{risk:g} times"


def _percent(share: float) -> str:
    digits = 0 if share in (0, 1) else 1
    return f"{100 * share:.{digits}f} %"


def _number(value: float) -> str:
    return "undecided" if isinf(value) else f"{value:,.0f}"
