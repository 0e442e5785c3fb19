"""Outlier minutes: in some minutes, a version's own error rate is many times the usual one, whatever its version.

An outlier multiplies the rate of one version in one minute by 10^(1/2), 10, 10^(3/2) or 100, with the probabilities of
a Pareto distribution of index 1.5 and mean 1: its variance is infinite, so a mean over many minutes says little.
Whether stable has outliers is learned from its history; before it, both answers are equally likely.
"""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p

from rollout.domain.counts import Counts

FACTOR_STEPS = (4, 8, 12, 16)
"""The factors of outliers in steps of the rate grid: 8 steps are a factor of ten."""

SHARES = (0.055, 0.0095, 0.0017, 0.0003)
"""The probability of each factor in a minute, if stable has outliers."""

MOST_WORTH = 5.0
"""If stable certainly has outliers, no minute multiplies the paired evidence by more than this."""

_PRIOR = 0.5
_MOST_LOG = 700.0


def outlier_probability(minutes: Sequence[Counts], error_rate: float, theta: float) -> float:
    """Return the probability, 0 to 1, that stable has outliers, given its minutes, error rate and burst scale."""
    odds = (1 - _PRIOR) / _PRIOR * exp(min(-_log_ratio(minutes, error_rate, theta), _MOST_LOG))
    return 1 / (1 + odds)


def _log_ratio(minutes: Sequence[Counts], error_rate: float, theta: float) -> float:
    """Return ln of the likelihood of the minutes' errors with outliers over that without."""
    shapes = [error_rate / theta * 10 ** (steps / 8) for steps in (0, *FACTOR_STEPS)]
    bases = list(map(lgamma, shapes))
    shares = (1 - sum(SHARES), *SHARES)
    total = 0.0
    for counts in minutes:
        log_scale = log1p(counts.calls * theta)
        logs = [
            lgamma(counts.bad + shape) - base - shape * log_scale for shape, base in zip(shapes, bases, strict=True)
        ]
        usual = logs[0]
        total += log(sum(share * exp(value - usual) for share, value in zip(shares, logs, strict=True)))
    return total


def with_outliers(values: Sequence[float], probability: float) -> list[float]:
    """Return the likelihood of each rate level if its minute may be an outlier; shorter by the largest factor's steps.

    `values` are the likelihoods of the levels without outliers, in order of the levels.
    """
    first, second, third, fourth = (probability * share for share in SHARES)
    usual = 1 - probability * sum(SHARES)
    return [
        usual * level + first * one + second * two + third * three + fourth * four
        for level, one, two, three, four in zip(values, *(values[steps:] for steps in FACTOR_STEPS), strict=False)
    ]


def log_most_worth(probability: float) -> float:
    """Return ln of the most that one minute may multiply the paired evidence by; infinite without outliers."""
    return log(MOST_WORTH / probability) if probability else float("inf")
