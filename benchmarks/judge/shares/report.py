"""The report on the missing share in Markdown."""

import math
from collections.abc import Iterator, Sequence

from benchmarks.judge.shares.cell import CALLS, SHARES, Fault, Routing
from benchmarks.judge.shares.measure import LAG_MINUTES, Result

BEGIN, END = "<!-- bench-shares -->", "<!-- /bench-shares -->"
MOST_FALSE, MOST_FALSE_HIGH = 0.01, 0.02
WITHIN_MINUTES = 5


def report(results: Sequence[Result], rollouts: int, seconds: float) -> str:
    """Return the report in Markdown."""
    return "\n\n".join(_parts(results, rollouts, seconds)) + "\n"


def demands(results: Sequence[Result]) -> dict[str, list[str]]:
    """Return the cells that break each demand, by its title."""
    healthy = [result for result in results if result.cell.is_healthy]
    false = [
        f"{each.cell}: {each.share:.2%}" for each in healthy if each.share > MOST_FALSE or each.high > MOST_FALSE_HIGH
    ]
    cell = next(each for each in results if _is(each, 600, 5, Fault.REFUSED))
    slow = [f"{cell.cell}: {cell.quantile(0.99):g} minutes"] if cell.quantile(0.99) > WITHIN_MINUTES else []
    return {
        f"Healthy canaries rolled back: at most 1 %, the 95 % interval below 2 %, in {len(healthy)} cells": false,
        f"600 calls a minute and 5 %, no call runs: 99 % found within {WITHIN_MINUTES} minutes": slow,
    }


def _parts(results: Sequence[Result], rollouts: int, seconds: float) -> Iterator[str]:
    yield "### A canary that cannot be invoked, measured"
    yield (
        f"`make bench-judge` wrote this section: {len(results)} cells, {rollouts:,} rollouts of half an hour each, in"
        f" {seconds:.0f} seconds. *Steps* are 1, 5, 10, 25 and 50 %, six minutes each. The shipped code judges some"
        " rollouts of each cell too, and must agree."
    )
    yield "\n".join(
        f"- {title}: {'yes' if not cells else '; '.join(cells)}." for title, cells in demands(results).items()
    )
    yield "Healthy canaries rolled back, in percent: the worst of the shares, and the upper end of its 95 % interval."
    yield _false_table(results)
    yield (
        "Minutes until half and 99 % of the rollouts are rolled back, from the first shift, or from the first refused"
        f" call. CloudWatch's lag of {LAG_MINUTES} minutes is included. *Never*: not within half an hour."
    )
    for fault in (Fault.REFUSED, Fault.REFUSED_LATER, Fault.THROTTLED):
        yield f"{_TITLES[fault]}:"
        yield _detection_table(results, fault)


_TITLES = {
    Fault.REFUSED: "No call of the canary runs",
    Fault.REFUSED_LATER: "None runs from the eleventh minute on",
    Fault.THROTTLED: "A third of its calls run",
}


def _is(result: Result, calls: int, percent: int | None, fault: Fault) -> bool:
    cell = result.cell
    return (cell.calls, cell.percent, cell.fault, cell.routing) == (calls, percent, fault, Routing.INDEPENDENT)


def _false_table(results: Sequence[Result]) -> str:
    rows = [[routing.value, *(_false(results, routing, calls) for calls in CALLS)] for routing in Routing]
    return _table(["routing", *(f"{calls:,} calls a minute" for calls in CALLS)], rows)


def _false(results: Sequence[Result], routing: Routing, calls: int) -> str:
    cells = [
        each for each in results if each.cell.is_healthy and (each.cell.routing, each.cell.calls) == (routing, calls)
    ]
    worst = max(cells, key=lambda result: result.share)
    return f"{100 * worst.share:.2g} [{100 * worst.high:.2g}]"


def _detection_table(results: Sequence[Result], fault: Fault) -> str:
    shares: list[int | None] = [*SHARES, None]
    rows = [
        [
            f"{calls:,}",
            *(_minutes(next(each for each in results if _is(each, calls, percent, fault))) for percent in shares),
        ]
        for calls in CALLS
    ]
    return _table(["calls a minute", *("steps" if percent is None else f"{percent} %" for percent in shares)], rows)


def _minutes(result: Result) -> str:
    half, most = result.quantile(0.5), result.quantile(0.99)
    if math.isinf(half):
        return "never"
    return f"{half:g}, {'never' if math.isinf(most) else f'{most:g}'}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
