"""Shares of rollouts with their confidence intervals, and distributions of values."""

import math
from collections.abc import Sequence
from statistics import NormalDist, median, quantiles

from pydantic import BaseModel

_STANDARD_ERRORS = NormalDist().inv_cdf(0.975)
"""Half the width of a two-sided 95 % interval."""


class Share(BaseModel, frozen=True):
    """A count of a total, in percent, and its 95 % interval in percent (Wilson's score interval, 1927)."""

    count: int
    total: int
    percent: float
    low: float
    high: float


class Distribution(BaseModel, frozen=True):
    """The median, the 90th percentile and the maximum of a value over the rollouts."""

    median: float
    p90: float
    max: float


def share_of(count: int, total: int) -> Share:
    """Return the share of a total with its interval; the interval of an empty total is 0 to 100 percent."""
    if total == 0:
        return Share(count=0, total=0, percent=0, low=0, high=100)
    rate, weight = count / total, _STANDARD_ERRORS**2 / total
    middle = (rate + weight / 2) / (1 + weight)
    half = math.sqrt(rate * (1 - rate) * weight + weight**2 / 4) / (1 + weight)
    low, high = max(middle - half, 0) if count else 0, min(middle + half, 1) if count < total else 1
    return Share(count=count, total=total, percent=100 * rate, low=100 * low, high=100 * high)


def distribution_of(values: Sequence[float]) -> Distribution | None:
    """Return the distribution of the values; None without values."""
    if not values:
        return None
    tenths = quantiles(values, n=10, method="inclusive") if len(values) > 1 else [values[0]] * 9
    return Distribution(median=median(values), p90=tenths[8], max=max(values))
