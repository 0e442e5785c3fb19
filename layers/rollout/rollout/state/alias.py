"""Where an alias points."""

from math import isclose

from pydantic import Field

from rollout.domain.models import Value


class AliasState(Value):
    """Where an alias points. `shares` are percents of further versions; empty when it serves one alone."""

    version: str
    revision_id: str
    shares: dict[str, float] = Field(default_factory=dict)
    description: str = ""

    def serves(self, version: str, shares: dict[str, float]) -> bool:
        """Whether it points at this version with these shares, give or take what weights are rounded by."""
        same_versions = (self.version, self.shares.keys()) == (version, shares.keys())
        return same_versions and all(isclose(shares[other], self.shares[other], abs_tol=0.001) for other in shares)

    def serves_alone(self, version: str) -> bool:
        """Whether every call reaches this version. A share of 0 percent reaches nobody, but is no whole alias."""
        return self.version == version and not self.shares

    def format(self) -> str:
        """Return the alias in words, such as `version 3 with 10 % to version 4`."""
        shares = "".join(f" with {percent:g} % to version {version}" for version, percent in self.shares.items())
        return f"version {self.version}{shares}"
