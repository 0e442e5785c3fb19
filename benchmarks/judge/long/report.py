"""The report on long rollouts in Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.long.plan import CALLS, WORLDS, Plan
from benchmarks.judge.report.tables import table

BEGIN, END = "<!-- bench-long -->", "<!-- /bench-long -->"
MOST_FALSE, MOST_FALSE_HIGH = 0.01, 0.02


@dataclass(frozen=True)
class Result:
    """How many healthy canaries of a plan were rolled back in a cell."""

    plan: Plan
    cell: Cell
    rollouts: int
    rolled_back: int

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval of the share rolled back."""
        return low_end(self.rolled_back, self.rollouts)


def low_end(count: int, total: int) -> float:
    """Return the lower end of the 95 % interval of a share. Source: Clopper and Pearson 1934."""
    return float(beta.ppf(0.025, count, total - count + 1)) if count else 0.0


def high_end(count: int, total: int) -> float:
    """Return the upper end of the same interval."""
    return float(beta.ppf(0.975, count + 1, total - count)) if count < total else 1.0


def breaches(results: Sequence[Result]) -> list[str]:
    """Return what breaks the demands: a plan over all worlds together, or one cell beyond chance."""
    together = [breach for plan in _plans(results) if (breach := _together(plan, results))]
    return together + [_format_cell(each) for each in results if each.low > MOST_FALSE]


def _plans(results: Sequence[Result]) -> list[Plan]:
    return list(dict.fromkeys(result.plan for result in results))


def _together(plan: Plan, results: Sequence[Result]) -> str | None:
    count, total = _sums(plan, results)
    if count <= MOST_FALSE * total and high_end(count, total) < MOST_FALSE_HIGH:
        return None
    return f"{plan.name}, all worlds: {_format_share(count, total)}"


def _sums(plan: Plan, results: Sequence[Result]) -> tuple[int, int]:
    own = [result for result in results if result.plan == plan]
    return sum(result.rolled_back for result in own), sum(result.rollouts for result in own)


def report(results: Sequence[Result], seconds: float) -> str:
    """Return the report in Markdown."""
    return "\n\n".join(_parts(results, seconds)) + "\n"


def _parts(results: Sequence[Result], seconds: float) -> Iterator[str]:
    found = breaches(results)
    yield "### Rollouts of hours and of a day"
    yield (
        f"`make bench-judge` wrote this section in {seconds / 60:.0f} minutes: healthy canaries at {CALLS:,} calls a"
        " minute, shares of 1, 5, 10, 25 and 50 % for a fifth of the time each, one hour of history, judged by the"
        f" shipped code. {' '.join(_format_plan(plan, results) for plan in _plans(results))}"
    )
    yield (
        "Demanded: at most 1 % rolled back in all worlds together, the 95 % interval below 2 %, and no cell above 1 %"
        f" beyond chance. {'Broken by: ' + '; '.join(found) if found else 'Kept'}."
    )
    yield "Rolled back, of the rollouts, by stable's errors:"
    yield _table(results)


def _format_plan(plan: Plan, results: Sequence[Result]) -> str:
    return f"Rollouts of {plan.name}, evaluated every {plan.every} minutes: {_format_share(*_sums(plan, results))}."


def _format_share(count: int, total: int) -> str:
    interval = f"[{100 * low_end(count, total):.1f}, {100 * high_end(count, total):.1f}]"
    return f"{count} of {total:,} rolled back, {100 * count / max(total, 1):.1f} % {interval}"


def _format_cell(result: Result) -> str:
    return f"{result.plan.name}, {result.cell}: {_format_share(result.rolled_back, result.rollouts)}"


def _table(results: Sequence[Result]) -> str:
    columns = list(dict.fromkeys((result.plan, result.cell.stable_rate) for result in results))
    by_column = {(each.cell.world, each.plan, each.cell.stable_rate): each for each in results}
    rows = []
    for world in WORLDS:
        cells = [by_column.get((world, *column)) for column in columns]
        if any(cells):
            rows.append([str(world), *(f"{each.rolled_back} of {each.rollouts}" if each else "-" for each in cells)])
    return table(["errors come as", *(f"{plan.name}, {100 * rate:g} %" for plan, rate in columns)], rows)
