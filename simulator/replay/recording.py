"""Recorded minutes as a Cloud: it shows what was served, whatever share is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rollout.domain.enums import Phase
from rollout.evidence.series import Measured, Minute, Series
from rollout.judging.window import Timing, Window
from rollout.state.rollout import Rollout
from simulator.evaluation_loop import TASK
from simulator.metrics import ERRORS, SLOW, measured


@dataclass(frozen=True)
class Recording:
    """A Cloud that shows what was recorded, whatever share is asked for."""

    minutes: tuple[Minute, ...]
    timing: Timing
    slow_minutes: tuple[Minute, ...] = ()
    """The same calls, and how many of them were slow; none at all where slow calls were not recorded."""

    @property
    def kinds(self) -> list[str]:
        """Which kinds of metrics it can tell of."""
        return [ERRORS, SLOW] if self.slow_minutes else [ERRORS]

    def shift(self, percent: float, at: datetime) -> None:
        """Change nothing: what was recorded has been served."""

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return the whole minutes that CloudWatch showed by now, and stable's before the first shift."""
        recorded = dict(zip(self.kinds, (self.minutes, self.slow_minutes), strict=False))
        shown = {kind: [m for m in minutes if self.shown_at(m) <= now] for kind, minutes in recorded.items()}
        by_kind = {kind: _series(minutes, rollout.phase, window) for kind, minutes in shown.items()}
        return measured(rollout.policy, by_kind)

    def ends(self, minute: Minute) -> datetime:
        """Return when a minute is over."""
        return minute.start + timedelta(seconds=self.timing.period_seconds)

    def shown_at(self, minute: Minute) -> datetime:
        """Return when all of a minute is in CloudWatch: half the lag after its end, as in the simulated traffic."""
        return self.ends(minute) + timedelta(seconds=self.timing.lag_seconds / 2)

    @property
    def with_canary(self) -> tuple[Minute, ...]:
        """The minutes in which the canary was called; at least one."""
        return tuple(minute for minute in self.minutes if minute.canary.calls)

    @property
    def first_shift_at(self) -> datetime:
        """The middle of the first minute with calls on the canary; that minute met two shares, and is not judged."""
        return self.with_canary[0].start + timedelta(seconds=self.timing.period_seconds / 2)

    @property
    def complete_at(self) -> datetime:
        """When the last minute of the canary counts as closed."""
        return self.ends(self.with_canary[-1]) + timedelta(seconds=self.timing.lag_seconds) + TASK


def _series(shown: Sequence[Minute], phase: Phase, window: Window) -> Series:
    seen = [minute for minute in shown if window.start <= minute.start < window.end]
    if phase is Phase.BAKE:
        seen = [Minute(start=minute.start, canary=minute.canary) for minute in seen if minute.canary.calls]
    before = (minute.stable for minute in shown if window.is_history(minute.start))
    return Series(minutes=tuple(seen), history=tuple(stable for stable in before if stable.calls))
