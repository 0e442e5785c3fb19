"""The report on calibration in Markdown."""

from collections.abc import Sequence
from statistics import median

from benchmarks.judge.calibration.measure import Result
from benchmarks.judge.report.world_tables import name_world

BEGIN, END = "<!-- bench-calibration -->", "<!-- /bench-calibration -->"

_HEADER = (
    "errors come as",
    "calls a minute",
    "stable errors",
    "limit raised",
    "median factor if raised",
    "healthy rolled back",
    "5 times the errors caught",
    "all failing caught",
)


def report(results: Sequence[Result], rollouts: int, seconds: float) -> str:
    """Return the report in Markdown."""
    lines = [_HEADER, ["---", *["--:"] * (len(_HEADER) - 1)], *map(_row, results)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"""\
### Calibration, measured

`make bench-judge` wrote this section: {len(results)} cells, {rollouts:,} rollouts of half an hour each, in \
{seconds / 60:.0f} minutes. Percent of the rollouts by the evidence only, without → with calibration. The last three \
worlds are those that the judge was not made for.

{table}
"""


def _row(result: Result) -> list[str]:
    raised = [factor for factor in result.factors if factor > 1]
    return [
        name_world(result.setting.world),
        f"{result.setting.calls:,}",
        f"{100 * result.setting.rate:g} %" if result.setting.rate else "",
        f"{100 * len(raised) / len(result.factors):.1f}",
        f"{median(raised):.2g}" if raised else "",
        *(f"{100 * own:.1f} → {100 * with_it:.1f}" for own, with_it in (result.healthy, result.worse, result.failing)),
    ]
