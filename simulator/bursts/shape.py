"""The shapes in which the bad calls of one version come, each with a text form such as `clumps:10`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Correlation:
    """Each version draws a rate per minute, beta-distributed around its mean."""

    value: float = 0
    """Of two calls of one version in one minute: 0 is independence, 1 a minute all good or all bad."""

    def __str__(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True)
class Clumps:
    """Bad calls come in clumps of geometric size; each clump is whole on one version, chosen by the share."""

    mean: float
    """Mean number of calls in a clump, from 1."""

    def __str__(self) -> str:
        return f"clumps:{self.mean:g}"


@dataclass(frozen=True)
class Environments:
    """An execution environment turns bad at any second, and then fails all its calls for two minutes.

    The number of a version's environments follows its calls.
    """

    calls: float
    """Calls a minute that one environment serves."""

    def __str__(self) -> str:
        return f"environments:{self.calls:g}"


@dataclass(frozen=True)
class Heavy:
    """Each version's rate in a minute is its mean times a Pareto multiplier of mean 1, and at most 1."""

    def __str__(self) -> str:
        return "heavy"


Bursts = Correlation | Clumps | Environments | Heavy
"""A shape of bursts; a version's mean rate is the same in each."""

INDEPENDENT = Correlation(0)
