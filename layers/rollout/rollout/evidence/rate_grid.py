"""Stable's error rate as a hidden rate level on a grid, which may jump in any minute.

The likelihood of a rate level in a minute is the negative binomial's (rollout.evidence.dispersion); the canary's shape
is stable's times its relative risk. The relative risks are whole numbers of grid steps, so one table serves all.
Source: Rabiner 1989 for the forward recursion.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, exp, inf, lgamma, log, log1p
from operator import add
from typing import NamedTuple

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.dispersion import ENOUGH_MINUTES, Dispersion
from rollout.evidence.outliers import FACTOR_STEPS, with_outliers

STEP = 10**0.125
"""Ratio of neighbouring rate levels."""

BELOW = 8
"""The grid starts this many steps below the learned rate (a tenth of it) and ends where every call fails."""

JUMP = 0.01
"""Probability per minute that stable's rate level jumps to any other: outages, waves, another team's release."""

RISK_STEPS = (1, 2, 4, 6, 12, 20)
"""The relative risks of the level test are TOLERATED_RISK * STEP**steps: 1.5, 1.96, 3.5, 6.2, 35 and 348."""

RISK_SHARES = (0.04, 0.22, 0.22, 0.22, 0.22, 0.08)
"""The prior of each. The least risk takes many calls to tell from the tolerated one, and the largest few: small shares
cost them little."""

_UNDERFLOW = 1e-250
"""Below this total, terms have vanished: it is summed again in logarithms."""

Weights = list[float]


class Likelihoods(NamedTuple):
    """The likelihood of each rate level, up to a constant."""

    values: list[float]
    usual_logs: list[float]
    """The logarithms without outliers, the largest 0."""

    @property
    def logs(self) -> list[float]:
        """The logarithms: where a value has vanished, the one without outliers, which is close and lower."""
        return [log(value) if value else usual for value, usual in zip(self.values, self.usual_logs, strict=False)]


class Transition(NamedTuple):
    """How weights change before a group: each becomes kept * itself + inflow * the other's at its level + fresh."""

    kept: float
    inflow: float
    other: Weights
    fresh: float


class Table(NamedTuple):
    """The negative binomial's shape at each rate level, and its lgamma."""

    shapes: tuple[float, ...]
    bases: tuple[float, ...]


@lru_cache(maxsize=64)
def stable_table(theta: float, error_rate: float, minutes: float) -> Table:
    """Return the table of stable for a group of so many minutes, each times the portion of bursts that it can meet."""
    return _table(minutes * error_rate / theta, _levels_above(error_rate))


@lru_cache(maxsize=64)
def canary_table(theta: float, error_rate: float, minutes: float) -> Table:
    """Return the table of the canary for such a group, from the tolerated risk upwards."""
    return _table(TOLERATED_RISK * minutes * error_rate / theta, _levels_above(error_rate) + max(RISK_STEPS))


def _table(shape: float, above: int) -> Table:
    shapes = tuple(shape * STEP**step for step in range(-BELOW, above + max(FACTOR_STEPS)))
    return Table(shapes, tuple(map(lgamma, shapes)))


def _levels_above(error_rate: float) -> int:
    """Return the number of rate levels from the learned one up to that at which every call fails."""
    return ceil(log(1 / error_rate) / log(STEP)) + 1


@lru_cache(maxsize=512)
def likelihoods(errors: int, size: float, table: Table, outliers: float) -> Likelihoods:
    """Return the likelihood of each rate level, given the errors, their spread, and the probability of outliers."""
    log_scale = log1p(size)
    if errors:
        rises = map(lgamma, [errors + shape for shape in table.shapes])
        logs = [rise - base - shape * log_scale for rise, shape, base in zip(rises, *table, strict=True)]
    else:
        logs = [-shape * log_scale for shape in table.shapes]
    largest = max(logs)
    logs = [value - largest for value in logs]
    return Likelihoods(with_outliers(list(map(exp, logs)), outliers), logs)


def learn_levels(history: Sequence[Counts], dispersion: Dispersion) -> Weights:
    """Return the probability of each rate level at the first shift, from the last ENOUGH_MINUTES of `history`."""
    served = tuple((counts.bad, counts.calls) for counts in history[-ENOUGH_MINUTES:] if counts.calls)
    return _learn_levels(served, dispersion.theta, dispersion.error_rate, dispersion.outliers)


@lru_cache(maxsize=64)
def _learn_levels(served: tuple[tuple[int, int], ...], theta: float, error_rate: float, outliers: float) -> Weights:
    """Return the same from the errors and calls of each minute; every evaluation of a rollout asks for it again."""
    table = stable_table(theta, error_rate, 1)
    levels = len(table.shapes) - max(FACTOR_STEPS)
    weights = [1 / levels] * levels
    for bad, calls in served:
        weights = after_stable(weights, likelihoods(bad, calls * theta, table, outliers))
    return weights


def after_stable(weights: Weights, stable: Likelihoods) -> Weights:
    """Return the weights of the rate levels after a jump and stable's errors, up to a constant, without a canary."""
    no_canary = Likelihoods([1.0] * len(weights), [0.0] * len(weights))
    (after,), _ = update_weights([weights], [jump_transition(weights)], stable, no_canary, (0,))
    return after


def jump_transition(weights: Weights, jump: float = JUMP) -> Transition:
    """Return the transition of weights whose rate level jumps with probability `jump`."""
    return Transition((1 - jump) / sum(weights), 0.0, weights, jump / len(weights))


def update_weights(
    rows: Sequence[Weights],
    transitions: Iterable[Transition],
    stable: Likelihoods,
    canary: Likelihoods,
    shifts: Sequence[int],
) -> tuple[list[Weights], float]:
    """Return the weights after a transition and one more group, up to a constant, and ln of the group's likelihood.

    Each row is one state of the canary, whose relative risk is `shift` grid steps above the tolerated one.
    """
    steps = list(zip(rows, transitions, shifts, strict=True))
    after = [_after(row, step, stable.values, canary.values[shift:]) for row, step, shift in steps]
    largest = 0.0
    if sum(map(sum, after)) < _UNDERFLOW:
        stable_logs, canary_logs = stable.logs, canary.logs
        logs = [_logs_after(row, step, stable_logs, canary_logs[shift:]) for row, step, shift in steps]
        largest = max(map(max, logs))
        after = [[exp(value - largest) for value in row] for row in logs]
    return after, largest + log(sum(map(sum, after)))


def _after(row: Weights, transition: Transition, stable: list[float], canary: list[float]) -> Weights:
    kept, inflow, others, fresh = transition
    return [  # the innermost loop of an evaluation
        (kept * own + inflow * other + fresh) * stable_value * canary_value
        for own, other, stable_value, canary_value in zip(row, others, stable, canary, strict=False)
    ]


def _logs_after(row: Weights, transition: Transition, stable: list[float], canary: list[float]) -> list[float]:
    weights = _after(row, transition, ones := [1.0] * len(row), ones)
    logs = map(add, stable, canary)
    return [log(weight) + value if weight else -inf for weight, value in zip(weights, logs, strict=False)]
