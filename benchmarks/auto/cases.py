"""What is rolled out: four traffics, a healthy version in two kinds of bursts, and three bad versions."""

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.bursts.shape import Correlation
from simulator.simulate.load import Load, Version

DAY_SECONDS = 86_400
STABLE_ERROR_PERCENT = 0.1
BURSTS = 0.002
STRONG_BURSTS = 0.01

TRAFFICS: dict[str, float] = {"20 a day": 20 / 1440, "one in 5 min": 0.2, "one a minute": 1, "600 a minute": 600}
"""The calls a minute of each traffic."""


@dataclass(frozen=True)
class Fault:
    """A version, by the percentage of its calls that fail, and how strongly failed calls come in bursts."""

    name: str
    error_percent: float
    bursts: float = BURSTS

    @property
    def is_healthy(self) -> bool:
        """Whether the version fails as often as stable."""
        return self.error_percent == STABLE_ERROR_PERCENT

    @property
    def version(self) -> Version:
        """The version as the simulator knows it."""
        return Version(error_ratio=self.error_percent / STABLE_ERROR_PERCENT)

    def load(self, calls_per_minute: float) -> Load:
        """Return the load of the alias at a traffic."""
        return Load(calls_per_minute, STABLE_ERROR_PERCENT, Correlation(self.bursts))


HEALTHY = Fault("healthy", STABLE_ERROR_PERCENT)
IN_STRONG_BURSTS = Fault("healthy, strong bursts", STABLE_ERROR_PERCENT, STRONG_BURSTS)
FAILS_FIFTH, FAILS_EVERY_CALL = Fault("fails 20 %", 20), Fault("fails every call", 100)
FAULTS = (HEALTHY, IN_STRONG_BURSTS, Fault("fails 5 %", 5), FAILS_FIFTH, FAILS_EVERY_CALL)

BUSY_CALLS = 100
"""From this many calls a minute on, the evidence decides, and bursts within a minute can show."""


def traffics_of(fault: Fault) -> Iterator[tuple[str, float]]:
    """Yield the traffics at which a version is rolled out: minutes with one call at most have no bursts."""
    for name, calls in TRAFFICS.items():
        if fault is not IN_STRONG_BURSTS or calls >= BUSY_CALLS:
            yield name, calls


@dataclass(frozen=True)
class Outcome:
    """How one rollout ended."""

    is_rolled_back: bool
    seconds: float
    """From the first shift to the end."""
    failed_calls: float
    """Failed calls on the version in the day after the first shift; a promoted version goes on to fail."""
    is_promoted: bool = False
