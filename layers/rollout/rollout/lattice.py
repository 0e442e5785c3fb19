"""Stable's error rate as a hidden level that may jump in any minute, on a lattice of possible levels.

A level's likelihood for a minute is the negative binomial's (rollout.dispersion), with the canary's shape the same
but for its relative risk. The lattice's steps divide the relative risks evenly, so one table serves all of them.
Source: Rabiner 1989 for the forward recursion.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, exp, lgamma, log, log1p
from typing import NamedTuple

from rollout.dispersion import ENOUGH_MINUTES, Dispersion
from rollout.models import Health
from rollout.risks import TOLERATED_RISK

STEP = 10**0.125
"""Ratio of neighbouring levels."""

BELOW = 8
"""The lattice runs from so many steps under the learnt rate (a tenth of it) up to every call failing."""

JUMP = 0.01
"""Chance a minute that stable's level jumps to any other: outages, waves, somebody else's release."""

RISK_STEPS = (2, 4, 6, 12)
"""The relative risks of the level test are TOLERATED_RISK * STEP**steps: 1.96, 3.5, 6.2 and 35, equally likely."""

_UNDERFLOW = 1e-250
"""A total under this has lost terms: it is summed again in logarithms."""

Weights = list[float]


class Likelihoods(NamedTuple):
    """Each level's likelihood but for a constant: its logarithm, with the largest at 0, and itself."""

    logs: list[float]
    values: list[float]


class Table(NamedTuple):
    """The negative binomial's shape at each level, and its lgamma."""

    shapes: tuple[float, ...]
    bases: tuple[float, ...]


@lru_cache(maxsize=64)
def tables(theta: float, error_rate: float, minutes: int) -> tuple[Table, Table]:
    """Return stable's table for a group of so many minutes, and the canary's at the tolerated risk and beyond."""
    above = ceil(log(1 / error_rate) / log(STEP)) + 1
    shape = minutes * error_rate / theta
    stable = tuple(shape * STEP**step for step in range(-BELOW, above))
    canary = tuple(TOLERATED_RISK * shape * STEP**step for step in range(-BELOW, above + max(RISK_STEPS)))
    return Table(stable, tuple(map(lgamma, stable))), Table(canary, tuple(map(lgamma, canary)))


def likelihoods(errors: int, spread: float, table: Table) -> Likelihoods:
    """Return the levels' likelihoods of so many errors, at a spread of calls*theta."""
    length = log1p(spread)
    if errors:
        logs = [lgamma(errors + shape) - base - shape * length for shape, base in zip(*table, strict=True)]
    else:
        logs = [-shape * length for shape in table.shapes]
    largest = max(logs)
    logs = [value - largest for value in logs]
    return Likelihoods(logs, list(map(exp, logs)))


def learn_levels(history: Sequence[Health], dispersion: Dispersion) -> Weights:
    """Return how likely each level is at the first shift, from the last ENOUGH_MINUTES before it; sums to 1."""
    table, _ = tables(dispersion.theta, dispersion.error_rate, 1)
    weights = [1 / len(table.shapes)] * len(table.shapes)
    nobody = Likelihoods([0.0] * len(weights), [1.0] * len(weights))
    for health in history[-ENOUGH_MINUTES:]:
        if health.calls:
            told = likelihoods(health.bad, health.calls * dispersion.theta, table)
            (weights,), _ = grown([jumped(weights)], told, nobody, (0,))
    return weights


def jumped(weights: Weights) -> Weights:
    """Return the levels' weights after stable's level may have jumped."""
    fresh = JUMP * sum(weights) / len(weights)
    return [(1 - JUMP) * weight + fresh for weight in weights]


def grown(
    rows: list[Weights], stable: Likelihoods, canary: Likelihoods, shifts: Sequence[int]
) -> tuple[list[Weights], float]:
    """Return the weights after one more group, summing to 1 over all rows, and ln of what they summed to before.

    Each row is one of the canary's states, whose relative risk lies so many lattice steps up as its shift says.
    """
    levels = len(rows[0])
    fresh = [
        [p * s * c for p, s, c in zip(row, stable.values, canary.values[shift : shift + levels], strict=True)]
        for row, shift in zip(rows, shifts, strict=True)
    ]
    total, largest = sum(map(sum, fresh)), 0.0
    if total < _UNDERFLOW:
        fresh, largest = _grown_in_logs(rows, stable, canary, shifts)
        total = sum(map(sum, fresh))
    return [[value / total for value in row] for row in fresh], largest + log(total)


def _grown_in_logs(
    rows: list[Weights], stable: Likelihoods, canary: Likelihoods, shifts: Sequence[int]
) -> tuple[list[Weights], float]:
    levels = len(rows[0])
    logs = [[s + c for s, c in zip(stable.logs, canary.logs[k : k + levels], strict=True)] for k in shifts]
    largest = max(map(max, logs))
    pairs = zip(rows, logs, strict=True)
    fresh = [[p * exp(value - largest) for p, value in zip(row, log_row, strict=True)] for row, log_row in pairs]
    return fresh, largest
