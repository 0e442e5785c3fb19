"""CloudWatch alarms as guards: one that turns red during the rollout decides, one that was red before does not.

Otherwise a red production alarm would block the very release that mends it.
"""

from collections.abc import Iterator, Mapping
from typing import assert_never

from rollout.domain.enums import Colour, Mode
from rollout.domain.errors import RefusedError, UnknownAlarmError

Colours = Mapping[str, Colour]
"""The alarms a policy names, and what each shows."""

Modes = Mapping[str, Mode]
"""The alarms a policy names, and which of them decide."""


def unknown_alarms(colours: Colours) -> Iterator[RefusedError]:
    """Yield a refusal where the policy names an alarm that does not exist: it would guard nothing."""
    missing = [name for name, colour in colours.items() if colour is Colour.MISSING]
    if missing:
        yield UnknownAlarmError(
            f"The policy names the alarm {', '.join(missing)}, and there is no such alarm in this account and region:"
            " correct the name (aws cloudwatch describe-alarms), or take it out of the policy."
        )


def red_alarms(colours: Colours) -> tuple[str, ...]:
    """Return the alarms that are red now."""
    return tuple(name for name, colour in colours.items() if colour is Colour.RED)


def still_red(red_before: tuple[str, ...], colours: Colours) -> tuple[str, ...]:
    """Return those of the alarms red before the first shift that have been red ever since."""
    return tuple(name for name in red_before if colours.get(name) is Colour.RED)


def turned_red(red_before: tuple[str, ...], colours: Colours, modes: Modes) -> tuple[str, ...]:
    """Return the critical alarms that turned red during the rollout."""
    critical = [name for name, mode in modes.items() if mode is Mode.CRITICAL]
    return tuple(name for name in red_alarms(colours) if name in critical and name not in red_before)


def say_alarms(red_before: tuple[str, ...], colours: Colours, modes: Modes) -> str:
    """Return what is to be known of alarms that do not decide; empty where all are green."""
    deciding = turned_red(red_before, colours, modes)
    told = {name: _said(colour, name in red_before) for name, colour in colours.items() if name not in deciding}
    return "".join(f"; alarm {name} {words}" for name, words in told.items() if words)


def _said(colour: Colour, was_red: bool) -> str:  # noqa: FBT001 - a fact of the alarm
    match colour:
        case Colour.RED:
            return "was red before the rollout and does not decide" if was_red else "turned red, and is advisory"
        case Colour.NO_DATA:
            return "has no data and guards nothing"
        case Colour.MISSING:
            return "no longer exists and guards nothing"
        case Colour.GREEN:
            return ""
        case unknown:
            assert_never(unknown)
