"""How much more the errors of a version vary than independent ones, and how that depends on the version's calls.

Stable's history shows its bursts at its own volume. What a canary with fewer calls meets of them is not in it, so two
answers are tested, and the weaker evidence counts: the minimum of two e-values is an e-value under either.
"""

from collections.abc import Callable
from enum import StrEnum
from math import inf
from typing import NamedTuple

from rollout.evidence.dispersion import Dispersion


class Bursts(StrEnum):
    """What a version with fewer calls meets of stable's bursts."""

    PROPORTIONAL = "proportional"
    """A part in proportion to its calls, such as a slow partition: bursts are as many, and smaller."""
    WHOLE = "whole"
    """A whole burst or none, such as a failing environment or a retried batch: bursts are as large, and fewer."""


class Spread(NamedTuple):
    """The negative binomial of a version's errors in a minute: variance over mean is 1 + size."""

    size: float
    portion: float
    """Its shape over that at the learned burst scale: below 1 if the version meets fewer bursts than stable did."""


_SMALLEST_SIZE = 1e-3


def spread_of(calls: float, dispersion: Dispersion, bursts: Bursts, margin: float = 1.0) -> Spread:
    """Return the spread of a version with `calls` a minute, at `margin` times the learned burst scale.

    In a minute of n calls, no burst is larger than n: n calls that fail together have a size of n - 1.
    """
    if not calls:
        return Spread(0.0, 1.0)
    whole = dispersion.theta * (max(calls, dispersion.calls) if bursts is Bursts.WHOLE else calls)
    size = max(min(whole, calls - 1), _SMALLEST_SIZE)
    return Spread(margin * size, dispersion.theta * calls / size)


def weakest(dispersion: Dispersion, log_evidence: Callable[[Bursts], float]) -> float:
    """Return the least log evidence under every possible answer; an answer with no evidence at all ends the search."""
    least = inf
    for bursts in possible_bursts(dispersion):
        least = min(least, log_evidence(bursts))
        if least <= 0:
            break
    return least


def possible_bursts(dispersion: Dispersion) -> tuple[Bursts, ...]:
    """Return the answers to test: if stable's bursts are no more than single errors, both are the same."""
    return (Bursts.PROPORTIONAL, Bursts.WHOLE) if dispersion.burst_size >= 1 else (Bursts.PROPORTIONAL,)
