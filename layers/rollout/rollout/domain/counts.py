"""How many calls a version served, and how many of them were bad."""

from rollout.domain.enums import Unit
from rollout.domain.models import Value


class Counts(Value):
    """The calls of one version in a window, and how many of them were bad: failed, slow or throttled."""

    calls: int = 0
    bad: int = 0

    @property
    def bad_percent(self) -> float:
        """Bad calls per hundred calls; 0 without calls."""
        return 100 * self.bad / self.calls if self.calls else 0.0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(calls=self.calls + other.calls, bad=self.bad + other.bad)


def format_rate(counts: Counts, unit: Unit = Unit.CALLS) -> str:
    """Return the bad calls of all calls, such as `41 of 1,203 calls (3.4 %)`."""
    if counts.calls == 0:
        return f"0 {unit}"
    return f"{counts.bad:,} of {counts.calls:,} {unit} ({_format_percent(counts.bad_percent)} %)"


def _format_percent(percent: float) -> str:
    return f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"  # noqa: PLR2004 - from 100 on, .2g writes 1e+02
