"""Prints the report of a simulation on a terminal."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rollout.domain.durations import format_duration
from simulator.bursts.shape import parse_bursts
from simulator.simulate.findings import conclusion, name_step, summary
from simulator.simulate.report import Report, VersionReport
from simulator.wording import format_counts, format_percent, format_share, format_times

_ROWS: dict[str, Callable[[VersionReport], str]] = {
    "promoted": lambda version: format_share(version.promoted),
    "rolled back": lambda version: format_share(version.rolled_back),
    "inconclusive": lambda version: format_share(version.inconclusive),
    "time to promotion": lambda version: format_times(version.seconds_to_promotion),
    "time to rollback": lambda version: format_times(version.seconds_to_rollback),
    "failed calls": lambda version: format_counts(version.failed_calls),
    "excess failed calls": lambda version: format_counts(version.excess_failed_calls),
}
_SLOW_ROWS: dict[str, Callable[[VersionReport], str]] = {
    "slow calls": lambda version: format_counts(version.slow_calls),
    "excess slow calls": lambda version: format_counts(version.excess_slow_calls),
}
_VERSIONS_LEGEND = (
    "Percentages with their 95 % interval; times, and calls until the rollback, as median / 90th percentile."
)
_STEPS_LEGEND = "calls: expected within the hold; too few: rollouts whose hold ended without the needed calls."


def print_report(console: Console, policy_name: str, report: Report) -> None:
    """Print the scenario, two tables, the summary, and the conclusion as the last line."""
    console.print(_scenario(policy_name, report), soft_wrap=True)
    console.print()
    console.print(_versions_table(report))
    console.print(_VERSIONS_LEGEND, style="dim", soft_wrap=True)
    console.print()
    console.print(_steps_table(report))
    console.print(_STEPS_LEGEND, style="dim", soft_wrap=True)
    console.print()
    for sentence in summary(report):
        console.print(sentence, soft_wrap=True)
    console.print()
    mark, colour = ("✗", "red") if report.findings else ("✓", "green")
    console.print(Text(f"{mark} {conclusion(report)}", style=f"bold {colour}"), soft_wrap=True)


def format_plan(report: Report) -> str:
    """Return the policy's steps and its bake in one line."""
    steps = (f"{step.percent:g} % for {format_duration(step.hold)}" for step in report.policy.steps)
    shares = ", ".join(steps) or "promoted at once"
    return f"{shares}, bake {format_duration(report.policy.bake)}"


def format_traffic(report: Report) -> str:
    """Return the simulated traffic in one line."""
    bursts = parse_bursts(str(report.bursts)).phrase
    slow = f" and {report.slow_percent:g} % are slow" if report.slow_percent is not None else ""
    return f"{report.calls_per_minute:,g} calls a minute; {report.error_percent:g} % fail{slow} on stable, {bursts}"


def _scenario(policy_name: str, report: Report) -> str:
    learned = f"{report.learned}\n" if report.learned else ""
    return (
        f"[bold]{policy_name}[/bold]: {format_plan(report)}\n{learned}{format_traffic(report)}\n"
        f"{report.rollouts:,} rollouts of each version, judged by the shipped code, seed {report.seed}"
    )


def _versions_table(report: Report) -> Table:
    table = _new_table("", "healthy version", report.bad.version.comparison)
    slow_rows = _SLOW_ROWS if report.slow_percent is not None else {}
    for title, format_cell in [*_ROWS.items(), *slow_rows.items()]:
        table.add_row(title, format_cell(report.healthy), format_cell(report.bad))
    return table


def _steps_table(report: Report) -> Table:
    table = _new_table("healthy version", "share", "hold", "calls", "needed", "too few", "duration")
    for step in report.steps:
        table.add_row(
            name_step(report, step),
            f"{step.percent:g} %",
            format_duration(step.hold_seconds),
            f"{step.expected_calls:,.0f}",
            f"{report.policy.min_invocations:,}",
            format_percent(step.too_few_calls.percent),
            format_times(step.duration_seconds),
        )
    return table


def _new_table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first)
    for other in others:
        table.add_column(other, justify="right")
    return table
