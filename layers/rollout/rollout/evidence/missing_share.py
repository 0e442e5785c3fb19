"""The evidence that a canary does not get its share of the alias's calls, because Lambda cannot invoke it.

Lambda counts no call that it refuses before any code runs, so such a canary has no datapoints. A minute has N counted
calls, n1 of the canary and n0 of stable, and the canary's share of them is at least TOLERATED*w, where w is its weight.
For a fraction f < TOLERATED, the likelihood ratio (f/TOLERATED)^n1 * ((1-f*w)/(1-TOLERATED*w))^n0 has an expectation of
at most 1, because it is the product over calls of a ratio whose expectation falls in the share and is 1 at TOLERATED*w.

Routing need not be independent by call. If CLUSTER calls or fewer share one decision, the ratio to the power 1/CLUSTER
keeps an expectation of at most 1, by Jensen's inequality. The power falls further in a busy minute, so that one minute
is worth at most e^MOST_PER_MINUTE: a series that CloudWatch publishes late for one minute is no proof. The power may
depend on N and w, because they do not depend on the routing. The product over minutes is a supermartingale, and so is
the mixture over the fractions and over the minute from which the share is missing. By Ville's inequality, it reaches L
with probability at most 1/L for a canary that gets its share, however often it is evaluated.

Sources: Ville 1939; Howard, Ramdas, McAuliffe and Sekhon 2020, Probability Surveys 17; Shin, Ramdas and Rinaldo 2024,
"E-detectors", New England Journal of Statistics in Data Science 2(2), for the mixture over the time of a change.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from math import exp, log, log1p
from typing import NamedTuple

TOLERATED = 0.75
"""A canary that gets this fraction of its weight gets its share: weights take effect late, and routing is uneven."""

FRACTIONS = (0.001, 0.4)
"""The fractions of its weight that a canary may get instead, equally likely: next to none of its calls, or less than
half of them."""

CLUSTER = 5
"""So many calls may share one routing decision."""

MOST_PER_MINUTE = 6.0
"""The most that one minute adds to the natural logarithm of the evidence."""

FROM_THE_FIRST_MINUTE = 0.8
"""The probability that a missing share is missing from the first minute on."""

LATER_PROBABILITY = 0.003
"""The probability in each later minute that the share is missing from then on, if it was not missing before."""

_MOST = 1e300


class SharedMinute(NamedTuple):
    """The counted calls of one minute in which the alias had one weight."""

    canary: int
    stable: int
    weight: float
    """The canary's weight in the alias, above 0 and below 1."""

    @property
    def due(self) -> float:
        """The calls that the canary would have served beside stable's at its weight."""
        return self.stable * self.weight / (1 - self.weight)


def missing_share_log_evidence(minutes: Iterable[SharedMinute]) -> float:
    """Return the natural logarithm of the evidence that the canary gets less than its share; 0 without minutes."""
    none = few = 0.0  # one variable for each of FRACTIONS: a list would take most of the time
    has_share, starts = 1.0, FROM_THE_FIRST_MINUTE
    for minute in minutes:
        started, starts = has_share * starts, LATER_PROBABILITY
        has_share -= started
        ratio_none, ratio_few = log_ratios(*minute)
        none = min((none + started) * exp(ratio_none), _MOST)
        few = min((few + started) * exp(ratio_few), _MOST)
    return log((none + few) / 2 + has_share)


def log_ratios(canary: int, stable: int, weight: float) -> tuple[float, float]:
    """Return ln of the likelihood ratio of a minute for each of FRACTIONS; 0 without calls."""
    canary_none, stable_none, canary_few, stable_few = _log_ratios_of_a_call(weight)
    most = (canary + stable) * stable_none
    power = MOST_PER_MINUTE / most if most > MOST_PER_MINUTE * CLUSTER else 1 / CLUSTER
    return power * (canary * canary_none + stable * stable_none), power * (canary * canary_few + stable * stable_few)


@cache
def _log_ratios_of_a_call(weight: float) -> tuple[float, float, float, float]:
    """Return ln of the ratio of a call of the canary and of a call of stable, for each of FRACTIONS."""
    none, few = FRACTIONS
    tolerated = log1p(-TOLERATED * weight)
    return (
        log(none / TOLERATED),
        log1p(-none * weight) - tolerated,
        log(few / TOLERATED),
        log1p(-few * weight) - tolerated,
    )


def missing_minutes(minutes: Sequence[SharedMinute]) -> Sequence[SharedMinute]:
    """Return the newest minutes that speak most strongly for a missing share; none if no minutes do."""
    best = none = few = 0.0
    start = len(minutes)
    for index in range(len(minutes) - 1, -1, -1):
        ratio_none, ratio_few = log_ratios(*minutes[index])
        none, few = none + ratio_none, few + ratio_few
        if max(none, few) > best:
            best, start = max(none, few), index
    return minutes[start:]
