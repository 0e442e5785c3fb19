"""What is played: one kind of rollout."""

from dataclasses import dataclass
from enum import StrEnum
from math import isinf


class Scene(StrEnum):
    """What happens around the canary."""

    STEADY = "steady"
    OUTAGE = "outage"
    """A fifth of both versions' calls fail for three minutes."""
    BIG_OUTAGE = "big-outage"
    """Half of both versions' calls fail for three minutes."""
    WAVE = "wave"
    """Calls and errors rise and fall by half over a day, each in its own time."""
    LATE = "late"
    """The canary is healthy for ten minutes."""
    COLD = "cold"
    """The canary is slow, not failing, for two minutes."""


@dataclass(frozen=True)
class Cell:
    """One kind of rollout, to be played many times."""

    calls: int
    """Mean calls a minute on the alias, both versions together."""
    stable_rate: float
    """Stable's error rate, 0 to 1."""
    risk: float
    """How many times as often as stable the canary fails, from 1; infinite when all its calls fail."""
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
