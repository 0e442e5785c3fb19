"""A cell of the benchmark: one kind of rollout."""

from dataclasses import dataclass
from enum import StrEnum
from math import isinf


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


@dataclass(frozen=True)
class Cell:
    """One kind of rollout, which is simulated many times."""

    calls: int
    """Mean calls per minute on the alias, both versions together."""
    stable_rate: float
    """Stable's error rate, 0 to 1."""
    risk: float
    """The canary's error rate over stable's, from 1; infinite if all its calls fail."""
    correlation: float
    """Intra-minute correlation of the errors of one version, 0 to 1; 0 is independent errors."""
    scene: Scene = Scene.STEADY

    def __str__(self) -> str:
        words = (
            f"calls={self.calls}",
            f"errors={100 * self.stable_rate:g}%",
            f"risk={'all' if isinf(self.risk) else f'{self.risk:g}'}",
            f"correlation={self.correlation:g}",
            f"scene={self.scene}",
        )
        return " ".join(words)

    @property
    def is_healthy(self) -> bool:
        """Whether the canary is as good as stable."""
        return self.risk == 1
