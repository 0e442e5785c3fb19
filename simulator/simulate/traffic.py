"""Simulated calls of both versions, and the part of them that CloudWatch shows at a given moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.evidence.series import Measured, Minute, Series
from rollout.judging.window import Timing, Window
from rollout.state.rollout import Rollout
from simulator.evaluation_loop import ON_AWS
from simulator.metrics import ERRORS, SLOW, counts_slow, measured_by_name
from simulator.simulate.load import HEALTHY, Load, Version
from simulator.simulate.version_calls import Rates, VersionCalls

HISTORY_PERIODS = 60
"""How many periods stable has served before the first shift: an hour on AWS."""


@dataclass
class _Period:
    """The calls of one period so far, and each version's probabilities that a call fails or is slow."""

    canary_rates: Rates
    stable_rates: Rates
    minutes: dict[str, Minute]


class Traffic:
    """A TrafficSource of simulated calls.

    The number of calls is Poisson. The failed and the slow calls among them come in the bursts of the load,
    independently by version and of each other.
    """

    def __init__(
        self, load: Load, version: Version, start: datetime, generator: np.random.Generator, timing: Timing = ON_AWS
    ) -> None:
        self._load, self._timing = load, timing
        # A generator of their own for slow calls: the same calls fail whether or not the policy counts slow ones.
        self._generators = {ERRORS: generator, SLOW: generator.spawn(1)[0]}
        self._canary, self._stable = (VersionCalls(load, each, self._generators) for each in (version, HEALTHY))
        self._period_length = timedelta(seconds=timing.period_seconds)
        # A call is visible half the lag after it was made; the other half leaves time for late datapoints.
        self._visibility_delay = timedelta(seconds=timing.lag_seconds / 2)
        self._served_until = timing.floor(start)
        self._history = self._serve_history()
        self.shifts = [(self._served_until, 0.0)]
        """The canary's shares in percent, each with the time at which it starts."""
        self._periods: dict[datetime, _Period] = {}

    def shift(self, percent: float, at: datetime) -> None:
        """Give the canary this share from a moment on."""
        self.shifts.append((at, percent))

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return the visible counts of both versions; in the bake all the alias's calls count as the canary's."""
        self.serve(now - self._visibility_delay)
        kinds = [ERRORS, SLOW] if counts_slow(rollout.policy) else [ERRORS]
        return measured_by_name(rollout.policy, {kind: self._series(kind, rollout.phase, window) for kind in kinds})

    def serve(self, until: datetime) -> None:
        """Serve the calls up to a moment."""
        while self._served_until < until:
            start = self._timing.floor(self._served_until)
            changes = [at for at, _ in self.shifts if at > self._served_until]
            end = min([until, start + self._period_length, *changes])
            self._serve_in(self._period(start), end - self._served_until)
            self._served_until = end
            if end == start + self._period_length and not self._has_calls(start):
                del self._periods[start]  # a day of a quiet alias has few minutes with calls, and each is read often

    @property
    def minutes(self) -> list[Minute]:
        """The failed calls of each period since the first shift; like CloudWatch, no period without calls."""
        return self._minutes(ERRORS)

    @property
    def slow_minutes(self) -> list[Minute]:
        """The slow calls of the same periods."""
        return self._minutes(SLOW)

    def _minutes(self, kind: str) -> list[Minute]:
        minutes = (period.minutes[kind] for period in self._periods.values())
        return [minute for minute in minutes if minute.canary.calls or minute.stable.calls]

    def _series(self, kind: str, phase: Phase, window: Window) -> Series:
        minutes, history = self._minutes(kind), self._history[kind]
        visible = [minute for minute in minutes if window.start <= minute.start < window.end]
        if phase is Phase.BAKE:
            visible = [Minute(start=minute.start, canary=minute.canary + minute.stable) for minute in visible]
            history += tuple(minute.stable for minute in minutes if window.is_history(minute.start))
        return Series(minutes=tuple(visible), history=history, period_seconds=window.period_seconds)

    def _has_calls(self, start: datetime) -> bool:
        counted = self._periods[start].minutes[ERRORS]
        return bool(counted.canary.calls or counted.stable.calls)

    def _period(self, start: datetime) -> _Period:
        if start not in self._periods:
            canary, stable = (version.draw_rates(1)[0] for version in (self._canary, self._stable))
            self._periods[start] = _Period(canary, stable, {kind: Minute(start=start) for kind in self._generators})
        return self._periods[start]

    def _serve_in(self, period: _Period, duration: timedelta) -> None:
        canary_share = next(percent for at, percent in reversed(self.shifts) if at <= self._served_until) / 100
        minutes = duration.total_seconds() / 60
        calls = self._load.calls_per_minute * minutes
        canary = self._canary.serve(calls * canary_share, minutes, period.canary_rates)
        stable = self._stable.serve(calls * (1 - canary_share), minutes, period.stable_rates)
        period.minutes = {
            kind: Minute(start=before.start, canary=before.canary + canary[kind], stable=before.stable + stable[kind])
            for kind, before in period.minutes.items()
        }

    def _serve_history(self) -> dict[str, tuple[Counts, ...]]:
        minutes = self._timing.period_seconds / 60
        calls = self._load.calls_per_minute * minutes
        periods = [self._stable.serve(calls, minutes, rates) for rates in self._stable.draw_rates(HISTORY_PERIODS)]
        return {kind: tuple(period[kind] for period in periods if period[kind].calls) for kind in self._generators}
