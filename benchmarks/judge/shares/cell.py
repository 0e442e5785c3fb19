"""A cell of the benchmark: how many calls an alias has, how Lambda routes them, and whether the canary can run."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product

MINUTES = 30
STEPS = (1, 5, 10, 25, 50)
CALLS = (6, 60, 600, 6_000, 60_000)
SHARES = (1, 5, 10, 50)


class Routing(StrEnum):
    """How Lambda routes the calls of a healthy canary."""

    INDEPENDENT = "independent"
    GROUPS_OF_4 = "groups of 4"
    """Four calls follow one decision, such as a client's retries or an environment's calls."""
    GROUPS_OF_10 = "groups of 10"
    UNEVEN = "uneven"
    """The share of each minute differs from the weight by 10 % (standard deviation)."""
    VERY_UNEVEN = "very uneven"
    """The same by 25 %."""
    LATE_WEIGHT = "late weight"
    """A new weight takes effect after ten seconds."""
    SLOW = "slow canary"
    """A third of the canary's calls of the newest closed minute are counted later."""
    WAVE = "wave"
    """The calls rise and fall by half over half an hour."""


class Fault(StrEnum):
    """Why the canary does not get its share."""

    NONE = "healthy"
    REFUSED = "refused"
    """Lambda runs no call of the canary."""
    REFUSED_LATER = "refused later"
    """It runs none from the eleventh minute on."""
    THROTTLED = "two thirds throttled"
    """It runs a third of them."""


OVERDISPERSED = {Routing.UNEVEN: 0.1, Routing.VERY_UNEVEN: 0.25}
"""The standard deviation of a minute's share, as a fraction of the weight."""
GROUPS = {Routing.GROUPS_OF_4: 4, Routing.GROUPS_OF_10: 10}
"""The number of calls that follow one decision."""
LATER = 10
"""The minute in which a canary is refused later, from 0."""


@dataclass(frozen=True)
class Cell:
    """One kind of rollout, which is simulated many times."""

    calls: int
    """Mean calls per minute on the alias, both versions together."""
    percent: int | None
    """The canary's share in all the minutes; None for the five steps of the benchmark."""
    routing: Routing = Routing.INDEPENDENT
    fault: Fault = Fault.NONE

    def __str__(self) -> str:
        share = "steps" if self.percent is None else f"{self.percent}%"
        return f"calls={self.calls} share={share} routing={self.routing} fault={self.fault}"

    @property
    def is_healthy(self) -> bool:
        """Whether the canary gets its share."""
        return self.fault is Fault.NONE

    @property
    def percents(self) -> list[int]:
        """The canary's share in each minute."""
        steps = STEPS if self.percent is None else (self.percent,)
        return [percent for percent in steps for _ in range(MINUTES // len(steps))]


def cells() -> list[Cell]:
    """Return the cells: every routing of a healthy canary, and every fault with independent routing."""
    shares = (None, *SHARES)
    healthy = [Cell(calls, share, routing) for calls, share, routing in product(CALLS, shares, Routing)]
    faults = [fault for fault in Fault if fault is not Fault.NONE]
    return healthy + [Cell(calls, share, fault=fault) for calls, share, fault in product(CALLS, shares, faults)]
