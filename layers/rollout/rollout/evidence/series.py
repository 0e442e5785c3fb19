"""The counts of both versions, minute by minute."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit
from rollout.domain.models import Value
from rollout.evidence.dispersion import Dispersion, learn_dispersion


class Minute(Value):
    """The counts of each version in one metric period (a minute on AWS) from `start`."""

    start: datetime
    canary: Counts = Field(default_factory=Counts)
    stable: Counts = Field(default_factory=Counts)


class Series(Value):
    """The counts of one metric."""

    minutes: tuple[Minute, ...] = ()
    """In order of time: both versions since the first shift; in the bake, the canary since promotion."""
    history: tuple[Counts, ...] = ()
    """Stable's minutes before those, in order of time."""
    title: str = ""
    """What is counted, if the metric's name is not enough, such as `slow (over 800 ms)`."""
    before_promotion: "Series | None" = None
    """In the bake, the minutes of both versions until the promotion: calls of that time can still be counted."""
    unit: Unit = Unit.CALLS
    period_seconds: int = 60
    """The length of what is called a minute here: a minute on AWS."""
    note: str = ""
    """Why nothing is counted, or why it is counted differently from what the policy asks for."""

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
        """The burst scale of stable's bad calls, from its history and, if needed, from its minutes in the rollout."""
        calm = [minute.stable for minute in self.minutes if minute.canary.calls and not minute.canary.bad]
        during = [minute.stable for minute in self.minutes]
        return learn_dispersion(self.history, during, calm, self.period_seconds)


Measured = Mapping[str, Series]
"""Each metric's series by its name, as read by an evaluation; `errors` is always there, because it counts the calls."""


def canary_counts(minutes: Iterable[Minute]) -> Counts:
    """Return the canary's counts over all the minutes."""
    return _total(minute.canary for minute in minutes)


def stable_counts(minutes: Iterable[Minute]) -> Counts:
    """Return stable's counts over all the minutes."""
    return _total(minute.stable for minute in minutes)


def _total(counts: Iterable[Counts]) -> Counts:
    calls = bad = 0  # a plain loop: each evaluation of a long rollout runs it for every metric
    for each in counts:
        calls += each.calls
        bad += each.bad
    return Counts(calls=calls, bad=bad)
