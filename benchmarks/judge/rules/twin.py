"""The vectorised twin of rollout.evidence.combined: the same numbers at every evaluation of many rollouts.

One row per rollout. It is written for speed; `rollout.evidence` explains the method. It requires few enough minutes
that the shipped judge does not group them.
"""

from functools import lru_cache

import numpy as np
from scipy.special import logsumexp

from benchmarks.judge.cells.traffic import MINUTES, CountArray, FlagArray, RateArray, Traffic
from benchmarks.judge.rules.learning import Learned, after_jump, learn, log_likelihoods
from rollout.evidence.assumptions import HEALTHY_WEIGHT, SWITCH_PROBABILITY, TOLERATED_RISK
from rollout.evidence.paired_test import MARGIN, RISKS
from rollout.evidence.rate_grid import JUMP, RISK_SHARES, RISK_STEPS

NOTHING = -1e300
"""ln of the weight of a rate level that a row does not have."""


@lru_cache(maxsize=1)
def log_evidence(traffic: Traffic) -> RateArray:
    """Return the natural log of the evidence against each canary: rollouts by evaluations."""
    learned = learn(traffic)
    paired, level = _paired(traffic, MARGIN * learned.theta), _level(traffic, learned)
    evidence: RateArray = np.logaddexp(paired, level) - np.log(2)
    return evidence


def _paired(traffic: Traffic, theta: RateArray) -> RateArray:
    risks, states = np.array(RISKS), len(RISKS)
    weights = np.tile(np.r_[HEALTHY_WEIGHT, np.full(states, (1 - HEALTHY_WEIGHT) / states)], (len(theta), 1))
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        switched = np.column_stack([
            (1 - SWITCH_PROBABILITY) * weights[:, 0] + SWITCH_PROBABILITY * weights[:, 1:].sum(axis=1),
            (1 - SWITCH_PROBABILITY) * weights[:, 1:] + SWITCH_PROBABILITY / states * weights[:, :1],
        ])  # fmt: skip
        errors1, errors0 = traffic.canary_errors[:, minute, None], traffic.stable_errors[:, minute, None]
        gain, loss = _stakes(traffic.canary_calls[:, minute] * theta, traffic.stable_calls[:, minute] * theta, risks)
        with np.errstate(divide="ignore"):  # a weight may have vanished
            switched = np.log(switched)
        logs = switched + np.pad(gain * errors1 - loss * errors0, ((0, 0), (1, 0)))
        total = logsumexp(logs, axis=1)
        gained[both, minute] = total[both]
        weights = np.where(both[:, None], np.exp(logs - total[:, None]), weights)
    return np.cumsum(gained, axis=1)


def _stakes(spread1: RateArray, spread0: RateArray, risks: RateArray) -> tuple[RateArray, RateArray]:
    spread1, spread0 = np.maximum(spread1, 1e-9)[:, None], np.maximum(spread0, 1e-9)[:, None]
    log1, log0, ratio = np.log1p(spread1), np.log1p(spread0), risks / TOLERATED_RISK
    y = (TOLERATED_RISK * log1 + log0) / (risks * log1 + log0)
    excess = TOLERATED_RISK * (log1 - np.log1p(ratio * y * spread1)) + log0 - np.log1p(y * spread0)
    slope = TOLERATED_RISK * ratio * spread1 / (1 + ratio * y * spread1) + spread0 / (1 + y * spread0)
    y = np.clip(y + excess / slope, 1e-9, 1)
    factor1 = np.exp(log1 + (log0 - np.log1p(y * spread0)) / TOLERATED_RISK)
    x = (factor1 - 1) / spread1
    return np.log(x * (1 + spread1) / factor1), -np.log(y * (1 + spread0) / (1 + y * spread0))


def _level(traffic: Traffic, learned: Learned) -> RateArray:
    wide = learned.weights.shape[1]
    stable = log_likelihoods(
        traffic.stable_errors, traffic.stable_calls * learned.theta[:, None], learned.shapes[:, :wide]
    )
    canary = log_likelihoods(
        traffic.canary_errors, traffic.canary_calls * learned.theta[:, None], TOLERATED_RISK * learned.shapes
    )
    shifts = (0, *RISK_STEPS)
    exists = np.arange(wide) < learned.levels[:, None]
    share = np.r_[HEALTHY_WEIGHT, (1 - HEALTHY_WEIGHT) * np.array(RISK_SHARES)]
    null, weights = learned.weights, share[:, None] * learned.weights[:, None, :]
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        logs = np.stack([stable[:, minute] + canary[:, minute, shift : shift + wide] for shift in shifts], axis=1)
        logs = np.where(exists[:, None], logs, NOTHING)
        null, log_null = _update(null, after_jump(null, exists, learned.levels), logs[:, 0], both)
        switched = _after_switch(weights, exists, learned.levels)
        weights, log_alternative = _update(weights, switched, logs, both)
        gained[:, minute] = log_alternative - log_null
    return np.cumsum(gained, axis=1)


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
