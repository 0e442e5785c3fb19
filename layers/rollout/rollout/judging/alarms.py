"""CloudWatch alarms as guards: one that turns red during the rollout decides, one that was red before does not.

Otherwise a red production alarm would block the very release that mends it.
"""

from collections.abc import Iterator, Mapping
from typing import assert_never

from rollout.domain.enums import AlarmState, Mode
from rollout.domain.errors import RefusedError, UnknownAlarmError

AlarmStates = Mapping[str, AlarmState]
"""The alarms a policy names, and what each shows."""

Modes = Mapping[str, Mode]
"""The alarms a policy names, and which of them decide."""


def unknown_alarms(alarm_states: AlarmStates) -> Iterator[RefusedError]:
    """Yield a refusal where the policy names an alarm that does not exist: it would guard nothing."""
    missing = [name for name, colour in alarm_states.items() if colour is AlarmState.MISSING]
    if missing:
        yield UnknownAlarmError(
            f"The policy names the alarm {', '.join(missing)}, and there is no such alarm in this account and region:"
            " correct the name (aws cloudwatch describe-alarms), or take it out of the policy."
        )


def red_alarms(alarm_states: AlarmStates) -> tuple[str, ...]:
    """Return the alarms that are red now."""
    return tuple(name for name, colour in alarm_states.items() if colour is AlarmState.ALARM)


def still_red(red_before: tuple[str, ...], alarm_states: AlarmStates) -> tuple[str, ...]:
    """Return those of the alarms red before the first shift that have been red ever since."""
    return tuple(name for name in red_before if alarm_states.get(name) is AlarmState.ALARM)


def turned_red(red_before: tuple[str, ...], alarm_states: AlarmStates, modes: Modes) -> tuple[str, ...]:
    """Return the critical alarms that turned red during the rollout."""
    critical = [name for name, mode in modes.items() if mode is Mode.CRITICAL]
    return tuple(name for name in red_alarms(alarm_states) if name in critical and name not in red_before)


def format_alarms(red_before: tuple[str, ...], alarm_states: AlarmStates, modes: Modes) -> str:
    """Return what is to be known of alarms that do not decide; empty where all are green."""
    deciding = turned_red(red_before, alarm_states, modes)
    told = {name: _said(colour, name in red_before) for name, colour in alarm_states.items() if name not in deciding}
    return "".join(f"; alarm {name} {words}" for name, words in told.items() if words)


def _said(colour: AlarmState, was_red: bool) -> str:  # noqa: FBT001 - a fact of the alarm
    match colour:
        case AlarmState.ALARM:
            return "was red before the rollout and does not decide" if was_red else "turned red, and is advisory"
        case AlarmState.INSUFFICIENT_DATA:
            return "has no data and guards nothing"
        case AlarmState.MISSING:
            return "no longer exists and guards nothing"
        case AlarmState.OK:
            return ""
        case unknown:
            assert_never(unknown)
