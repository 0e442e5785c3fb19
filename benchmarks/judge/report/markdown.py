"""The report in Markdown: tables, demands and breaches, written between two markers of a document."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.judge.measure import Result
from benchmarks.judge.report.demands import Demand, demands
from benchmarks.judge.report.tables import (
    against_the_oracle,
    caught_by_volume,
    detection,
    excess_failures,
    false_rollbacks,
)
from benchmarks.judge.report.world_demands import all_failing_as_soon

BEGIN, END = "<!-- bench-judge -->", "<!-- /bench-judge -->"
PAGE = Path(__file__).parents[3] / "docs" / "judging.md"
MOST_SHOWN = 12
"""Up to this many breaches are shown; more are folded."""


def report(results: list[Result], rollouts: int, seconds: float, speed: str) -> str:
    """Return the report in Markdown; `speed` is its sentence on processor time."""
    return "\n\n".join(_parts(results, rollouts, seconds, speed)) + "\n"


def publish(text: str, page: Path | None, begin: str, end: str) -> None:
    """Print a section in Markdown, and write it between its markers of the page, if there is one."""
    Console().print(Markdown(text))
    if page:
        write(text, page, begin, end)


def write(text: str, path: Path, begin: str = BEGIN, end: str = END) -> None:
    """Write the report between the markers of a document, which is created or gets the markers if they are missing."""
    document = path.read_text(encoding="utf-8") if path.exists() else "# Judging\n"
    if begin not in document or end not in document:
        document = f"{document.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = document.partition(begin)
    after = rest.partition(end)[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{begin}\n{text}{end}{after}", encoding="utf-8")


def _parts(results: list[Result], rollouts: int, seconds: float, speed: str) -> Iterator[str]:
    by_cell = {result.cell: result for result in results}
    checked = [*demands(results), all_failing_as_soon(results)]
    yield "## The judge compared with the rules that teams use"
    yield _format_setup(results, rollouts, seconds)
    yield _RULES
    yield speed
    yield format_summary(checked)
    yield "### Healthy canaries rolled back"
    yield _FALSE
    yield false_rollbacks(by_cell)
    yield "![Healthy canaries rolled back, by correlation](images/false-rollbacks.png)"
    yield "### Bad canaries caught"
    yield _CAUGHT
    yield detection(by_cell)
    yield "Only the shipped judge, for the worst of the three stable error rates:"
    yield caught_by_volume(by_cell)
    yield "### Excess failures until the rollback"
    yield _EXCESS
    yield excess_failures(by_cell)
    yield "![Excess failures until the rollback, by relative risk](images/excess-failures.png)"
    yield "### Compared with the oracle"
    yield _ORACLE
    yield against_the_oracle(by_cell)
    yield "### Cells that break a demand"
    yield from (format_breaches(demand) for demand in checked)


def _format_setup(results: list[Result], rollouts: int, seconds: float) -> str:
    return f"""\
`make bench-judge` wrote this section: {len(results)} cells, {rollouts:,} rollouts each, in {seconds / 60:.0f} minutes.
All rules get the same traffic, from fixed seeds: one hour in which only stable serves, then shares of 1, 5, 10, 25 and
50 %, six minutes each, with an evaluation per minute. Errors are beta-binomial, independent by version and minute. The
shipped code judges one rollout in a thousand at every evaluation too, and must agree with its vectorised twin. The
scenes: an outage in which a fifth, or half, of both versions' calls fail for three minutes; a wave of calls and errors
over the day; a regression that starts after ten minutes; a cold canary that completes half of its calls one minute late
for two minutes."""


_RULES = """\
The rules, from their own documents: *aws-lambda-deploy*, any error in the last minute; *alarm, sum > 0*, the version's
Errors Sum above 0 for two periods, from SAM's page on gradual deployments; *alarm, rate > 1 %*, two datapoints of two;
*Flagger*, success rate at least 99 %, threshold 5, where a minute without calls is a failed check; *Argo Rollouts*,
its CloudWatch example: 5-minute error rates of the last 15 minutes at most 1 %, `failureLimit: 3`; *Kayenta*,
Mann-Whitney with tolerance 0.25 and confidence 0.98 on all minutes so far, every 10 minutes, one critical metric.
Every rule gets the canary's own counts as soon as a minute is over, which is more than CloudWatch gives. The *oracle*
is Wald's test with the true relative risk; the *all-knowing* test also knows each minute's error rates and the
correlation."""

_FALSE = """\
Percent of the rollouts: the worst cell of each kind, its 95 % interval, and the mean of the cells. Each column covers
all volumes and stable error rates; the columns for outages, wave and cold also cover all correlations. *Evidence only*
is the shipped judge without the ceiling of its guards, `max_error_percent: 5`."""

_CAUGHT = """\
Stable errors 0.2 %, correlation 0.002. The median time counts from the first shift, or from the start of a late
regression. † marks a rule that rolls back 5 % or more of the healthy canaries there: it catches because it fires at
anything."""

_EXCESS = """\
Mean canary failures beyond stable's rate, until the rollback or the end of the half hour, with 95 % intervals, for the
same cells. † has the same meaning."""

_ORACLE = """\
Median failed canary calls until the decision, without bursts: shipped judge / oracle (ratio). *Undecided*: half of the
rollouts or more end without a decision."""


def format_summary(checked: list[Demand]) -> str:
    """Return how many cells keep each demand, as a list."""
    lines = (f"- {demand.title}: {demand.cells - len(demand.breaches)} of {demand.cells} cells." for demand in checked)
    return "\n".join(lines)


def format_breaches(demand: Demand) -> str:
    """Return a demand's breaches; many of them are folded."""
    if not demand.breaches:
        return f"{demand.title}: none."
    lines = "\n".join(f"- {breach}" for breach in demand.breaches)
    if len(demand.breaches) <= MOST_SHOWN:
        return f"{demand.title}:\n\n{lines}"
    return f"<details><summary>{demand.title}: {len(demand.breaches)} cells</summary>\n\n{lines}\n\n</details>"
