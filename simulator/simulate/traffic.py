"""Simulated calls of both versions, and the part of them that CloudWatch shows by a given moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.evidence.series import Measured, Minute, Series
from rollout.judging.window import Timing, Window
from rollout.state.rollout import Rollout
from simulator.evaluation_loop import ON_AWS
from simulator.metrics import ERRORS, SLOW, counts_slow, measured
from simulator.simulate.load import HEALTHY, Load, Version

HISTORY_PERIODS = 60
"""How long stable has served before the first shift: an hour on AWS."""


@dataclass
class _Period:
    """The calls of one period so far, and the chances with which one of each version fails, or is slow."""

    canary_rates: dict[str, float]
    stable_rates: dict[str, float]
    minutes: dict[str, Minute]


class Traffic:
    """A Cloud of Poisson calls of which beta-binomially many fail or are slow in each period, independently by version.

    Nor does the one hang together with the other: a call is slow whether it fails or not.
    """

    def __init__(
        self, load: Load, version: Version, start: datetime, chance: np.random.Generator, timing: Timing = ON_AWS
    ) -> None:
        self._load, self._version, self._timing = load, version, timing
        # Slow calls are drawn beside the others: the same calls fail, whether somebody counts slow ones or not.
        self._chances = {ERRORS: chance, SLOW: chance.spawn(1)[0]}
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
        kinds = [ERRORS, SLOW] if counts_slow(rollout.policy) else [ERRORS]
        return measured(rollout.policy, {kind: self._series(kind, rollout.phase, window) for kind in kinds})

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
        return self._minutes(ERRORS)

    @property
    def slow_minutes(self) -> list[Minute]:
        """The same calls, and how many of them were slow."""
        return self._minutes(SLOW)

    def _minutes(self, kind: str) -> list[Minute]:
        minutes = (period.minutes[kind] for period in self._periods.values())
        return [minute for minute in minutes if minute.canary.calls or minute.stable.calls]

    def _series(self, kind: str, phase: Phase, window: Window) -> Series:
        minutes, history = self._minutes(kind), self._history[kind]
        seen = [minute for minute in minutes if window.start <= minute.start < window.end]
        if phase is Phase.BAKE:
            seen = [Minute(start=minute.start, canary=minute.canary + minute.stable) for minute in seen]
            history += tuple(minute.stable for minute in minutes if window.is_history(minute.start))
        return Series(minutes=tuple(seen), history=history)

    def _period(self, start: datetime) -> _Period:
        if start not in self._periods:
            canary, stable = (self._rates(version, 1)[0] for version in (self._version, HEALTHY))
            self._periods[start] = _Period(canary, stable, {kind: Minute(start=start) for kind in self._chances})
        return self._periods[start]

    def _serve_in(self, period: _Period, during: timedelta) -> None:
        canary_share = next(percent for at, percent in reversed(self.shares) if at <= self._served_until) / 100
        calls = self._load.calls_per_minute * during.total_seconds() / 60
        canary = self._served(calls * canary_share, period.canary_rates)
        stable = self._served(calls * (1 - canary_share), period.stable_rates)
        period.minutes = {
            kind: Minute(start=before.start, canary=before.canary + canary[kind], stable=before.stable + stable[kind])
            for kind, before in period.minutes.items()
        }

    def _rates(self, version: Version, periods: int) -> list[dict[str, float]]:
        rates = self._load.rates(version)
        drawn = {kind: self._load.drawn(rate, periods, self._chances[kind]) for kind, rate in rates.items()}
        return [{kind: drawn[kind][number] for kind in drawn} for number in range(periods)]

    def _served(self, expected_calls: float, rates: dict[str, float]) -> dict[str, Counts]:
        calls = int(self._chances[ERRORS].poisson(expected_calls))
        bad = {kind: int(self._chances[kind].binomial(calls, rate)) for kind, rate in rates.items()}
        return {kind: Counts(calls=calls, bad=count) for kind, count in bad.items()}

    def _before_the_shift(self) -> dict[str, tuple[Counts, ...]]:
        calls = self._load.calls_per_minute * self._timing.period_seconds / 60
        served = [self._served(calls, rates) for rates in self._rates(HEALTHY, HISTORY_PERIODS)]
        return {kind: tuple(one[kind] for one in served if one[kind].calls) for kind in self._chances}
