"""What the judge must achieve in each cell, and the cells in which it does not."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import isinf

from benchmarks.judge.cells.cell import FAULTS, Cell, Scene
from benchmarks.judge.measure import ALL_KNOWING, EVIDENCE, ORACLE, SHIPPED, Result, Tally
from benchmarks.judge.rules.peers import PEERS
from simulator.bursts.shape import INDEPENDENT, Correlation

MOST_FALSE = 0.01
MOST_FALSE_HIGH = 0.02
BUSY = 6_000
BAD = 5
STRONG_BURSTS = {Correlation(0.01)}
LEAST_CAUGHT, LEAST_CAUGHT_IN_BURSTS = 0.99, 0.95
PEER_FALSE = 0.05
MOST_OF_ORACLE = 1.5


@dataclass
class Demand:
    """One requirement on the judge, with a sentence for each cell that breaks it."""

    title: str
    cells: int = 0
    breaches: list[str] = field(default_factory=list)

    def add(self, breach: str | None) -> None:
        """Count one more cell, with its breach if it has one."""
        self.cells += 1
        if breach:
            self.breaches.append(breach)


def demands(results: list[Result]) -> list[Demand]:
    """Return every demand with its breaches."""
    return [few_false(results), _bad_are_caught(results), _fewer_failures(results), _near_the_oracle(results)]


def few_false(results: list[Result]) -> Demand:
    """Return the demand on healthy canaries, with its breaches."""
    demand = Demand("Healthy canaries rolled back: at most 1 %, the 95 % interval below 2 %")
    for result in results:
        if result.cell.is_healthy:
            demand.add(_false(result))
    return demand


def _false(result: Result) -> str | None:
    tally, evidence = result.tallies[SHIPPED], result.tallies[EVIDENCE]
    low, high = tally.interval
    if tally.share <= MOST_FALSE and high < MOST_FALSE_HIGH:
        return None
    return f"{result.cell}: {tally.share:.1%} [{low:.1%}, {high:.1%}], {evidence.share:.1%} without the ceiling"


def _bad_are_caught(results: list[Result]) -> Demand:
    demand = Demand(
        "Caught at relative risk 5 or more and 6,000 calls a minute or more:"
        " 99 % at correlation up to 0.002, 95 % at 0.01"
    )
    for result in results:
        cell = result.cell
        if cell.scene is Scene.STEADY and cell.calls >= BUSY and cell.risk >= BAD:
            demand.add(_missed(result))
    return demand


def _missed(result: Result) -> str | None:
    least = LEAST_CAUGHT_IN_BURSTS if result.cell.world in STRONG_BURSTS else LEAST_CAUGHT
    caught, knowing = (result.tallies[name].share for name in (SHIPPED, ALL_KNOWING))
    if caught >= least:
        return None
    return f"{result.cell}: {caught:.1%}; a test that knows both error rates and the correlation catches {knowing:.1%}"


def _fewer_failures(results: list[Result]) -> Demand:
    demand = Demand("Excess failures: fewer than every peer that rolls back under 5 % of healthy canaries there")
    healthy = {result.cell: result for result in results if result.cell.is_healthy}
    for result in results:
        twin = healthy.get(healthy_twin(result.cell))
        if twin and twin is not result:
            demand.add(_more_failures(result, twin))
    return demand


def healthy_twin(cell: Cell) -> Cell:
    """Return the cell that differs only in a healthy canary."""
    is_fault = cell.scene in {Scene.LATE, Scene.SLOW, *FAULTS}
    return replace(cell, risk=1, scene=Scene.STEADY if is_fault else cell.scene)


def is_trusted(tally: Tally) -> bool:
    """Whether a rule rolls back few enough healthy canaries to be compared with."""
    return tally.share < PEER_FALSE


def _more_failures(result: Result, healthy: Result) -> str | None:
    """Return the best peer that significantly lets fewer failures through: the interval of the difference is above 0.

    None if there is no such peer.
    """
    peers = [name for name in PEERS if is_trusted(healthy.tallies[name])]
    better = [name for name in peers if _is_significantly_better(result.tallies[name])]
    if not better:
        return None
    best = min(better, key=lambda name: result.tallies[name].excess.value)
    shipped, peer = (result.tallies[name].excess.value for name in (SHIPPED, best))
    shipped_false, peer_false = (healthy.tallies[name].share for name in (SHIPPED, best))
    falsely = f"rolls back {peer_false:.1%} of healthy canaries, Lambda Rollouts {shipped_false:.1%}"
    return f"{result.cell}: {shipped:,.2f}, {best} {peer:,.2f} ({falsely})"


def _is_significantly_better(tally: Tally) -> bool:
    return tally.shipped_more.value > tally.shipped_more.margin


def _near_the_oracle(results: list[Result]) -> Demand:
    demand = Demand(
        "Without bursts, at relative risk 2 to 50: median failed canary calls at most 1.5 times the oracle's"
    )
    for result in _without_bursts(results):
        shipped, oracle = (result.tallies[name].median_failed for name in (SHIPPED, ORACLE))
        is_breach = shipped > MOST_OF_ORACLE * oracle
        demand.add(f"{result.cell}: {shipped:,.0f}, oracle {oracle:,.0f}" if is_breach else None)
    return demand


def _without_bursts(results: list[Result]) -> Iterator[Result]:
    """Yield the results without bursts in which the oracle decides."""
    for result in results:
        cell = result.cell
        is_covered = cell.scene is Scene.STEADY and cell.world == INDEPENDENT and 2 <= cell.risk <= 50  # noqa: PLR2004
        if is_covered and not isinf(result.tallies[ORACLE].median_failed):
            yield result
