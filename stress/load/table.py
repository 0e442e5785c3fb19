"""What rollouts under load did, as a printed table, as JSON, and as the table of docs/reliability.md."""

from typing import Any

from stress.load.play import Played
from stress.load.promises import PROMOTED, ROLLED_BACK
from stress.measured_page import write_between

_BEGIN, _END = "<!-- load -->", "<!-- /load -->"
_SHOWN = 20
"""Broken promises that are told one by one."""


def rows(played: list[Played]) -> list[list[str]]:
    """Return the table, a row for each measure, its name first and then a value for each load."""
    named = [_measures(one) for one in played]
    return [[name, *(measures[name] for measures in named)] for name in named[0]]


def _measures(played: Played) -> dict[str, str]:
    return {
        "rollouts at once": f"{len(played.seen)}",
        "ended promoted / rolled back / otherwise": " / ".join(
            f"{played.ended(outcome)}" for outcome in (PROMOTED, ROLLED_BACK, None)
        ),
        "aliases whole": f"{played.whole}",
        "promises broken, in rollouts": f"{len(played.broken)}",
        "all started within, s": f"{played.starting_seconds:.1f}",
        "first start to last end, s": f"{played.seconds:.0f}",
        "slowest rollout, s": f"{played.slowest_seconds:.0f}",
        "peak memory of the local AWS, GB": f"{played.peak.kilobytes / 1024**2:.1f}",
        "peak number of its workers": f"{played.peak.workers}",
        "tries that found no free Lambda": f"{played.throttles:,}",
        "most of them for one task": f"{played.most_throttles}",
        "our AWS calls throttled (ThrottledCalls)": f"{played.throttled_calls:,}",
    }


def as_text(played: list[Played]) -> str:
    """Return the table, and below it what was broken."""
    table = [f"{name:42}" + "".join(f"{value:>16}" for value in values) for name, *values in rows(played)]
    said = [f"{function}: {'; '.join(why)}" for one in played for function, why in one.broken.items()]
    more = [f"... and {len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
    return "\n".join(["", *table, "", *said[:_SHOWN], *more])


def as_json(played: Played) -> dict[str, Any]:
    return {
        "rollouts": len(played.seen),
        "ended": {str(outcome or "otherwise"): played.ended(outcome) for outcome in (PROMOTED, ROLLED_BACK, None)},
        "whole": played.whole,
        "broken": played.broken,
        "starting_seconds": played.starting_seconds,
        "seconds": played.seconds,
        "slowest_seconds": played.slowest_seconds,
        "peak_kilobytes": played.peak.kilobytes,
        "peak_workers": played.peak.workers,
        "tries_throttled": played.throttles,
        "most_tries_throttled_of_a_task": played.most_throttles,
        "throttled_calls": played.throttled_calls,
    }


def summary(played: list[Played]) -> str:
    """Return the last line: whether all kept their promises."""
    rollouts, broken = sum(len(one.seen) for one in played), sum(len(one.broken) for one in played)
    if broken:
        return f"{broken} of {rollouts} rollouts broke a promise."
    return f"All {rollouts} rollouts ended as their policy says, every alias is whole, and every promise is kept."


def write(played: list[Played]) -> None:
    """Write the table between its markers in docs/reliability.md."""
    write_between(_BEGIN, _END, _markdown(played))


def _markdown(played: list[Played]) -> str:
    head, *body = [f"| {' | '.join(row)} |" for row in rows(played)]
    return "\n".join(["", head, "|---|" + "---:|" * len(played), *body, "", summary(played), ""])
