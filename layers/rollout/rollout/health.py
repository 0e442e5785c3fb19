"""The counts of both versions, minute by minute."""

from collections.abc import Iterable
from datetime import datetime

from rollout.models import Health, Value


class Minute(Value):
    """What each version served in one metric period (a minute on AWS) from `start`."""

    start: datetime
    canary: Health = Health()
    stable: Health = Health()


class Measured(Value):
    """What a look reads: both versions since the first shift, and stable alone in the periods before it."""

    minutes: tuple[Minute, ...] = ()
    history: tuple[Health, ...] = ()


def canary_health(minutes: Iterable[Minute]) -> Health:
    """Return the canary's counts over all the minutes."""
    return _total(minute.canary for minute in minutes)


def stable_health(minutes: Iterable[Minute]) -> Health:
    """Return stable's counts over all the minutes."""
    return _total(minute.stable for minute in minutes)


def _total(healths: Iterable[Health]) -> Health:
    counts = [(health.calls, health.bad) for health in healths]
    return Health(calls=sum(calls for calls, _ in counts), bad=sum(errors for _, errors in counts))
