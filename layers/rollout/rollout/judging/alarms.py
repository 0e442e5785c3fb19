"""CloudWatch alarms as guards: an alarm that turns red during the rollout decides.

An alarm that was red before the rollout does not decide, so that it cannot block the release that fixes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from rollout.domain.durations import format_duration
from rollout.domain.enums import AlarmState, Mode
from rollout.domain.errors import RefusedError, UnknownAlarmError
from rollout.domain.text import format_names

AlarmStates = Mapping[str, AlarmState]
"""The state of each alarm that a policy names."""

DATA_HISTORY_SECONDS = 3 * 3600
"""How far back an alarm's metrics are searched for a datapoint."""

_HISTORY = format_duration(DATA_HISTORY_SECONDS)

Modes = Mapping[str, Mode]
"""The mode of each alarm that a policy names: critical alarms decide."""


def unknown_alarms(alarm_states: AlarmStates) -> Iterator[RefusedError]:
    """Yield a refusal if the policy names alarms that do not exist: they would guard nothing."""
    missing = [name for name, state in alarm_states.items() if state is AlarmState.MISSING]
    if missing:
        yield UnknownAlarmError(
            f"The policy names the alarm {format_names(missing)}, which does not exist in this account and region:"
            " correct the name (aws cloudwatch describe-alarms lists the alarms), or remove it from the policy."
        )


def red_alarms(alarm_states: AlarmStates) -> tuple[str, ...]:
    """Return the alarms that are red now."""
    return tuple(name for name, state in alarm_states.items() if state is AlarmState.ALARM)


def still_red(red_before: tuple[str, ...], alarm_states: AlarmStates) -> tuple[str, ...]:
    """Return the alarms that were red before the first shift and have been red ever since."""
    return tuple(name for name in red_before if alarm_states.get(name) is AlarmState.ALARM)


def turned_red(red_before: Sequence[str], alarm_states: AlarmStates, modes: Modes) -> tuple[str, ...]:
    """Return the critical alarms that turned red during the rollout."""
    critical = [name for name, mode in modes.items() if mode is Mode.CRITICAL]
    return tuple(name for name in red_alarms(alarm_states) if name in critical and name not in red_before)


def format_alarms(
    red_before: Sequence[str], alarm_states: AlarmStates, modes: Modes, without_data: Sequence[str] = ()
) -> str:
    """Return a remark on each alarm that does not decide, or may guard nothing; empty if there is none."""
    deciding = turned_red(red_before, alarm_states, modes)
    remarks = {
        name: _format_state(state, name in red_before, name in without_data)
        for name, state in alarm_states.items()
        if name not in deciding
    }
    return "".join(f"; alarm {name} {remark}" for name, remark in remarks.items() if remark)


def _format_state(state: AlarmState, was_red: bool, is_without_data: bool) -> str:  # noqa: FBT001 - facts of the alarm
    match state:
        case AlarmState.ALARM:
            return "was red before the rollout and does not decide" if was_red else "turned red but is advisory"
        case AlarmState.INSUFFICIENT_DATA:
            return "has no data and guards nothing"
        case AlarmState.MISSING:
            return "no longer exists and guards nothing"
        case AlarmState.OK:
            remark = f"is OK without a datapoint in the {_HISTORY} before the rollout and may guard nothing"
            return remark if is_without_data else ""
        case unknown:
            assert_never(unknown)
