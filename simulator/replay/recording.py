"""Recorded minutes as a TrafficSource."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollout.domain.enums import Phase
from rollout.evidence.series import Measured, Minute, Series
from rollout.judging.window import Timing, Window
from rollout.state.rollout import Rollout
from simulator.evaluation_loop import TASK_DURATION
from simulator.metrics import ERRORS, SLOW, measured_by_name


@dataclass(frozen=True)
class Recording:
    """A TrafficSource that shows the recorded calls, whatever share the policy gives the canary."""

    minutes: tuple[Minute, ...]
    timing: Timing
    slow_minutes: tuple[Minute, ...] = ()
    """The slow calls of the same minutes; empty if slow calls were not recorded."""

    @property
    def kinds(self) -> list[str]:
        """The kinds of metrics in the recording."""
        return [ERRORS, SLOW] if self.slow_minutes else [ERRORS]

    def shift(self, percent: float, at: datetime) -> None:
        """Do nothing: the recorded shares are fixed."""

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return the complete minutes that CloudWatch showed by now, and stable's minutes before the first shift."""
        recorded = dict(zip(self.kinds, (self.minutes, self.slow_minutes), strict=False))
        visible = {
            kind: [minute for minute in minutes if self.visible_at(minute) <= now] for kind, minutes in recorded.items()
        }
        by_kind = {kind: _series(minutes, rollout.phase, window) for kind, minutes in visible.items()}
        return measured_by_name(rollout.policy, by_kind)

    def end_of(self, minute: Minute) -> datetime:
        """Return the end of a minute."""
        return minute.start + timedelta(seconds=self.timing.period_seconds)

    def visible_at(self, minute: Minute) -> datetime:
        """Return when CloudWatch shows a minute: half the lag after its end, as in the simulated traffic."""
        return self.end_of(minute) + timedelta(seconds=self.timing.lag_seconds / 2)

    @property
    def with_canary(self) -> tuple[Minute, ...]:
        """The minutes with calls on the canary; at least one."""
        return tuple(minute for minute in self.minutes if minute.canary.calls)

    @property
    def first_shift_at(self) -> datetime:
        """The middle of the first minute with calls on the canary; the judge leaves out the minute of a shift."""
        return self.with_canary[0].start + timedelta(seconds=self.timing.period_seconds / 2)

    @property
    def complete_at(self) -> datetime:
        """When the canary's last minute counts as closed."""
        return self.end_of(self.with_canary[-1]) + timedelta(seconds=self.timing.lag_seconds) + TASK_DURATION


def _series(visible: Sequence[Minute], phase: Phase, window: Window) -> Series:
    minutes = [minute for minute in visible if window.start <= minute.start < window.end]
    if phase is Phase.BAKE:
        minutes = [Minute(start=minute.start, canary=minute.canary) for minute in minutes if minute.canary.calls]
    history = (minute.stable for minute in visible if window.is_history(minute.start))
    before = tuple(stable for stable in history if stable.calls)
    return Series(minutes=tuple(minutes), history=before, period_seconds=window.period_seconds)
