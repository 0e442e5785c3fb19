"""What is usual for a function, learnt from its own history."""

from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate


def typical(values: Mapping[datetime, float], calls: Mapping[datetime, float]) -> float | None:
    """Return the median of the periods' values, each weighed by its calls; None where there were none.

    A median, so that an outage within the history does not make the usual slowness.
    """
    weighed = sorted((values[at], calls[at]) for at in values.keys() & calls.keys() if calls[at])
    half = sum(weight for _, weight in weighed) / 2
    reached = accumulate(weight for _, weight in weighed)
    return next((value for (value, _), total in zip(weighed, reached, strict=True) if total >= half), None)
