"""The report on the worlds beside correlated errors, in Markdown, written between two markers of a document."""

from collections.abc import Iterator
from math import inf

from benchmarks.judge.measure import Result, Tally
from benchmarks.judge.report.markdown import format_breaches, format_summary
from benchmarks.judge.report.tables import Results
from benchmarks.judge.report.world_demands import world_demands
from benchmarks.judge.report.world_tables import (
    caught_in_worlds,
    excess_in_worlds,
    faults_by_rule,
    faults_by_volume,
    format_caught,
    than_formerly,
)

BEGIN, END = "<!-- bench-worlds -->", "<!-- /bench-worlds -->"


def report_worlds(results: list[Result], rollouts: int, seconds: float) -> str:
    """Return the report in Markdown."""
    by_cell, checked = {result.cell: result for result in results}, world_demands(results)
    head = ["## The promise in other worlds", _format_setup(results, rollouts, seconds), _WORLDS]
    tail = ["### Cells of other worlds that break a demand", *(format_breaches(demand) for demand in checked)]
    tables = [*_bad_canaries(by_cell), *_faults(by_cell)]
    return "\n\n".join([*head, format_summary(checked), *tables, *tail]) + "\n"


def _bad_canaries(results: Results) -> Iterator[str]:
    yield "### Bad canaries caught in bursts"
    yield "The canary fails five times as often as stable, in bursts of the same shape:"
    yield caught_in_worlds(results, 5)
    yield _ALL_FAIL
    yield caught_in_worlds(results, inf)
    yield _FORMERLY
    yield than_formerly(results)
    yield "### Excess failures in bursts"
    yield _EXCESS
    yield excess_in_worlds(results, 5)
    yield _ALL_FAIL
    yield excess_in_worlds(results, inf)


def _faults(results: Results) -> Iterator[str]:
    yield "### Faults as releases have them"
    yield _FAULTS
    yield faults_by_volume(results)
    yield "At 6,000 calls a minute, with errors that are independent otherwise, every rule: percent caught."
    yield faults_by_rule(results, format_caught)
    yield "Mean canary failures beyond stable's rate until the rollback or the end of the half hour:"
    yield faults_by_rule(results, _format_excess)


def _format_excess(tally: Tally) -> str:
    return f"{tally.excess.value:,.0f} ± {tally.excess.margin:,.0f}"


_ALL_FAIL = "All calls of the canary fail:"


def _format_setup(results: list[Result], rollouts: int, seconds: float) -> str:
    return f"""\
`make bench-judge` wrote this section too: {len(results)} cells, {rollouts:,} rollouts each, in {seconds / 60:.0f}
minutes, with the same rules, steps and hour of history, at 60, 600, 6,000 and 60,000 calls a minute and stable errors
of 0.1 and 1 %. `benchmarks/judge/cells` and `simulator/bursts` have the generators; `make simulate` takes the same
shapes."""


_WORLDS = """\
From one source for both versions: *slow-wave* and *quick-wave*, one rate, log-normal and autoregressive, with a
standard deviation of 1 of its logarithm and a memory of an hour or of two minutes; *outage*, of both versions, from any
second on, for half a minute to five minutes, of 10 to 100 % of the calls; *poison* and *transient*, events that are
tried up to three times, after one and two more minutes, each time on a version chosen by the share, and that fail every
time, or the first time and every other time after it. By version: *clumps* of geometric size with this mean, each whole
on one version; *environments*, of this many calls a minute each, that turn bad at any second and then fail all their
calls for two minutes; *heavy*, each minute's rate times a Pareto multiplier with exponent 1.5. The number of
environments follows a version's calls: one with a tenth of an environment's calls has a bad one a tenth as often, which
then fails all its calls."""

_FORMERLY = """\
The judge before it knew these worlds rolled many healthy canaries back in them. Five times the errors at 6,000 calls a
minute, formerly and now:"""

_EXCESS = """\
Mean canary failures beyond stable's rate, until the rollback or the end of the half hour, at 6,000 calls a minute; in
brackets the healthy canaries that the rule rolls back there. The canary fails five times as often as stable:"""

_FAULTS = """\
Beside stable's errors of 0.1 %: 1 % errors where stable had none in its history; one tenant, 5 % of the calls, fails
whole; errors that grow from 0 to 20 % over the half hour; new execution environments, of 100 calls a minute each, that
fail all their calls in their first minute, where Lambda replaces 1 % of them a minute; five times as many slow calls as
stable's 1 %, with a policy that only counts slow calls. The percent that Lambda Rollouts catches, and the median
minutes:"""
