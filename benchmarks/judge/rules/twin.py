"""The vectorised twin of rollout.evidence.combined: the same numbers at every evaluation of many rollouts.

One row per rollout. It is written for speed; `rollout.evidence` explains the method. It requires few enough minutes
that the shipped judge does not group them.
"""

from functools import lru_cache

import numpy as np
from scipy.special import logsumexp

from benchmarks.judge.cells.traffic import MINUTES, CountArray, FlagArray, RateArray, Traffic
from benchmarks.judge.rules.bursts import Spread, spread_of, sum_of_runs
from benchmarks.judge.rules.learning import Learned, after_jump, learn, log_likelihoods, with_outliers
from benchmarks.judge.rules.total_failure import total_failure
from rollout.evidence.assumptions import HEALTHY_WEIGHT, SWITCH_PROBABILITY, TOLERATED_RISK
from rollout.evidence.combined import SHARES
from rollout.evidence.outliers import FACTOR_STEPS, MOST_WORTH
from rollout.evidence.paired_test import MARGIN, RISKS
from rollout.evidence.rate_grid import JUMP, RISK_SHARES, RISK_STEPS
from rollout.evidence.spread import Bursts

NOTHING = -1e300
"""ln of the weight of a rate level that a row does not have."""


@lru_cache(maxsize=1)
def log_evidence(traffic: Traffic) -> RateArray:
    """Return the natural log of the evidence against each canary: rollouts by evaluations."""
    learned = learn(traffic)
    proportional, whole = (_log_evidence(traffic, learned, bursts) for bursts in Bursts)
    is_alike = learned.theta * learned.calls < 1
    needs_no_second = is_alike[:, None] | (proportional <= 0)
    evidence: RateArray = np.where(needs_no_second, proportional, np.minimum(proportional, whole))
    return evidence


def _log_evidence(traffic: Traffic, learned: Learned, bursts: Bursts) -> RateArray:
    canary, stable = (spread_of(calls, learned, bursts) for calls in (traffic.canary_calls, traffic.stable_calls))
    level, levels = _level(traffic, learned, canary, stable)
    paired, total = _paired(traffic, learned, canary, stable), total_failure(traffic, learned, canary, levels)
    gains = (level, paired, total)
    logs = [sum_of_runs(each, learned.runs) + np.log(share) for each, share in zip(gains, SHARES, strict=True)]
    evidence: RateArray = np.logaddexp.reduce(logs)
    return evidence


def _paired(traffic: Traffic, learned: Learned, canary: Spread, stable: Spread) -> RateArray:
    risks, states = np.array(RISKS), len(RISKS)
    rollouts = len(learned.theta)
    weights = np.tile(np.r_[HEALTHY_WEIGHT, np.full(states, (1 - HEALTHY_WEIGHT) / states)], (rollouts, 1))
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        switched = np.column_stack([
            (1 - SWITCH_PROBABILITY) * weights[:, 0] + SWITCH_PROBABILITY * weights[:, 1:].sum(axis=1),
            (1 - SWITCH_PROBABILITY) * weights[:, 1:] + SWITCH_PROBABILITY / states * weights[:, :1],
        ])  # fmt: skip
        errors1, errors0 = traffic.canary_errors[:, minute, None], traffic.stable_errors[:, minute, None]
        gain, loss = _stakes(canary.at(minute), stable.at(minute), risks)
        with np.errstate(divide="ignore"):  # a weight may have vanished
            switched = np.log(switched)
        logs = switched + np.pad(gain * errors1 - loss * errors0, ((0, 0), (1, 0)))
        total = logsumexp(logs, axis=1)
        counts = both & (traffic.canary_errors[:, minute] + traffic.stable_errors[:, minute] > 0)
        gained[counts, minute] = total[counts]  # otherwise rounding could start a run
        weights = np.where(both[:, None], np.exp(logs - total[:, None]), weights)
    with np.errstate(divide="ignore"):
        return np.minimum(gained, np.log(MOST_WORTH / learned.outliers)[:, None])


