"""What the judge must achieve in the worlds beside correlated errors, and against the judge it replaces."""

from math import isinf

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.traffic import MINUTES
from benchmarks.judge.measure import SHIPPED, Result
from benchmarks.judge.report.demands import BAD, Demand, few_false
from benchmarks.judge.report.former import FORMER
from simulator.bursts.shape import Clumps, Environments

FORMER_CALLS = 6_000
SLOWER = 2
"""How many times as many minutes the judge may take as the former one, in bursts that it did not know."""


def world_demands(results: list[Result]) -> list[Demand]:
    """Return every demand on the other worlds with its breaches."""
    return [few_false(results), _five_times_as_often(results), all_failing_as_soon(results)]


def _five_times_as_often(results: list[Result]) -> Demand:
    demand = Demand(
        "Five times the errors at 6,000 calls a minute, in clumps of 3 and environments: at most twice the former"
        " judge's median minutes, where those fit into the half hour"
    )
    for result in results:
        if _is_slower_allowed(result.cell):
            most = SLOWER * FORMER[str(result.cell)].minutes
            minutes = result.tallies[SHIPPED].median_minutes
            demand.add(f"{result.cell}: {minutes:g} minutes, at most {most:g}" if minutes > most else None)
    return demand


def _is_slower_allowed(cell: Cell) -> bool:
    is_shape = cell.world == Clumps(3) or isinstance(cell.world, Environments)
    is_case = is_shape and cell.calls == FORMER_CALLS and cell.risk == BAD and cell.scene is Scene.STEADY
    return is_case and SLOWER * FORMER[str(cell)].minutes <= MINUTES


def all_failing_as_soon(results: list[Result]) -> Demand:
    """Return the demand on canaries whose calls all fail from the first shift on, with its breaches."""
    demand = Demand("All calls failing: found in the same minute as by the former judge (median), in every rollout")
    for result in results:
        if isinf(result.cell.risk) and result.cell.scene is Scene.STEADY:
            demand.add(_later(result))
    return demand


def _later(result: Result) -> str | None:
    tally, former = result.tallies[SHIPPED], FORMER[str(result.cell)]
    if tally.median_minutes <= former.minutes and tally.share >= former.share:
        return None
    caught = f"{tally.share:.1%} in {tally.median_minutes:g} minutes"
    return f"{result.cell}: {caught}, formerly {former.share:.1%} in {former.minutes:g}"
