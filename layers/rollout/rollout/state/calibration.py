"""How far the evidence limit of a rollout is raised, because stable's own minutes exceed what the judge promises."""

from math import ceil, floor, log10

from pydantic import Field

from rollout.domain.models import Value


class Calibration(Value):
    """The rollouts without a canary that were made of stable's own minutes, and by what they raise the limit."""

    factor: float = Field(default=1.0, description="The evidence limit is multiplied by it, from 1 to 100.")
    metric: str = Field(default="", description="The critical metric that needs the largest factor; empty without one.")
    level: int = Field(default=0, description="The evidence that is counted.")
    exceeded: int = Field(default=0, description="How many of these rollouts exceeded it.")
    rollouts: int = Field(default=0, description="All of them; 0 where stable had too few minutes.")

    @property
    def is_raised(self) -> bool:
        """Whether the limit is higher than the policy's."""
        return self.factor > 1

    def applied_to(self, limit: float) -> float:
        """Return the limit of the rollout: the policy's own, or a raised one, rounded up to two digits."""
        return _round_up(limit * self.factor) if self.is_raised else limit

    def format(self, limit: float) -> str:
        """Return why the limit is raised, as a sentence part; empty if it is not. `limit` is the policy's."""
        return f"raised from {limit:,.6g} because {self.format_cause()}" if self.is_raised else ""

    def format_cause(self) -> str:
        """Return what stable's own minutes have shown."""
        subject = "errors" if self.metric == "errors" else f"bad calls of the metric {self.metric}"
        return (
            f"{subject} of this function come in clumps: {self.exceeded:,} of {self.rollouts:,} rollouts made of its"
            f" own minutes exceeded {self.level:,}"
        )


def _round_up(limit: float) -> float:
    unit = 10.0 ** (floor(log10(limit)) - 1)
    # The tolerance keeps a product such as 1.1 * 100 from becoming 120.
    return ceil(limit / unit - 1e-9) * unit
