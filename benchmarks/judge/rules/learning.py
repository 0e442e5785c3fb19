"""What rollout.evidence.dispersion and rate_grid learn from stable's history, vectorised: one row per rollout.

It requires an hour of history with calls in each minute.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from benchmarks.judge.cells.traffic import HISTORY, CountArray, FlagArray, RateArray, Traffic
from rollout.evidence.dispersion import SCALES
from rollout.evidence.rate_grid import BELOW, JUMP, RISK_STEPS, STEP

CAUTION = 0.8
"""The quantile of theta that is used after HISTORY minutes."""


@dataclass(frozen=True)
class Learned:
    """What an hour of stable's minutes gives, one row per rollout."""

    theta: RateArray
    shapes: RateArray
    """Stable's shapes at every rate level, all rows as wide as the widest."""
    levels: CountArray
    """The number of rate levels in each row."""
    weights: RateArray


@lru_cache(maxsize=1)
def learn(traffic: Traffic) -> Learned:
    """Return what the shipped judge learns from each rollout's history."""
    calls, errors = traffic.history_calls, traffic.history_errors
    rate = np.clip((errors.sum(axis=1) + 0.5) / (calls.sum(axis=1) + 1), 1e-6, 1)
    theta = _theta(calls, errors, rate)
    levels = BELOW + np.ceil(np.log(1 / rate) / np.log(STEP)).astype(np.int64) + 1
    steps = np.arange(-BELOW, levels.max() - BELOW + max(RISK_STEPS))
    shapes = (rate / theta)[:, None] * STEP**steps
    exists = np.arange(levels.max()) < levels[:, None]
    weights = np.where(exists, 1 / levels[:, None], 0)
    logs = log_likelihoods(errors, calls * theta[:, None], shapes[:, : levels.max()])
    for minute in range(HISTORY):
        likelihood = np.exp(logs[:, minute] - logs[:, minute].max(axis=1, keepdims=True))
        weights = after_jump(weights, exists, levels) * likelihood
        weights /= weights.sum(axis=1, keepdims=True)
    return Learned(theta, shapes, levels, weights)


def _theta(calls: CountArray, errors: CountArray, rate: RateArray) -> RateArray:
    logs = np.empty((len(rate), len(SCALES)))
    for index, scale in enumerate(SCALES):
        spread = np.asarray(calls * scale, dtype=np.float64)
        likelihood = log_likelihoods(errors, spread, (rate / scale)[:, None])[:, :, 0]
        logs[:, index] = (likelihood + errors * np.log(np.maximum(spread, 1e-300) / (1 + spread))).sum(axis=1)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    needed = CAUTION * weights.sum(axis=1)
    sums = np.cumsum(weights, axis=1)
    index = np.minimum((sums < needed[:, None]).sum(axis=1), len(SCALES) - 1)
    rows = np.arange(len(rate))
    left = needed - (sums - weights)[rows, index]
    theta: RateArray = np.array(SCALES)[index] * 10 ** (0.25 * (left / weights[rows, index] - 1))
    return theta


def log_likelihoods(errors: CountArray, spread: RateArray, shapes: RateArray) -> RateArray:
    """Return the negative binomial log-likelihoods, up to a constant: rollouts by minutes by rate levels."""
    logs = -shapes[:, None, :] * np.log1p(spread)[:, :, None]
    row, minute = np.nonzero(errors)
    wide = shapes[row]
    logs[row, minute] += gammaln(errors[row, minute][:, None] + wide) - gammaln(shapes)[row]
    return logs


def after_jump(weights: RateArray, exists: FlagArray, levels: CountArray) -> RateArray:
    """Return each row's weights after rollout.evidence.rate_grid.jump_transition."""
    after: RateArray = (1 - JUMP) * weights + exists * (JUMP * weights.sum(axis=1) / levels)[:, None]
    return after
