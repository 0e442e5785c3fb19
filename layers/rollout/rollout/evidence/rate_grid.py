"""Stable's error rate as a hidden level that may jump in any minute, on a lattice of possible levels.

A level's likelihood for a minute is the negative binomial's (rollout.dispersion), with the canary's shape the same
but for its relative risk. The lattice's steps divide the relative risks evenly, so one table serves all of them.
Source: Rabiner 1989 for the forward recursion.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, exp, inf, lgamma, log, log1p
from operator import add, mul
from typing import NamedTuple

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.dispersion import ENOUGH_MINUTES, Dispersion

STEP = 10**0.125
"""Ratio of neighbouring levels."""

BELOW = 8
"""The lattice runs from so many steps under the learnt rate (a tenth of it) up to every call failing."""

JUMP = 0.01
"""Chance a minute that stable's level jumps to any other: outages, waves, somebody else's release."""

RISK_STEPS = (1, 2, 4, 6, 12)
"""The relative risks of the level test are TOLERATED_RISK * STEP**steps: 1.5, 1.96, 3.5, 6.2 and 35."""

RISK_SHARES = (0.04, 0.24, 0.24, 0.24, 0.24)
"""How likely each is beforehand; the least takes many calls to tell from the tolerated one, and so needs no lead."""

_UNDERFLOW = 1e-250
"""A total under this has lost terms: it is summed again in logarithms."""

Weights = list[float]


class Likelihoods(NamedTuple):
    """Each level's likelihood but for a constant: its logarithm, with the largest at 0, and itself."""

    logs: list[float]
    values: list[float]


class Move(NamedTuple):
    """How weights change before a group: each becomes kept * itself + what comes to its level + fresh."""

    kept: float
    come: Weights
    fresh: float


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
        rises = map(lgamma, [errors + shape for shape in table.shapes])
        logs = [rise - base - shape * length for rise, shape, base in zip(rises, *table, strict=True)]
    else:
        logs = [-shape * length for shape in table.shapes]
    largest = max(logs)
    logs = [value - largest for value in logs]
    return Likelihoods(logs, list(map(exp, logs)))


def learn_levels(history: Sequence[Counts], dispersion: Dispersion) -> Weights:
    """Return how likely each level is at the first shift, from the last ENOUGH_MINUTES before it."""
    table, _ = tables(dispersion.theta, dispersion.error_rate, 1)
    weights = [1 / len(table.shapes)] * len(table.shapes)
    nobody = Likelihoods([0.0] * len(weights), [1.0] * len(weights))
    for health in history[-ENOUGH_MINUTES:]:
        if health.calls:
            told = likelihoods(health.bad, health.calls * dispersion.theta, table)
            (weights,), _ = grown([weights], [jumped(weights)], told, nobody, (0,))
    return weights


def jumped(weights: Weights, jump: float = JUMP) -> Move:
    """Return the move of weights whose level may jump, with this chance."""
    return Move((1 - jump) / sum(weights), [0.0] * len(weights), jump / len(weights))


def grown(
    rows: Sequence[Weights], moves: Iterable[Move], stable: Likelihoods, canary: Likelihoods, shifts: Sequence[int]
) -> tuple[list[Weights], float]:
    """Return the weights after a move and one more group, but for a constant, and ln of what the group is worth.

    Each row is one of the canary's states, whose relative risk lies so many lattice steps up as its shift says.
    """
    before = list(zip(rows, moves, shifts, strict=True))
    after = [_after(row, move, list(map(mul, stable.values, canary.values[shift:]))) for row, move, shift in before]
    largest = 0.0
    if sum(map(sum, after)) < _UNDERFLOW:
        logs = [_logs_after(row, move, list(map(add, stable.logs, canary.logs[shift:]))) for row, move, shift in before]
        largest = max(map(max, logs))
        after = [[exp(value - largest) for value in row] for row in logs]
    return after, largest + log(sum(map(sum, after)))


def _after(row: Weights, move: Move, told: list[float]) -> Weights:
    kept, come, fresh = move
    return [(kept * own + other + fresh) * each for own, other, each in zip(row, come, told, strict=True)]


def _logs_after(row: Weights, move: Move, told: list[float]) -> list[float]:
    weights = _after(row, move, [1.0] * len(row))
    return [log(weight) + each if weight else -inf for weight, each in zip(weights, told, strict=True)]
