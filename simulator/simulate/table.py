"""The report on a terminal."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rollout.domain.durations import format_duration
from simulator import wording
from simulator.simulate.findings import name_of, sentences, verdict
from simulator.simulate.report import Fate, Report

_ROWS: dict[str, Callable[[Fate], str]] = {
    "promoted": lambda fate: wording.share(fate.promoted),
    "taken back": lambda fate: wording.share(fate.rolled_back),
    "given up for want of calls": lambda fate: wording.share(fate.without_calls),
    "time to promotion": lambda fate: wording.spans(fate.seconds_to_promotion),
    "time until taken back": lambda fate: wording.spans(fate.seconds_to_rollback),
    "calls failed until then": lambda fate: wording.counts(fate.failed_calls),
    "of them more than on stable": lambda fate: wording.counts(fate.excess_failed_calls),
}
_SLOW_ROWS: dict[str, Callable[[Fate], str]] = {
    "calls slow until then": lambda fate: wording.counts(fate.slow_calls),
    "of them more than on stable": lambda fate: wording.counts(fate.excess_slow_calls),
}


def show(console: Console, name: str, report: Report) -> None:
    """Print the question, two tables, the answers in words, and one line to remember."""
    console.print(_question(name, report), soft_wrap=True)
    console.print()
    console.print(_fates(report))
    console.print(
        "Shares with their 95 % interval; times and calls: half of the rollouts / nine in ten.",
        style="dim",
        soft_wrap=True,
    )
    console.print()
    console.print(_steps(report))
    console.print()
    for sentence in sentences(report):
        console.print(sentence, soft_wrap=True)
    console.print()
    mark, colour = ("✗", "red") if report.findings else ("✓", "green")
    console.print(Text(f"{mark} {verdict(report)}", style=f"bold {colour}"), soft_wrap=True)


def plan(report: Report) -> str:
    """Return the policy's plan in one line."""
    steps = (f"{step.percent:g} % for {format_duration(step.hold)}" for step in report.policy.steps)
    return f"{', '.join(steps)}, bake {format_duration(report.policy.bake)}"


def traffic(report: Report) -> str:
    """Return the traffic in one line."""
    bursts = f"in bursts (correlation {report.bursts:g})" if report.bursts else "one by one"
    slow = f" and {report.slow_percent:g} % are slow" if report.slow_percent is not None else ""
    return f"{report.calls_per_minute:,g} calls a minute; {report.error_percent:g} % fail{slow} on stable, {bursts}"


def _question(name: str, report: Report) -> str:
    return (
        f"[bold]{name}[/bold]: {plan(report)}\n{traffic(report)}\n"
        f"{report.rollouts:,} rollouts of each version through the shipped judge, seed {report.seed}"
    )


def _fates(report: Report) -> Table:
    table = _table("", "healthy version", report.bad.version.worse)
    slow_rows = _SLOW_ROWS if report.slow_percent is not None else {}
    for title, cell in [*_ROWS.items(), *slow_rows.items()]:
        table.add_row(title, cell(report.healthy), cell(report.bad))
    return table


def _steps(report: Report) -> Table:
    table = _table("healthy version", "share", "hold", "calls in it", "needed", "too few", "took")
    for step in report.steps:
        table.add_row(
            name_of(report, step),
            f"{step.percent:g} %",
            format_duration(step.hold_seconds),
            f"{step.calls_in_hold:,.0f}",
            f"{report.policy.min_invocations:,}",
            wording.percent(step.too_few.percent),
            wording.spans(step.seconds),
        )
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right")
    return table
