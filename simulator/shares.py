"""How often something happened, and how sure that is; and how values spread."""

import math
from collections.abc import Sequence
from statistics import NormalDist, median, quantiles

from pydantic import BaseModel

_SIGMAS = NormalDist().inv_cdf(0.975)


class Share(BaseModel, frozen=True):
    """How many of how many, in percent, and its 95 % interval (Wilson's)."""

    count: int
    of: int
    percent: float
    low: float
    high: float


class Spread(BaseModel, frozen=True):
    """What half of the rollouts, nine in ten, and all of them stay within."""

    half: float
    nine_in_ten: float
    all: float


def share(count: int, of: int) -> Share:
    """Return a share with its interval; of none at all, nothing is known: 0 to 100 percent."""
    if of == 0:
        return Share(count=0, of=0, percent=0, low=0, high=100)
    rate, weight = count / of, _SIGMAS**2 / of
    middle = (rate + weight / 2) / (1 + weight)
    half = math.sqrt(rate * (1 - rate) * weight + weight**2 / 4) / (1 + weight)
    low, high = max(middle - half, 0) if count else 0, min(middle + half, 1) if count < of else 1
    return Share(count=count, of=of, percent=100 * rate, low=100 * low, high=100 * high)


def spread(values: Sequence[float]) -> Spread | None:
    """Return how values spread; None where there are none."""
    if not values:
        return None
    tenths = quantiles(values, n=10, method="inclusive") if len(values) > 1 else [values[0]] * 9
    return Spread(half=median(values), nine_in_ten=tenths[8], all=max(values))
