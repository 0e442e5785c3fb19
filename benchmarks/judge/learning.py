"""What rollout.dispersion and rollout.lattice learn from stable's history, in arrays; rows are rollouts.

It relies on an hour of history with calls in each minute.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from benchmarks.judge.traffic import HISTORY, Counts, Flags, Rates, Traffic
from rollout.evidence.dispersion import SCALES
from rollout.evidence.rate_grid import BELOW, JUMP, RISK_STEPS, STEP

CAUTION = 0.8
"""The quantile of theta that is used after HISTORY minutes."""


@dataclass(frozen=True)
class Learnt:
    """What an hour of stable's minutes taught, one row a rollout."""

    theta: Rates
    shapes: Rates
    """Stable's shapes at every level, rows as wide as the widest one needs."""
    levels: Counts
    """How many of them each row has."""
    weights: Rates


@lru_cache(maxsize=1)
def learn(traffic: Traffic) -> Learnt:
    """Return what rollout.dispersion and rollout.lattice learn from each rollout's history."""
    calls, errors = traffic.history_calls, traffic.history_errors
    rate = np.clip((errors.sum(axis=1) + 0.5) / (calls.sum(axis=1) + 1), 1e-6, 1)
    theta = _theta(calls, errors, rate)
    levels = BELOW + np.ceil(np.log(1 / rate) / np.log(STEP)).astype(np.int64) + 1
    steps = np.arange(-BELOW, levels.max() - BELOW + max(RISK_STEPS))
    shapes = (rate / theta)[:, None] * STEP**steps
    there = np.arange(levels.max()) < levels[:, None]
    weights = np.where(there, 1 / levels[:, None], 0)
    logs = log_likelihoods(errors, calls * theta[:, None], shapes[:, : levels.max()])
    for minute in range(HISTORY):
        weights = jumped(weights, there, levels) * np.exp(logs[:, minute] - logs[:, minute].max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
    return Learnt(theta, shapes, levels, weights)


def _theta(calls: Counts, errors: Counts, rate: Rates) -> Rates:
    logs = np.empty((len(rate), len(SCALES)))
    for index, scale in enumerate(SCALES):
        spread = calls * scale
        found = log_likelihoods(errors, spread, (rate / scale)[:, None])[:, :, 0]
        logs[:, index] = (found + errors * np.log(np.maximum(spread, 1e-300) / (1 + spread))).sum(axis=1)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    wanted = CAUTION * weights.sum(axis=1)
    sums = np.cumsum(weights, axis=1)
    index = np.minimum((sums < wanted[:, None]).sum(axis=1), len(SCALES) - 1)
    rows = np.arange(len(rate))
    left = wanted - (sums - weights)[rows, index]
    return np.array(SCALES)[index] * 10 ** (0.25 * (left / weights[rows, index] - 1))


def log_likelihoods(errors: Counts, spread: Rates, shapes: Rates) -> Rates:
    """Return rollouts by minutes by levels: the negative binomial likelihood but for what no level changes."""
    logs = -shapes[:, None, :] * np.log1p(spread)[:, :, None]
    row, minute = np.nonzero(errors)
    wide = shapes[row]
    logs[row, minute] += gammaln(errors[row, minute][:, None] + wide) - gammaln(shapes)[row]
    return logs


def jumped(weights: Rates, there: Flags, levels: Counts) -> Rates:
    """Return rollout.lattice.jumped of each row."""
    return (1 - JUMP) * weights + there * (JUMP * weights.sum(axis=1) / levels)[:, None]
