"""The tables, in Markdown, written between two markers of docs/low-traffic.md."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.auto.cases import FAULTS, STABLE_ERROR_PERCENT, TRAFFICS, Fault, Outcome, traffics_of
from benchmarks.auto.codedeploy import ERRORS_ALARM, RATE_ALARM
from benchmarks.auto.measure import CHOICES, Result
from benchmarks.auto.shipped import auto_plan
from simulator.shares import share_of
from simulator.wording import format_time

BEGIN, END = "<!-- bench-auto -->", "<!-- /bench-auto -->"
_WAYS = {"Auto": "Auto", ERRORS_ALARM: "CodeDeploy, errors alarm", RATE_ALARM: "CodeDeploy, rate alarm"}


def report(auto: Sequence[Result], choices: Sequence[Result]) -> str:
    """Return the section of the page."""
    return "\n\n".join(
        [
            "### What Auto chooses",
            _plans(),
            "### Endings",
            _ENDINGS.format(stable=STABLE_ERROR_PERCENT),
            *(f"**{fault.name}**\n\n{_table(auto, fault)}" for fault in FAULTS),
            "### Choices of `on_inconclusive`",
            _CHOICES,
            _choices_table(choices),
        ]
    )


def write(text: str, page: Path) -> None:
    """Write the section between the markers of the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


_ENDINGS = """\
Stable fails {stable:g} % of its calls. Failed calls come in bursts of a correlation of 0.002 within a minute, or of
0.01 where the title says so. A *time* is from the first shift, as median / 90th percentile: to the rollback if most
are rolled back, otherwise to the end. *Failed calls* are those on the new version in the day after the first shift, as
a median: a bad version that is promoted goes on to fail. Percentages have their 95 % interval."""

_CHOICES = """\
With steps of 5 % for 5 minutes, 25 % and 50 % for 10 minutes each, and `max_extension: 2h`, whatever the traffic: how
each choice ends the rollouts of three versions. A *time* is the median to the end."""


def _plans() -> str:
    rows = ["| calls | plan | what Auto says |", "|---|---|---|"]
    for name, calls in TRAFFICS.items():
        plan = auto_plan(calls)
        policy = plan.policy
        steps = ", ".join(f"{step.percent:g} % for {format_time(step.hold)}" for step in policy.steps) or "at once"
        rows.append(f"| {name} | {steps}; bake {format_time(policy.bake)} | {plan.sentence} |")
    return "\n".join(rows)


def _table(results: Sequence[Result], fault: Fault) -> str:
    rows = [
        "| calls | way | rollouts | rolled back | promoted | time | failed calls |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for traffic, _ in traffics_of(fault):
        for way, title in _WAYS.items():
            [result] = [each for each in results if (each.way, each.traffic, each.fault) == (way, traffic, fault)]
            rows.append(f"| {traffic} | {title} | {len(result.outcomes):,} | {_row(result.outcomes)} |")
    return "\n".join(rows)


def _row(outcomes: Sequence[Outcome]) -> str:
    rolled_back = [outcome for outcome in outcomes if outcome.is_rolled_back]
    promoted = [outcome for outcome in outcomes if outcome.is_promoted]
    times = sorted(outcome.seconds for outcome in rolled_back if len(rolled_back) > len(promoted)) or sorted(
        outcome.seconds for outcome in outcomes
    )
    ninth = times[min(9 * len(times) // 10, len(times) - 1)]
    failed = median(outcome.failed_calls for outcome in outcomes)
    return (
        f"{_format_share(len(rolled_back), len(outcomes))} | {_format_share(len(promoted), len(outcomes))}"
        f" | {format_time(median(times))} / {format_time(ninth)} | {failed:,.0f}"
    )


def _format_share(count: int, total: int) -> str:
    share = share_of(count, total)
    return f"{share.percent:.1f} % [{share.low:.1f}, {share.high:.1f}]"


def _choices_table(results: Sequence[Result]) -> str:
    rows = ["| calls | version | " + " | ".join(CHOICES) + " |", "|---|---|" + "---|" * len(CHOICES)]
    for traffic in TRAFFICS:
        for fault in dict.fromkeys(result.fault for result in results):
            cells = [_choice_cell(result) for result in results if (result.traffic, result.fault) == (traffic, fault)]
            rows.append(f"| {traffic} | {fault.name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _choice_cell(result: Result) -> str:
    total = len(result.outcomes)
    if not total:
        return "not measured"
    counts = {
        "promoted": sum(outcome.is_promoted for outcome in result.outcomes),
        "rolled back": sum(outcome.is_rolled_back for outcome in result.outcomes),
    }
    counts["handed over"] = total - sum(counts.values())
    endings = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"{endings} of {total}, {format_time(median(outcome.seconds for outcome in result.outcomes))}"
