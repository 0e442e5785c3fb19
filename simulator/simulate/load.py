"""What an alias meets: calls, and how many of them are bad on stable and on the version that is rolled out."""

from dataclasses import dataclass

import numpy as np

from simulator.metrics import ERRORS, SLOW


@dataclass(frozen=True)
class Version:
    """How many times as often as stable a version fails, and is slow; as it stands, a healthy one."""

    times: float = 1
    slow_times: float = 1

    @property
    def is_slow_alone(self) -> bool:
        """Whether it differs from stable in nothing but slow calls."""
        return self.times == 1 != self.slow_times

    @property
    def worse(self) -> str:
        """How it compares with stable, such as `fails 5 times as often`."""
        if self.slow_times == 1:
            return f"fails {self.times:g} times as often"
        fails = "" if self.is_slow_alone else f"fails {self.times:g} times and "
        return f"{fails}is slow {self.slow_times:g} times as often"


HEALTHY = Version()


@dataclass(frozen=True)
class Load:
    """What the alias meets: so many calls a minute, so many of them failing or slow, and in bursts."""

    calls_per_minute: float = 6000
    error_percent: float = 0.2
    """Of stable's calls."""
    bursts: float = 0.002
    """The correlation of two calls of one version in one minute: 0 is independence, 1 a minute all good or all bad."""
    regression: float = 5
    """How many times as often as stable the bad version fails."""
    slow_percent: float = 1
    """Of stable's calls."""
    slowdown: float = 1
    """How many times as often as stable the bad version is slow."""

    @property
    def bad_version(self) -> Version:
        """The version that is to be caught."""
        return Version(self.regression, self.slowdown)

    def rates(self, version: Version = HEALTHY) -> dict[str, float]:
        """Return the chances, 0 to 1, that a version's call fails, and that it is slow."""
        percents = {ERRORS: self.error_percent * version.times, SLOW: self.slow_percent * version.slow_times}
        return {kind: min(percent / 100, 1.0) for kind, percent in percents.items()}

    def drawn(self, rate: float, periods: int, chance: np.random.Generator) -> list[float]:
        """Return the rate of each period, beta-distributed around `rate` where bad calls come in bursts."""
        if self.bursts == 0 or rate in (0, 1):
            return [rate] * periods
        spread = (1 - self.bursts) / self.bursts
        return [float(drawn) for drawn in chance.beta(rate * spread, (1 - rate) * spread, periods)]
