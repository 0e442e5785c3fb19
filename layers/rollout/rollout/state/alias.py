"""The versions and shares of an alias, and when a rollout reads them."""

from datetime import datetime
from math import isclose

from pydantic import Field

from rollout.domain.models import Value

SHARE_TOLERANCE_PERCENT = 0.01
"""Shares that differ by no more are equal: Lambda may return a weight with fewer digits than it was given."""


class AliasState(Value):
    """The versions of an alias. `shares` maps another version to its percent; empty when the alias is unsplit."""

    version: str
    revision_id: str
    shares: dict[str, float] = Field(default_factory=dict)
    description: str = ""

    def serves(self, version: str, shares: dict[str, float]) -> bool:
        """Whether the alias points at this version with these shares, within SHARE_TOLERANCE_PERCENT."""
        same_versions = (self.version, self.shares.keys()) == (version, shares.keys())
        return same_versions and all(
            isclose(percent, self.shares[other], abs_tol=SHARE_TOLERANCE_PERCENT) for other, percent in shares.items()
        )

    def serves_alone(self, version: str) -> bool:
        """Whether the alias points at this version and is unsplit. A share of 0 percent counts as split."""
        return self.version == version and not self.shares

    def format(self) -> str:
        """Return the alias as a sentence part, such as `version 3 with 10 % to version 4`."""
        shares = "".join(f" with {percent:g} % to version {version}" for version, percent in self.shares.items())
        return f"version {self.version}{shares}"


class AliasReads(Value):
    """When a rollout reads its alias, which depends on how many others are live."""

    live_beside: int = Field(
        default=0,
        description="The live rollouts of the account and region when the alias was last read; 0 for few.",
    )
    due_at: datetime | None = Field(
        default=None,
        description="Until when an evaluation that keeps the share does not read the alias; None for the next one.",
    )
    moves_seen: int = Field(
        default=0, description="How many moves of the alias by others the lock had before the alias was last read."
    )