def _stakes(canary: Spread, stable: Spread, risks: RateArray) -> tuple[RateArray, RateArray]:
    size1, size0 = (np.maximum(MARGIN * spread.size, 1e-9)[:, None] for spread in (canary, stable))
    portion0, weight, ratio = stable.portion[:, None], TOLERATED_RISK * canary.portion[:, None], risks / TOLERATED_RISK
    log1, log0 = np.log1p(size1), portion0 * np.log1p(size0)
    y = (weight * log1 + log0) / (ratio * weight * log1 + log0)
    excess = weight * (log1 - np.log1p(ratio * y * size1)) + log0 - portion0 * np.log1p(y * size0)
    slope = weight * ratio * size1 / (1 + ratio * y * size1) + portion0 * size0 / (1 + y * size0)
    y = np.clip(y + excess / slope, 1e-9, 1)
    factor1 = np.exp(log1 + (log0 - portion0 * np.log1p(y * size0)) / weight)
    x = (factor1 - 1) / size1
    return np.log(x * (1 + size1) / factor1), -np.log(y * (1 + size0) / (1 + y * size0))


def _level(
    traffic: Traffic, learned: Learned, canary_spread: Spread, stable_spread: Spread
) -> tuple[RateArray, RateArray]:
    """Return the gains, and the weights of the rate levels at the tolerated risk, given stable's errors of a minute."""
    wide, shapes = learned.width, learned.shapes[:, None]
    shown = shapes[:, :, : wide + max(FACTOR_STEPS)] * stable_spread.portion[:, :, None]
    stable = with_outliers(log_likelihoods(traffic.stable_errors, stable_spread.size, shown), learned.outliers)
    shown = TOLERATED_RISK * shapes * canary_spread.portion[:, :, None]
    canary = with_outliers(log_likelihoods(traffic.canary_errors, canary_spread.size, shown), learned.outliers)
    shifts = (0, *RISK_STEPS)
    exists = np.arange(wide) < learned.levels[:, None]
    share = np.r_[HEALTHY_WEIGHT, (1 - HEALTHY_WEIGHT) * np.array(RISK_SHARES)]
    null, weights = learned.weights, share[:, None] * learned.weights[:, None, :]
    gained = np.zeros(traffic.canary_calls.shape)
    levels = np.zeros((*gained.shape, wide))
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        logs = np.stack([stable[:, minute] + canary[:, minute, shift : shift + wide] for shift in shifts], axis=1)
        logs = np.where(exists[:, None], logs, NOTHING)
        jumped = after_jump(null, exists, learned.levels)
        seen = stable[:, minute, :wide]
        levels[:, minute] = jumped * np.exp(seen - seen.max(axis=1, keepdims=True))
        null, log_null = _update(null, jumped, logs[:, 0], both)
        switched = _after_switch(weights, exists, learned.levels)
        weights, log_alternative = _update(weights, switched, logs, both)
        gained[:, minute] = log_alternative - log_null
    return gained, levels


def _after_switch(weights: RateArray, exists: FlagArray, levels: CountArray) -> RateArray:
    healthy, failing = weights[:, :1], weights[:, 1:]
    switched = np.concatenate(
        [
            (1 - SWITCH_PROBABILITY) * healthy + SWITCH_PROBABILITY * failing.sum(axis=1, keepdims=True),
            (1 - SWITCH_PROBABILITY) * failing + SWITCH_PROBABILITY * np.array(RISK_SHARES)[:, None] * healthy,
        ],
        axis=1,
    )
    fresh = JUMP * switched.sum(axis=2) / levels[:, None]
    after: RateArray = (1 - JUMP) * switched + exists[:, None] * fresh[:, :, None]
    return after


def _update(before: RateArray, prior: RateArray, logs: RateArray, both: FlagArray) -> tuple[RateArray, RateArray]:
    """Return the weights after a minute, and ln of its likelihood; a minute without both versions changes nothing."""
    axes = tuple(range(1, logs.ndim))
    wide = (slice(None), *(None for _ in axes))
    largest = logs.max(axis=axes)
    updated = prior * np.exp(logs - largest[wide])
    total = updated.sum(axis=axes)
    return np.where(both[wide], updated / total[wide], before), np.where(both, np.log(total) + largest, 0)
