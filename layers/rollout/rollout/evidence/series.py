"""The counts of both versions, minute by minute."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit
from rollout.domain.models import Value
from rollout.evidence.dispersion import Dispersion, learn_dispersion


class Minute(Value):
    """What each version served in one metric period (a minute on AWS) from `start`."""

    start: datetime
    canary: Counts = Counts()
    stable: Counts = Counts()


class Series(Value):
    """What one metric counted."""

    minutes: tuple[Minute, ...] = ()
    """In order of time; both versions' since the first shift, or since promotion the canary's alone."""
    history: tuple[Counts, ...] = ()
    """Stable's minutes from before them, in order."""
    title: str = ""
    """What was counted, where the metric's name does not say it all, such as `slow (over 800 ms)`."""
    unit: Unit = Unit.CALLS
    note: str = ""
    """Why nothing was counted, or not as asked."""

    @cached_property
    def canary(self) -> Counts:
        """The canary's counts over all the minutes."""
        return canary_counts(self.minutes)

    @cached_property
    def stable(self) -> Counts:
        """Stable's counts over all the minutes."""
        return stable_counts(self.minutes)

    @cached_property
    def before(self) -> Counts:
        """Stable's counts over all its history."""
        return _total(self.history)

    @cached_property
    def dispersion(self) -> Dispersion:
        """How clumped stable's bad calls come, from its history and, where that is short or the rollout long, since."""
        calm = [minute.stable for minute in self.minutes if minute.canary.calls and not minute.canary.bad]
        return learn_dispersion(self.history, [minute.stable for minute in self.minutes], calm)


Measured = Mapping[str, Series]
"""What a look reads: each metric's series by its name; `errors` is always there, as it counts the calls."""


def canary_counts(minutes: Iterable[Minute]) -> Counts:
    """Return the canary's counts over all the minutes."""
    return _total(minute.canary for minute in minutes)


def stable_counts(minutes: Iterable[Minute]) -> Counts:
    """Return stable's counts over all the minutes."""
    return _total(minute.stable for minute in minutes)


def _total(healths: Iterable[Counts]) -> Counts:
    calls = bad = 0  # a plain loop: a look at a long rollout passes here for every metric
    for health in healths:
        calls += health.calls
        bad += health.bad
    return Counts(calls=calls, bad=bad)
