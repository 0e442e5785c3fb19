"""How many calls a version served, and how many of them were bad."""

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
