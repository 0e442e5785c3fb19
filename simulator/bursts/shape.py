"""The shapes in which the bad calls of one version come, each with a text form such as `clumps:10`."""

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Correlation:
    """Each version draws a rate per minute, beta-distributed around its mean."""

    value: float = 0
    """Of two calls of one version in one minute: 0 is independence, 1 a minute all good or all bad."""

    def __str__(self) -> str:
        return f"{self.value:g}"

    @property
    def phrase(self) -> str:
        """How bad calls come, as the end of a sentence."""
        return f"in bursts (correlation {self})" if self.value else "independently"


@dataclass(frozen=True)
class Clumps:
    """Bad calls come in clumps of geometric size; each clump is whole on one version, chosen by the share."""

    mean: float
    """Mean number of calls in a clump, from 1."""

    def __str__(self) -> str:
        return f"clumps:{self.mean:g}"

    @property
    def phrase(self) -> str:
        """How bad calls come, as the end of a sentence."""
        return f"in clumps of {self.mean:g} calls on average"


@dataclass(frozen=True)
class Environments:
    """An execution environment turns bad at any second, and then fails all its calls for two minutes.

    The number of a version's environments follows its calls.
    """

    calls: float
    """Calls a minute that one environment serves."""

    def __str__(self) -> str:
        return f"environments:{self.calls:g}"

    @property
    def phrase(self) -> str:
        """How bad calls come, as the end of a sentence."""
        return f"in execution environments of {self.calls:,g} calls a minute that turn bad for two minutes"


@dataclass(frozen=True)
class Heavy:
    """Each version's rate in a minute is its mean times a Pareto multiplier of mean 1, and at most 1."""

    def __str__(self) -> str:
        return "heavy"

    @property
    def phrase(self) -> str:
        """How bad calls come, as the end of a sentence."""
        return "in minutes with heavy tails"


Bursts = Correlation | Clumps | Environments | Heavy
"""A shape of bursts; a version's mean rate is the same in each."""

INDEPENDENT = Correlation(0)

NEEDED = "a correlation from 0 to less than 1, such as 0.002, or clumps:10, environments:100 or heavy"


def parse_bursts(text: str) -> Bursts:
    """Return the shape with this text form; raises ValueError, which says what is needed."""
    name, colon, number = text.strip().partition(":")
    match name if colon else "", _to_number(number if colon else name):
        case "clumps", float(mean) if mean >= 1:
            return Clumps(mean)
        case "environments", float(calls) if calls > 0:
            return Environments(calls)
        case "", float(value) if 0 <= value < 1:
            return Correlation(value)
        case "", None if name == "heavy":
            return Heavy()
    raise ValueError(f"{text!r} is no shape of bursts. Give {NEEDED}.")


def _to_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
