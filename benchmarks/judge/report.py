"""The report: tables, demands and breaches, written between two markers of a document."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.judge.demands import Demand, demands
from benchmarks.judge.measure import Result
from benchmarks.judge.tables import against_the_oracle, caught_by_volume, detection, excess_failures, false_rollbacks

BEGIN, END = "<!-- bench-judge -->", "<!-- /bench-judge -->"
NEW = f"# Judging\n\n{BEGIN}\n{END}\n"
MOST_SHOWN = 12
"""Breaches shown openly; more are folded."""


def report(results: list[Result], rollouts: int, seconds: float, speed: str) -> str:
    """Return the whole report in Markdown; `speed` is a sentence of it."""
    return "\n\n".join(_parts(results, rollouts, seconds, speed)) + "\n"


def write(text: str, path: Path) -> None:
    """Put the report between the markers of a document; one that is not there, or has none, gets them."""
    whole = path.read_text(encoding="utf-8") if path.exists() else NEW
    if BEGIN not in whole or END not in whole:
        whole = f"{whole.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = whole.partition(BEGIN)
    after = rest.partition(END)[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def _parts(results: list[Result], rollouts: int, seconds: float, speed: str) -> Iterator[str]:
    by_cell = {result.cell: result for result in results}
    asked = demands(results)
    yield "## The judge beside the rules people use"
    yield _played(results, rollouts, seconds)
    yield _RULES
    yield speed
    yield _summary(asked)
    yield "### Healthy canaries taken back"
    yield _FALSE
    yield false_rollbacks(by_cell)
    yield "![Healthy canaries taken back, by correlation](images/false-rollbacks.png)"
    yield "### Bad canaries caught"
    yield _CAUGHT
    yield detection(by_cell)
    yield "The shipped judge alone, the worst of the three stable error rates:"
    yield caught_by_volume(by_cell)
    yield "### Excess failures until the rollback"
    yield _EXCESS
    yield excess_failures(by_cell)
    yield "![Excess failures until the rollback, by relative risk](images/excess-failures.png)"
    yield "### Against the oracle"
    yield _ORACLE
    yield against_the_oracle(by_cell)
    yield "### Cells that break a demand"
    yield from (_breaches(demand) for demand in asked)


def _played(results: list[Result], rollouts: int, seconds: float) -> str:
    return f"""\
`make bench-judge` wrote this section: {len(results)} cells, {rollouts:,} rollouts each, in {seconds / 60:.0f} minutes.
All rules see the same traffic, from fixed seeds: shares of 1, 5, 10, 25 and 50 %, six minutes each, a look a minute,
after one hour of stable alone. Errors are beta-binomial, independent by version and minute. One rollout in a thousand
is judged at every look by the shipped code itself, and has to agree with its vectorised twin. The scenes: an outage in
which a fifth, or half, of both versions' calls fail for three minutes; a wave of calls and errors over the day; a
regression that starts after ten minutes; a cold canary that ends half of its calls a minute late for two minutes."""


_RULES = """\
The rules, from their own documents: *aws-lambda-deploy*, any error in the last minute; *alarm, sum > 0*, the version's
Errors Sum above 0 for two periods, from SAM's page on gradual deployments; *alarm, rate > 1 %*, two datapoints of two;
*Flagger*, success rate at least 99 %, threshold 5, where a minute without calls is a failed check; *Argo Rollouts*,
its CloudWatch example: 5-minute error rates of the last 15 minutes at most 1 %, `failureLimit: 3`; *Kayenta*,
Mann-Whitney with tolerance 0.25 and confidence 0.98 on all minutes so far, every 10 minutes, one critical metric.
All get the canary's own counts as soon as a minute is over, which is kinder than CloudWatch. The *oracle* is Wald's
test, told the true relative risk; the *all-knowing* test is told each minute's error rates and the correlation too."""

_FALSE = """\
Percent of the rollouts: the worst cell of each kind, its 95 % interval, and the mean of the cells; over all volumes and
stable error rates, and in outages, wave and cold over all correlations. *Evidence alone* is the shipped judge without
the ceiling of its guards, `max_error_percent: 5`."""

_CAUGHT = """\
Stable errors 0.2 %, correlation 0.002. The median time counts from the first shift, in a late regression from its
beginning. † marks a rule that takes back 5 % or more of the healthy canaries there: it catches by firing at all."""

_EXCESS = """\
Mean canary failures beyond stable's rate until the rollback, or the end of the half hour, with 95 % intervals; the same
cells, the same †."""

_ORACLE = """\
Median failed canary calls until the decision without bursts: ours / the oracle's (ratio). Undecided: half of the
rollouts or more end so."""


def _summary(asked: list[Demand]) -> str:
    lines = (f"- {demand.says}: {demand.cells - len(demand.breaches)} of {demand.cells} cells." for demand in asked)
    return "\n".join(lines)


def _breaches(demand: Demand) -> str:
    if not demand.breaches:
        return f"{demand.says}: none."
    lines = "\n".join(f"- {breach}" for breach in demand.breaches)
    if len(demand.breaches) <= MOST_SHOWN:
        return f"{demand.says}:\n\n{lines}"
    return f"<details><summary>{demand.says}: {len(demand.breaches)} cells</summary>\n\n{lines}\n\n</details>"
