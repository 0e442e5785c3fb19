"""What rollout.evidence learns from stable's history, vectorised: one row per rollout.

It requires an hour of history with calls in each minute.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln, logsumexp

from benchmarks.judge.cells.traffic import HISTORY, CountArray, FlagArray, RateArray, Traffic
from rollout.evidence.dispersion import SCALES
from rollout.evidence.outliers import FACTOR_STEPS, SHARES
from rollout.evidence.rate_grid import BELOW, JUMP, RISK_STEPS, STEP
from rollout.evidence.runs import FEWEST_WITH_ERRORS, LONGEST_LAG, SHORTEST

CAUTION = 0.8
"""The quantile of theta that is used after HISTORY minutes."""

FAR, FARTHER, CORRELATED = range(4, 9), range(11, 17), 0.25
"""The distances of unrelated minutes, for short and for longer bursts, and the correlation of minutes of one burst."""


@dataclass(frozen=True)
class Learned:
    """What an hour of stable's minutes gives, one row per rollout."""

    theta: RateArray
    calls: RateArray
    """Stable's calls a minute."""
    outliers: RateArray
    runs: CountArray
    """The minutes in which errors may be of one burst; 0 if bursts end in their minute."""
    shapes: RateArray
    """Stable's shapes at every rate level, all rows as wide as the widest, with the risks and outliers above it."""
    levels: CountArray
    """The number of rate levels in each row."""
    weights: RateArray

    @property
    def width(self) -> int:
        """The number of rate levels of the widest row."""
        return int(self.levels.max())


@lru_cache(maxsize=1)
def learn(traffic: Traffic) -> Learned:
    """Return what the shipped judge learns from each rollout's history."""
    calls, errors = traffic.history_calls, traffic.history_errors
    rate = np.clip((errors.sum(axis=1) + 0.5) / (calls.sum(axis=1) + 1), 1e-6, 1)
    theta, mean_calls = _theta(calls, errors, rate), calls.mean(axis=1)
    outliers = _outliers(calls, errors, rate, theta)
    levels = BELOW + np.ceil(np.log(1 / rate) / np.log(STEP)).astype(np.int64) + 1
    steps = np.arange(-BELOW, levels.max() - BELOW + max(RISK_STEPS) + max(FACTOR_STEPS))
    shapes = (rate / theta)[:, None] * STEP**steps
    used = shapes[:, None, : levels.max() + max(FACTOR_STEPS)]
    logs = with_outliers(log_likelihoods(errors, calls * theta[:, None], used), outliers)
    runs = np.where(theta * mean_calls > 1, _runs(errors), 0)
    return Learned(theta, mean_calls, outliers, runs, shapes, levels, _weights(logs, levels))


def _weights(logs: RateArray, levels: CountArray) -> RateArray:
    """Return the weight of each rate level after the history, given its log-likelihoods."""
    exists = np.arange(levels.max()) < levels[:, None]
    weights = np.where(exists, 1 / levels[:, None], 0)
    for minute in range(HISTORY):
        likelihood = np.exp(logs[:, minute] - logs[:, minute].max(axis=1, keepdims=True))
        weights = after_jump(weights, exists, levels) * likelihood
        weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _theta(calls: CountArray, errors: CountArray, rate: RateArray) -> RateArray:
    logs = np.empty((len(rate), len(SCALES)))
    for index, scale in enumerate(SCALES):
        spread = np.asarray(calls * scale, dtype=np.float64)
        likelihood = log_likelihoods(errors, spread, (rate / scale)[:, None, None])[:, :, 0]
        logs[:, index] = (likelihood + errors * np.log(np.maximum(spread, 1e-300) / (1 + spread))).sum(axis=1)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    needed = CAUTION * weights.sum(axis=1)
    sums = np.cumsum(weights, axis=1)
    index = np.minimum((sums < needed[:, None]).sum(axis=1), len(SCALES) - 1)
    rows = np.arange(len(rate))
    left = needed - (sums - weights)[rows, index]
    theta: RateArray = np.array(SCALES)[index] * 10 ** (0.25 * (left / weights[rows, index] - 1))
    return theta


def _outliers(calls: CountArray, errors: CountArray, rate: RateArray, theta: RateArray) -> RateArray:
    """Return rollout.evidence.outliers.outlier_probability of each row."""
    shapes = (rate / theta)[:, None, None] * STEP ** np.array([0, *FACTOR_STEPS])
    logs = log_likelihoods(errors, calls * theta[:, None], shapes)
    shares = np.log([1 - sum(SHARES), *SHARES])
    ratio = (logsumexp(logs + shares, axis=2) - logs[:, :, 0]).sum(axis=1)
    probability: RateArray = 1 / (1 + np.exp(np.minimum(-ratio, 700)))
    return probability


def _runs(errors: CountArray) -> CountArray:
    """Return rollout.evidence.runs.run_minutes of each row."""
    longest, goes_on = np.ones(len(errors), dtype=np.int64), np.ones(len(errors), dtype=bool)
    far, farther = (np.mean([_mean_square(errors, lag) for lag in lags], axis=0) for lags in (FAR, FARTHER))
    for lag in range(1, LONGEST_LAG + 1):
        goes_on &= _are_alike(errors, lag, farther)
        longest = np.where(goes_on, lag, longest)
    runs = np.maximum(SHORTEST, 4 * (longest + 1) // 3 + 1)
    is_unknown = (errors > 0).sum(axis=1) < FEWEST_WITH_ERRORS
    return np.where(is_unknown, SHORTEST, np.where(_are_alike(errors, 1, far), runs, 0))


def _are_alike(errors: CountArray, lag: int, far: RateArray) -> FlagArray:
    are_alike: FlagArray = (far > 0) & (1 - _mean_square(errors, lag) / np.where(far > 0, far, 1) > CORRELATED)
    return are_alike


def _mean_square(errors: CountArray, lag: int) -> RateArray:
    squares: RateArray = ((errors[:, lag:] - errors[:, :-lag]) ** 2).mean(axis=1)
    return squares


def log_likelihoods(errors: CountArray, size: RateArray, shapes: RateArray) -> RateArray:
    """Return the negative binomial log-likelihoods, up to a constant: rollouts by minutes by rate levels.

    `shapes` are rollouts by minutes, or by one if they are alike in all minutes, by rate levels.
    """
    logs = -shapes * np.log1p(size)[:, :, None]
    row, minute = np.nonzero(errors)
    wide = np.broadcast_to(shapes, logs.shape)[row, minute]
    logs[row, minute] += gammaln(errors[row, minute][:, None] + wide) - gammaln(wide)
    return logs


def with_outliers(logs: RateArray, outliers: RateArray) -> RateArray:
    """Return rollout.evidence.outliers.with_outliers of log-likelihoods."""
    width = logs.shape[2] - max(FACTOR_STEPS)
    shares = outliers[:, None] * np.array(SHARES)
    mixed: RateArray = logs[:, :, :width] + np.log1p(-shares.sum(axis=1))[:, None, None]
    for steps, share in zip(FACTOR_STEPS, shares.T, strict=True):
        with np.errstate(divide="ignore"):
            mixed = np.logaddexp(mixed, logs[:, :, steps : steps + width] + np.log(share)[:, None, None])
    return mixed


def after_jump(weights: RateArray, exists: FlagArray, levels: CountArray) -> RateArray:
    """Return each row's weights after rollout.evidence.rate_grid.jump_transition."""
    after: RateArray = (1 - JUMP) * weights + exists * (JUMP * weights.sum(axis=1) / levels)[:, None]
    return after
