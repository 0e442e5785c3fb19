"""The assumptions that both tests of the evidence share."""

from collections.abc import Sequence
from math import exp, log

TOLERATED_RISK = 1.1
"""A canary that fails up to this many times as often as stable counts as healthy: small differences are noise."""

SWITCH_PROBABILITY = 0.01
"""Probability per minute that a healthy canary starts to fail, or a failing one recovers: finds late faults."""

HEALTHY_WEIGHT = 0.1
"""Weight of "healthy so far" before the first minute; the relative risks share the rest equally."""


def log_mean_exp(logs: Sequence[float]) -> float:
    """Return ln of the mean of the exponentials of `logs`: a mean of e-values is an e-value."""
    largest = max(logs)
    return largest + log(sum(exp(value - largest) for value in logs) / len(logs))
