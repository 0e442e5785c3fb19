"""A cell of the benchmark: one kind of rollout."""

from dataclasses import dataclass
from enum import StrEnum
from math import isinf

from simulator.bursts.shape import INDEPENDENT, Bursts, Correlation


class Scene(StrEnum):
    """What happens during the rollout."""

    STEADY = "steady"
    OUTAGE = "outage"
    """A fifth of both versions' calls fail for three minutes."""
    BIG_OUTAGE = "big-outage"
    """Half of both versions' calls fail for three minutes."""
    WAVE = "wave"
    """Calls and errors rise and fall by half over a day, independently of each other."""
    LATE = "late"
    """The canary is healthy for ten minutes."""
    COLD = "cold"
    """The canary is slow for two minutes, without errors."""
    NEW_ERRORS = "new-errors"
    """1 % of the canary's calls fail, beside stable's errors, which are none if its rate is 0."""
    TENANT = "tenant"
    """All calls of one tenant, 5 % of the calls, fail on the canary."""
    LEAK = "leak"
    """The canary's errors grow from 0 to 20 % of its calls over the half hour."""
    SLOW = "slow"
    """The calls that are counted are slow calls instead of errors."""
    NEW_ENVIRONMENTS = "new-environments"
    """Each new execution environment of the canary fails all its calls in its first minute."""


FAULTS = {Scene.NEW_ERRORS, Scene.TENANT, Scene.LEAK, Scene.NEW_ENVIRONMENTS}
"""The scenes in which the canary is worse than stable whatever its relative risk."""


class Shared(StrEnum):
    """Worlds in which both versions' errors come from one source."""

    SLOW_WAVE = "slow-wave"
    """One rate for both versions: log-normal, autoregressive, with a memory of an hour."""
    QUICK_WAVE = "quick-wave"
    """The same with a memory of two minutes."""
    OUTAGE = "outage"
    """An outage of both versions that begins at any second, of any length and depth."""
    POISON = "poison"
    """Events that fail on every version, and are tried three times; each attempt is routed by the share."""
    TRANSIENT = "transient"
    """Events that fail once, and at every other of at most two retries; each attempt is routed by the share."""


World = Bursts | Shared
"""How errors come: by version, or from one source for both."""


@dataclass(frozen=True)
class Cell:
    """One kind of rollout, which is simulated many times."""

    calls: int
    """Mean calls per minute on the alias, both versions together."""
    stable_rate: float
    """Stable's error rate, 0 to 1."""
    risk: float
    """The canary's error rate over stable's, from 1; infinite if all its calls fail."""
    world: World = INDEPENDENT
    scene: Scene = Scene.STEADY

    def __str__(self) -> str:
        words = (
            f"calls={self.calls}",
            f"errors={100 * self.stable_rate:g}%",
            f"risk={'all' if isinf(self.risk) else f'{self.risk:g}'}",
            f"{'correlation' if isinstance(self.world, Correlation) else 'world'}={self.world}",
            f"scene={self.scene}",
        )
        return " ".join(words)

    @property
    def is_healthy(self) -> bool:
        """Whether the canary is as good as stable."""
        return self.risk == 1 and self.scene not in FAULTS
