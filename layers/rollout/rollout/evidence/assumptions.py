"""The assumptions that the tests of the evidence share."""

from collections.abc import Sequence
from math import exp, log
from statistics import fmean

TOLERATED_RISK = 1.1
"""A canary that fails up to this many times as often as stable counts as healthy: small differences are noise."""

SWITCH_PROBABILITY = 0.01
"""Probability per minute that a healthy canary starts to fail, or a failing one recovers: finds late faults."""

HEALTHY_WEIGHT = 0.1
"""Weight of "healthy so far" before the first minute; the relative risks share the rest equally."""


def switch(healthy: float, failing: Sequence[float]) -> tuple[float, list[float]]:
    """Return the weights of a healthy and of the failing states after a minute in which the canary may switch."""
    stays, share = 1 - SWITCH_PROBABILITY, SWITCH_PROBABILITY / len(failing)
    return (
        stays * healthy + SWITCH_PROBABILITY * sum(failing),
        [stays * weight + share * healthy for weight in failing],
    )


def log_mean_exp(logs: Sequence[float], weights: Sequence[float] = ()) -> float:
    """Return ln of the mean of the exponentials of `logs`: a mean of e-values is an e-value.

    `weights` have a sum of 1; without them, all are equal.
    """
    largest = max(logs)
    rises = [exp(log - largest) for log in logs]
    return largest + log(fmean(rises, weights or None))
