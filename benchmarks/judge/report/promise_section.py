"""The promise by world, in Markdown, for a reader who wants no more than that."""

from benchmarks.judge.measure import Result
from benchmarks.judge.report.world_tables import promise_by_world

BEGIN, END = "<!-- bench-promise -->", "<!-- /bench-promise -->"


def report_promise(results: list[Result], rollouts: int, _seconds: float) -> str:
    """Return the section in Markdown."""
    by_cell = {result.cell: result for result in results}
    return "\n\n".join(["## The promise by world", _PROMISE.format(rollouts), promise_by_world(by_cell)]) + "\n"


_PROMISE = """\
Healthy canaries rolled back, in percent of {:,} rollouts of half an hour with an evaluation each minute: the worst cell
of each world, its 95 % interval, and the number of cells above 1 %. [The worlds](#the-promise-in-other-worlds) are
described below, and a [matrix of correlated errors](#the-benchmark) beside them."""
