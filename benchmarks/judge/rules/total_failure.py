"""rollout.evidence.total_failure_test, vectorised: one row per rollout."""

import numpy as np
from scipy.special import betainc, gammaln, xlogy

from benchmarks.judge.cells.traffic import MINUTES, CountArray, FlagArray, RateArray, Traffic
from benchmarks.judge.rules.bursts import Spread
from benchmarks.judge.rules.learning import Learned
from rollout.evidence.assumptions import HEALTHY_WEIGHT, SWITCH_PROBABILITY, TOLERATED_RISK
from rollout.evidence.outliers import FACTOR_STEPS, SHARES
from rollout.evidence.total_failure_test import FEWEST_CALLS, MOST_OF_STABLE, WHOLE

SMALLEST = 1e-300


def total_failure(traffic: Traffic, learned: Learned, canary: Spread, levels: RateArray) -> RateArray:
    """Return what each minute adds to ln of the evidence: rollouts by minutes.

    `levels` are the weights of the rate levels given stable's errors of each minute, as the level test has them.
    """
    healthy = np.full(len(levels), HEALTHY_WEIGHT)
    failing, stays = 1 - healthy, 1 - SWITCH_PROBABILITY
    gained = np.zeros(traffic.canary_calls.shape)
    for minute in range(MINUTES):
        counts = _are_comparable(traffic, minute)
        ratio = np.exp(np.minimum(_log_ratios(traffic, learned, canary, levels[:, minute], minute), 600))
        to_healthy = stays * healthy + SWITCH_PROBABILITY * failing
        to_failing = (stays * failing + SWITCH_PROBABILITY * healthy) * ratio
        total = to_healthy + to_failing
        healthy, failing = np.where(counts, to_healthy / total, healthy), np.where(counts, to_failing / total, failing)
        gained[counts, minute] = np.log(total[counts])
    return gained


def _are_comparable(traffic: Traffic, minute: int) -> FlagArray:
    calls, stable_calls = traffic.canary_calls[:, minute], traffic.stable_calls[:, minute]
    has_calls = (stable_calls > 0) & (calls >= FEWEST_CALLS)
    counts: FlagArray = has_calls & (traffic.stable_errors[:, minute] <= MOST_OF_STABLE * stable_calls)
    return counts


def _log_ratios(traffic: Traffic, learned: Learned, canary: Spread, levels: RateArray, minute: int) -> RateArray:
    """Return ln of the likelihood of each canary's errors if it fails, over that at the tolerated risk."""
    calls, errors, spread = traffic.canary_calls[:, minute], traffic.canary_errors[:, minute], canary.at(minute)
    ratios = np.full(len(calls), -np.inf)  # fewer errors than half of the calls are certain health
    (rows,) = np.nonzero((calls >= FEWEST_CALLS) & (2 * errors >= calls))
    calls, errors, size, portion = calls[rows], errors[rows], spread.size[rows], spread.portion[rows]
    likelihood = (1 - WHOLE) / (calls - np.ceil(calls / 2) + 1) + np.where(errors >= calls, WHOLE, 0)
    shapes = TOLERATED_RISK * learned.shapes[rows, : levels.shape[1] + max(FACTOR_STEPS)] * portion[:, None]
    logs = _log_probabilities(errors[:, None], calls[:, None], size[:, None], shapes)
    ratios[rows] = np.log(likelihood) - _log_mean(logs, levels[rows], learned.outliers[rows])
    return ratios


def _log_mean(logs: RateArray, levels: RateArray, outliers: RateArray) -> RateArray:
    largest, wide = logs.max(axis=1), levels.shape[1]
    at_levels = np.exp(logs - largest[:, None])
    mixed = (1 - outliers * sum(SHARES))[:, None] * at_levels[:, :wide]
    for share, steps in zip(SHARES, FACTOR_STEPS, strict=True):
        mixed += (outliers * share)[:, None] * at_levels[:, steps : steps + wide]
    mean = (levels * mixed).sum(axis=1) / levels.sum(axis=1)
    probability: RateArray = np.minimum(largest + np.log(np.maximum(mean, SMALLEST)), 0)
    return probability


def _log_probabilities(errors: CountArray, calls: CountArray, size: RateArray, shapes: RateArray) -> RateArray:
    portion = size / (1 + size)
    exactly = gammaln(errors + shapes) - gammaln(shapes) - gammaln(errors + 1) - shapes * np.log1p(size)
    exactly = exactly + xlogy(errors, portion)
    with np.errstate(divide="ignore"):
        at_least = np.log(betainc(np.maximum(calls, 1), shapes, portion))
    # Where the incomplete beta function has vanished, its leading term is close.
    logs: RateArray = np.where((errors >= calls) & np.isfinite(at_least), at_least, exactly)
    return logs
