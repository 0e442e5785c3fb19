"""The simulated load of an alias: its calls, and the rates at which calls fail or are slow on each version."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from rollout.auto.recent_day import READ_PERIODS, RecentDay
from rollout.domain.counts import Counts
from simulator.bursts.draws import draw_beta_rates, draw_heavy_rates
from simulator.bursts.shape import Bursts, Correlation, Heavy
from simulator.metrics import ERRORS, SLOW


@dataclass(frozen=True)
class Version:
    """How many times as often as stable a version fails, and is slow; the default is a healthy version."""

    error_ratio: float = 1
    slow_ratio: float = 1

    @property
    def is_only_slow(self) -> bool:
        """Whether the version differs from stable only in its slow calls."""
        return self.error_ratio == 1 != self.slow_ratio

    @property
    def comparison(self) -> str:
        """How the version compares with stable, such as `fails 5 times as often`."""
        if self.slow_ratio == 1:
            return f"fails {self.error_ratio:g} times as often"
        fails = "" if self.is_only_slow else f"fails {self.error_ratio:g} times and "
        return f"{fails}is slow {self.slow_ratio:g} times as often"


HEALTHY = Version()

TYPICAL = Correlation(0.002)
_MIDNIGHT = datetime(2025, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Load:
    """The calls of the alias a minute, the rates of failed and slow calls, and how strongly those come in bursts."""

    calls_per_minute: float = 6000
    error_percent: float = 0.2
    """Of stable's calls."""
    bursts: Bursts = TYPICAL
    """How failed calls, and slow calls, come in bursts on one version."""
    regression: float = 5
    """How many times as often as stable the bad version fails."""
    slow_percent: float = 1
    """Of stable's calls."""
    slowdown: float = 1
    """How many times as often as stable the bad version is slow."""

    def recent_day(self) -> RecentDay:
        """Return the day before the rollout with steady calls, as `steps: Auto` reads it."""
        counts = [int(number * self.calls_per_minute) for number in range(READ_PERIODS + 1)]
        errors = [int(calls * self.error_percent / 100) for calls in counts]
        minutes = enumerate(zip(pairwise(counts), pairwise(errors), strict=True))
        periods = {
            _MIDNIGHT + number * timedelta(minutes=1): Counts(calls=after - before, bad=bad_after - bad_before)
            for number, ((before, after), (bad_before, bad_after)) in minutes
            if after > before
        }
        return RecentDay(until=_MIDNIGHT + READ_PERIODS * timedelta(minutes=1), periods=periods)

    @property
    def bad_version(self) -> Version:
        """The version that the policy should roll back."""
        return Version(self.regression, self.slowdown)

    def rates(self, version: Version = HEALTHY) -> dict[str, float]:
        """Return the probability, 0 to 1, that a version's call fails, and that it is slow."""
        percents = {ERRORS: self.error_percent * version.error_ratio, SLOW: self.slow_percent * version.slow_ratio}
        return {kind: min(percent / 100, 1.0) for kind, percent in percents.items()}

    def draw_rates(self, rate: float, periods: int, generator: np.random.Generator) -> list[float]:
        """Return the rate of each period: drawn around `rate` if the bursts are of whole minutes."""
        rates = np.full(periods, rate)
        if rate not in (0, 1) and isinstance(self.bursts, Heavy):
            rates = draw_heavy_rates(generator, rates)
        elif rate not in (0, 1) and isinstance(self.bursts, Correlation) and self.bursts.value:
            rates = draw_beta_rates(generator, rates, self.bursts.value)
        return [float(value) for value in rates]
