"""The tables of the worlds beside correlated errors, in Markdown."""

from collections.abc import Sequence
from enum import StrEnum
from math import isinf

from benchmarks.judge.cells.cell import Cell, Scene, World
from benchmarks.judge.cells.matrix import BURSTS, CALLS, FAULT_WORLDS, WORLD_RATES, WORLDS
from benchmarks.judge.measure import SHIPPED, Result, Tally
from benchmarks.judge.report.demands import MOST_FALSE, healthy_twin, is_trusted
from benchmarks.judge.report.former import FORMER
from benchmarks.judge.report.tables import JUDGES, FormatTally, Results, table
from simulator.bursts.shape import INDEPENDENT

SHOWN_CALLS = 6_000
FAULTS = {
    Scene.NEW_ERRORS: "1 % errors, none before",
    Scene.TENANT: "one tenant fails",
    Scene.LEAK: "a leak, 0 to 20 %",
    Scene.NEW_ENVIRONMENTS: "new environments fail",
    Scene.SLOW: "slow 5 times as often",
}
SLOW_RATE = 0.01
"""Stable's share of slow calls, whose limit is its 99th percentile."""


def promise_by_world(results: Results) -> str:
    """Return a table of worlds by rules: the worst healthy cell with its interval, and the cells above 1 %."""
    rows = []
    for world in WORLDS:
        healthy = [result for result in results.values() if result.cell.world == world and result.cell.is_healthy]
        if healthy:
            rows.append([name_world(world), *(_worst(healthy, name) for name in JUDGES)])
    return table(["errors come as", *JUDGES], rows)


def _worst(healthy: Sequence[Result], name: str) -> str:
    tallies = [result.tallies[name] for result in healthy]
    worst = max(tallies, key=lambda tally: tally.share)
    low, high = (100 * end for end in worst.interval)
    above = sum(tally.share > MOST_FALSE for tally in tallies)
    return f"{100 * worst.share:.1f} [{low:.1f}, {high:.1f}], {above} of {len(tallies)}"


def name_world(world: World | StrEnum) -> str:
    """Return the world's name in a table."""
    return "independent" if world == INDEPENDENT else str(world)


def caught_in_worlds(results: Results, risk: float) -> str:
    """Return a table of worlds by volumes: the percent that the shipped judge catches, and the median minutes."""
    rows = []
    for world in BURSTS:
        for rate in WORLD_RATES:
            cells = [Cell(calls, rate, risk, world) for calls in CALLS]
            if all(cell in results for cell in cells):
                caught = (format_caught(results[cell].tallies[SHIPPED]) for cell in cells)
                rows.append([f"{world}, {100 * rate:g} %", *caught])
    return table(["errors come as, stable errors", *(f"{calls:,}/min" for calls in CALLS)], rows)


def format_caught(tally: Tally) -> str:
    """Return the percent caught, and the median minutes if half of the rollouts or more are."""
    minutes = "" if isinf(tally.median_minutes) else f" in {tally.median_minutes:.0f} min"
    return f"{100 * tally.share:.1f} %{minutes}"


def excess_in_worlds(results: Results, risk: float) -> str:
    """Return a table of worlds by rules: the mean excess failures, and the rule's false rollbacks beside them."""
    rows = []
    for world in BURSTS:
        for rate in WORLD_RATES:
            cell = Cell(SHOWN_CALLS, rate, risk, world)
            if cell in results and healthy_twin(cell) in results:
                excess = (_excess(results, cell, name) for name in JUDGES)
                rows.append([f"{world}, {100 * rate:g} %", *excess])
    return table(["errors come as, stable errors", *JUDGES], rows)


def _excess(results: Results, cell: Cell, name: str) -> str:
    tally, healthy = results[cell].tallies[name], results[healthy_twin(cell)].tallies[name]
    return f"{tally.excess.value:,.0f} ± {tally.excess.margin:,.0f} ({100 * healthy.share:.1f} %)"


def than_formerly(results: Results) -> str:
    """Return a table of the share caught and the median minutes at relative risk 5, of the former judge and now."""
    cells = [Cell(SHOWN_CALLS, rate, 5, world) for world in BURSTS for rate in WORLD_RATES]
    rows = [
        [f"{cell.world}, {100 * cell.stable_rate:g} %", _format_former(cell), format_caught(tally)]
        for cell in cells
        if cell in results and (tally := results[cell].tallies[SHIPPED])
    ]
    return table(["errors come as, stable errors", "formerly", "now"], rows)


def _format_former(cell: Cell) -> str:
    former = FORMER[str(cell)]
    minutes = "" if isinf(former.minutes) else f" in {former.minutes:.0f} min"
    return f"{100 * former.share:.1f} %{minutes}"


def faults_by_volume(results: Results) -> str:
    """Return a table of faults and worlds by volumes: what the shipped judge catches, at the smaller stable rate."""
    rows = []
    for scene, title in FAULTS.items():
        for world in FAULT_WORLDS:
            cells = [_fault_cell(calls, scene, world) for calls in CALLS]
            if all(cell in results for cell in cells):
                caught = (format_caught(results[cell].tallies[SHIPPED]) for cell in cells)
                rows.append([title, name_world(world), *caught])
    return table(["fault", "errors come as", *(f"{calls:,}/min" for calls in CALLS)], rows)


def faults_by_rule(results: Results, format_tally: FormatTally) -> str:
    """Return a table of faults by rules at one volume, with errors that are independent otherwise."""
    rows = []
    for scene, title in FAULTS.items():
        cell = _fault_cell(SHOWN_CALLS, scene, INDEPENDENT)
        if cell in results:
            names = JUDGES if scene is not Scene.SLOW else (SHIPPED,)
            cells = [_marked(results, cell, name, format_tally) for name in names]
            rows.append([title, *cells, *["-"] * (len(JUDGES) - len(cells))])
    return table(["fault", *JUDGES], rows)


def _fault_cell(calls: int, scene: Scene, world: World) -> Cell:
    if scene is Scene.SLOW:
        return Cell(calls, SLOW_RATE, 5, world, scene)
    return Cell(calls, 0 if scene is Scene.NEW_ERRORS else WORLD_RATES[0], 1, world, scene)


def _marked(results: Results, cell: Cell, name: str, format_tally: FormatTally) -> str:
    healthy = results.get(healthy_twin(cell))
    mark = "" if healthy is None or is_trusted(healthy.tallies[name]) else " †"
    return format_tally(results[cell].tallies[name]) + mark
