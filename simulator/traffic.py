"""Simulated calls of both versions, and the part of them that CloudWatch shows by a given moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from rollout.health import Measured, Minute, Series
from rollout.models import Health, Rollout
from rollout.window import Timing, Window
from rollout.words import Phase
from simulator.walk import ON_AWS

HISTORY_PERIODS = 60
"""How long stable has served before the first shift: an hour on AWS."""


@dataclass(frozen=True)
class Load:
    """What the alias meets: so many calls a minute, so many of them failing, and in bursts."""

    calls_per_minute: float = 6000
    error_percent: float = 0.2
    """Of stable's calls."""
    bursts: float = 0.002
    """The correlation of two calls of one version in one minute: 0 is independence, 1 a minute all good or all bad."""
    regression: float = 5
    """How many times as often as stable the bad version fails."""

    def error_rate(self, times: float) -> float:
        """Return the chance, 0 to 1, that a call fails on a version that fails so many times as often as stable."""
        return min(self.error_percent * times / 100, 1.0)

    def chances(self, times: float, periods: int, chance: np.random.Generator) -> list[float]:
        """Return the error rate of each period, beta-distributed around `error_rate` where errors come in bursts."""
        rate = self.error_rate(times)
        if self.bursts == 0 or rate in (0, 1):
            return [rate] * periods
        spread = (1 - self.bursts) / self.bursts
        return [float(drawn) for drawn in chance.beta(rate * spread, (1 - rate) * spread, periods)]


@dataclass
class _Period:
    """The calls of one period so far, and the chance with which one of each version fails."""

    canary_rate: float
    stable_rate: float
    minute: Minute


class Traffic:
    """A Cloud of Poisson calls whose errors are beta-binomial in each period, independently by version."""

    def __init__(
        self, load: Load, times: float, start: datetime, chance: np.random.Generator, timing: Timing = ON_AWS
    ) -> None:
        self._load, self._times, self._chance, self._timing = load, times, chance, timing
        self._length = timedelta(seconds=timing.period_seconds)
        # A call shows half the lag after it was made; the other half is there for those that come late.
        self._shown_after = timedelta(seconds=timing.lag_seconds / 2)
        self._served_until = timing.floor(start)
        self._history = self._before_the_shift()
        self.shares = [(self._served_until, 0.0)]
        """Since when the canary has had which share."""
        self._periods: dict[datetime, _Period] = {}

    def shift(self, percent: float, at: datetime) -> None:
        """Give the canary this share from a moment on."""
        self.shares.append((at, percent))

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return both versions' counts as far as they show; in the bake the alias's, which stand for the canary."""
        self.serve(now - self._shown_after)
        seen = [minute for minute in self.minutes if window.start <= minute.start < window.end]
        history = self._history
        if rollout.phase is Phase.BAKE:
            seen = [Minute(start=minute.start, canary=minute.canary + minute.stable) for minute in seen]
            history += tuple(minute.stable for minute in self.minutes if window.is_history(minute.start))
        return {"errors": Series(minutes=tuple(seen), history=history)}

    def serve(self, until: datetime) -> None:
        """Let the calls up to a moment come in."""
        while self._served_until < until:
            start = self._timing.floor(self._served_until)
            changes = [at for at, _ in self.shares if at > self._served_until]
            cut = min([until, start + self._length, *changes])
            self._serve_in(self._period(start), cut - self._served_until)
            self._served_until = cut

    @property
    def minutes(self) -> list[Minute]:
        """The periods from the first shift on that had any calls; without calls CloudWatch has no datapoint."""
        minutes = (period.minute for period in self._periods.values())
        return [minute for minute in minutes if minute.canary.calls or minute.stable.calls]

    def _period(self, start: datetime) -> _Period:
        if start not in self._periods:
            canary, stable = (self._load.chances(times, 1, self._chance)[0] for times in (self._times, 1))
            self._periods[start] = _Period(canary, stable, Minute(start=start))
        return self._periods[start]

    def _serve_in(self, period: _Period, during: timedelta) -> None:
        canary_share = next(percent for at, percent in reversed(self.shares) if at <= self._served_until) / 100
        calls = self._load.calls_per_minute * during.total_seconds() / 60
        minute = period.minute
        period.minute = Minute(
            start=minute.start,
            canary=minute.canary + self._served(calls * canary_share, period.canary_rate),
            stable=minute.stable + self._served(calls * (1 - canary_share), period.stable_rate),
        )

    def _served(self, expected_calls: float, error_rate: float) -> Health:
        calls = int(self._chance.poisson(expected_calls))
        return Health(calls=calls, bad=int(self._chance.binomial(calls, error_rate)))

    def _before_the_shift(self) -> tuple[Health, ...]:
        calls = self._load.calls_per_minute * self._timing.period_seconds / 60
        rates = self._load.chances(1, HISTORY_PERIODS, self._chance)
        served = (self._served(calls, rate) for rate in rates)
        return tuple(health for health in served if health.calls)
