"""CloudWatch alarms as guards: one that turns red during the rollout decides, one that was red before does not.

Otherwise a red production alarm would block the very release that mends it.
"""

from collections.abc import Iterator, Mapping

from rollout.errors import RefusedError, UnknownAlarmError
from rollout.words import Colour

Colours = Mapping[str, Colour]
"""The alarms a policy names, and what each shows."""


def unknown_alarms(colours: Colours) -> Iterator[RefusedError]:
    """Yield a refusal where the policy names an alarm that does not exist: it would guard nothing."""
    missing = [name for name, colour in colours.items() if colour is Colour.MISSING]
    if missing:
        yield UnknownAlarmError(
            f"guards.alarms names {', '.join(missing)}, and there is no such alarm in this account and region: correct"
            " the name (aws cloudwatch describe-alarms), or take it out of the policy."
        )


def red_alarms(colours: Colours) -> tuple[str, ...]:
    """Return the alarms that are red now."""
    return tuple(name for name, colour in colours.items() if colour is Colour.RED)


def still_red(red_before: tuple[str, ...], colours: Colours) -> tuple[str, ...]:
    """Return those of the alarms red before the first shift that have been red ever since."""
    return tuple(name for name in red_before if colours.get(name) is Colour.RED)


def turned_red(red_before: tuple[str, ...], colours: Colours) -> tuple[str, ...]:
    """Return the alarms that turned red during the rollout."""
    return tuple(name for name in red_alarms(colours) if name not in red_before)


def say_alarms(red_before: tuple[str, ...], colours: Colours) -> str:
    """Return what is to be known of alarms that do not decide; empty where all are green."""
    said = {
        Colour.RED: "was red before the rollout and does not decide",
        Colour.NO_DATA: "has no data and guards nothing",
        Colour.MISSING: "no longer exists and guards nothing",
    }
    deciding = turned_red(red_before, colours)
    told = {name: said[colour] for name, colour in colours.items() if colour in said and name not in deciding}
    return "".join(f"; alarm {name} {words}" for name, words in told.items())
