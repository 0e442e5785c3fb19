"""The counts of both versions, minute by minute."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from rollout.domain.counts import Health
from rollout.domain.enums import Unit
from rollout.domain.models import Value
from rollout.evidence.dispersion import Dispersion, learn_dispersion


class Minute(Value):
    """What each version served in one metric period (a minute on AWS) from `start`."""

    start: datetime
    canary: Health = Health()
    stable: Health = Health()


class Series(Value):
    """What one witness counted."""

    minutes: tuple[Minute, ...] = ()
    """In order of time; both versions' since the first shift, or since promotion the canary's alone."""
    history: tuple[Health, ...] = ()
    """Stable's minutes from before them, in order."""
    title: str = ""
    """What was counted, where the witness's name does not say it all, such as `slow (over 800 ms)`."""
    unit: Unit = Unit.CALLS
    note: str = ""
    """Why nothing was counted, or not as asked."""

    @cached_property
    def canary(self) -> Health:
        """The canary's counts over all the minutes."""
        return canary_health(self.minutes)

    @cached_property
    def stable(self) -> Health:
        """Stable's counts over all the minutes."""
        return stable_health(self.minutes)

    @cached_property
    def before(self) -> Health:
        """Stable's counts over all its history."""
        return _total(self.history)

    @cached_property
    def dispersion(self) -> Dispersion:
        """How clumped stable's bad calls come, from its history and, where that is short or the rollout long, since."""
        calm = [minute.stable for minute in self.minutes if minute.canary.calls and not minute.canary.bad]
        return learn_dispersion(self.history, [minute.stable for minute in self.minutes], calm)


Measured = Mapping[str, Series]
"""What a look reads: each witness's series by its name; `errors` is always there, as it counts the calls."""


def canary_health(minutes: Iterable[Minute]) -> Health:
    """Return the canary's counts over all the minutes."""
    return _total(minute.canary for minute in minutes)


def stable_health(minutes: Iterable[Minute]) -> Health:
    """Return stable's counts over all the minutes."""
    return _total(minute.stable for minute in minutes)


def _total(healths: Iterable[Health]) -> Health:
    calls = bad = 0  # a plain loop: a look at a long rollout passes here for every witness
    for health in healths:
        calls += health.calls
        bad += health.bad
    return Health(calls=calls, bad=bad)
