"""What both tests of the evidence agree on."""

from collections.abc import Sequence
from math import exp, log

TOLERATED_RISK = 1.1
"""A canary that fails this many times as often as stable is still as good: builds differ a little in their luck."""

TURN = 0.01
"""Chance a minute that a canary that did well begins to fail, or a failing one to do well: for late faults."""

WELL = 0.1
"""Weight of "does well so far" before the first minute; the relative risks share the rest equally."""


def log_mean_exp(logs: Sequence[float]) -> float:
    """Return ln of the mean of what these are the logarithms of: an average of e-values is one again."""
    largest = max(logs)
    return largest + log(sum(exp(value - largest) for value in logs) / len(logs))
