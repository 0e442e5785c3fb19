"""rollout.evidence.combined once more, in arrays: the same numbers at every look of many rollouts.

Rows are rollouts. Written for speed: `rollout.evidence` and the modules it names are the place to learn what it does.
It relies on fewer minutes than need grouping.
"""

from functools import lru_cache

import numpy as np
from scipy.special import logsumexp

from benchmarks.judge.learning import Learnt, jumped, learn, log_likelihoods
from benchmarks.judge.traffic import MINUTES, Counts, Flags, Rates, Traffic
from rollout.evidence.assumptions import HEALTHY_WEIGHT, SWITCH_PROBABILITY, TOLERATED_RISK
from rollout.evidence.paired_test import MARGIN, RISKS
from rollout.evidence.rate_grid import JUMP, RISK_SHARES, RISK_STEPS

NOTHING = -1e300
"""ln of the weight of a level that is not there."""


@lru_cache(maxsize=1)
def log_evidence(traffic: Traffic) -> Rates:
    """Return the natural log of the evidence against each canary at every look."""
    learnt = learn(traffic)
    return np.logaddexp(_paired(traffic, MARGIN * learnt.theta), _level(traffic, learnt)) - np.log(2)


def _paired(traffic: Traffic, theta: Rates) -> Rates:
    risks, states = np.array(RISKS), len(RISKS)
    weights = np.tile(np.r_[HEALTHY_WEIGHT, np.full(states, (1 - HEALTHY_WEIGHT) / states)], (len(theta), 1))
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        turned = np.column_stack([
            (1 - SWITCH_PROBABILITY) * weights[:, 0] + SWITCH_PROBABILITY * weights[:, 1:].sum(axis=1),
            (1 - SWITCH_PROBABILITY) * weights[:, 1:] + SWITCH_PROBABILITY / states * weights[:, :1],
        ])  # fmt: skip
        errors1, errors0 = traffic.canary_errors[:, minute, None], traffic.stable_errors[:, minute, None]
        gain, loss = _stakes(traffic.canary_calls[:, minute] * theta, traffic.stable_calls[:, minute] * theta, risks)
        with np.errstate(divide="ignore"):  # a weight may have vanished
            turned = np.log(turned)
        logs = turned + np.pad(gain * errors1 - loss * errors0, ((0, 0), (1, 0)))
        total = logsumexp(logs, axis=1)
        gained[both, minute] = total[both]
        weights = np.where(both[:, None], np.exp(logs - total[:, None]), weights)
    return np.cumsum(gained, axis=1)


def _stakes(spread1: Rates, spread0: Rates, risks: Rates) -> tuple[Rates, Rates]:
    spread1, spread0 = np.maximum(spread1, 1e-9)[:, None], np.maximum(spread0, 1e-9)[:, None]
    log1, log0, ratio = np.log1p(spread1), np.log1p(spread0), risks / TOLERATED_RISK
    y = (TOLERATED_RISK * log1 + log0) / (risks * log1 + log0)
    excess = TOLERATED_RISK * (log1 - np.log1p(ratio * y * spread1)) + log0 - np.log1p(y * spread0)
    slope = TOLERATED_RISK * ratio * spread1 / (1 + ratio * y * spread1) + spread0 / (1 + y * spread0)
    y = np.clip(y + excess / slope, 1e-9, 1)
    stretch1 = np.exp(log1 + (log0 - np.log1p(y * spread0)) / TOLERATED_RISK)
    x = (stretch1 - 1) / spread1
    return np.log(x * (1 + spread1) / stretch1), -np.log(y * (1 + spread0) / (1 + y * spread0))


def _level(traffic: Traffic, learnt: Learnt) -> Rates:
    wide = learnt.weights.shape[1]
    stable = log_likelihoods(
        traffic.stable_errors, traffic.stable_calls * learnt.theta[:, None], learnt.shapes[:, :wide]
    )
    canary = log_likelihoods(
        traffic.canary_errors, traffic.canary_calls * learnt.theta[:, None], TOLERATED_RISK * learnt.shapes
    )
    shifts = (0, *RISK_STEPS)
    there = np.arange(wide) < learnt.levels[:, None]
    share = np.r_[HEALTHY_WEIGHT, (1 - HEALTHY_WEIGHT) * np.array(RISK_SHARES)]
    null, weights = learnt.weights, share[:, None] * learnt.weights[:, None, :]
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        both = (traffic.canary_calls[:, minute] > 0) & (traffic.stable_calls[:, minute] > 0)
        logs = np.stack([stable[:, minute] + canary[:, minute, shift : shift + wide] for shift in shifts], axis=1)
        logs = np.where(there[:, None], logs, NOTHING)
        null, log_null = _grown(null, jumped(null, there, learnt.levels), logs[:, 0], both)
        turned = _turned(weights, there, learnt.levels)
        weights, log_alternative = _grown(weights, turned, logs, both)
        gained[:, minute] = log_alternative - log_null
    return np.cumsum(gained, axis=1)


def _turned(weights: Rates, there: Flags, levels: Counts) -> Rates:
    well, ill = weights[:, :1], weights[:, 1:]
    turned = np.concatenate(
        [
            (1 - SWITCH_PROBABILITY) * well + SWITCH_PROBABILITY * ill.sum(axis=1, keepdims=True),
            (1 - SWITCH_PROBABILITY) * ill + SWITCH_PROBABILITY * np.array(RISK_SHARES)[:, None] * well,
        ],
        axis=1,
    )
    fresh = JUMP * turned.sum(axis=2) / levels[:, None]
    return (1 - JUMP) * turned + there[:, None] * fresh[:, :, None]


def _grown(before: Rates, prior: Rates, logs: Rates, both: Flags) -> tuple[Rates, Rates]:
    """Return the weights after a minute, and ln of how likely it was; one without both versions changes nothing."""
    axes = tuple(range(1, logs.ndim))
    wide = (slice(None), *(None for _ in axes))
    largest = logs.max(axis=axes)
    grown = prior * np.exp(logs - largest[wide])
    total = grown.sum(axis=axes)
    return np.where(both[wide], grown / total[wide], before), np.where(both, np.log(total) + largest, 0)
