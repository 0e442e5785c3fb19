"""A vectorised rollout.judging.ceilings: whether the canary breaks its ceiling, at every evaluation."""

import math

import numpy as np
from scipy.special import gammaln

from benchmarks.judge.cells.traffic import CountArray, FlagArray, RateArray, Traffic
from benchmarks.judge.rules.bursts import spread_of, sum_of_runs
from benchmarks.judge.rules.learning import Learned, learn
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.paired_test import MARGIN
from rollout.evidence.spread import Bursts
from rollout.judging.ceilings import EXCESSES
from rollout.policy.policy import Policy


def breaks_ceiling(traffic: Traffic, policy: Policy) -> FlagArray:
    """Whether the canary is above the policy's ceiling by more than chance, and stable is not: rollouts by minutes."""
    ceiling = (policy.guards.max_error_percent or math.inf) / 100
    calls, errors = np.cumsum(traffic.canary_calls, axis=1), np.cumsum(traffic.canary_errors, axis=1)
    is_above = errors > ceiling * calls
    is_proved = _log_evidence(traffic, ceiling) >= math.log(100 / policy.false_rollback_percent)
    return is_above & is_proved & (_stable_rate_at_canary_calls(traffic) <= ceiling)


def _log_evidence(traffic: Traffic, ceiling: float) -> RateArray:
    learned = learn(traffic)
    proportional, whole = (_log_evidence_of(traffic, ceiling, learned, bursts) for bursts in Bursts)
    is_alike = learned.theta * learned.calls < 1
    evidence: RateArray = np.where(is_alike[:, None], proportional, np.minimum(proportional, whole))
    return evidence


def _log_evidence_of(traffic: Traffic, ceiling: float, learned: Learned, bursts: Bursts) -> RateArray:
    theta, spread = MARGIN * learned.theta[:, None], spread_of(traffic.canary_calls, learned, bursts)
    stable_rate = traffic.stable_errors / np.maximum(traffic.stable_calls, 1)
    allowed = spread.portion * np.minimum(1, np.maximum(ceiling, TOLERATED_RISK * stable_rate))
    totals = []
    for excess in EXCESSES:
        worth = _GAINS[bursts](traffic.canary_errors, excess, MARGIN * spread.size, allowed / theta)
        totals.append(sum_of_runs(worth, learned.runs))
    evidence: RateArray = np.logaddexp.reduce(totals, axis=0) - math.log(len(EXCESSES))
    return evidence


def _gain_by_larger_bursts(bad: CountArray, excess: float, size: RateArray, shape: RateArray) -> RateArray:
    log_factor = np.log1p(excess * size) - np.log1p(size)
    gain: RateArray = bad * (math.log(excess) - log_factor) - shape * log_factor
    return gain


def _gain_by_more_bursts(bad: CountArray, excess: float, size: RateArray, shape: RateArray) -> RateArray:
    more = excess * shape
    rise: RateArray = gammaln(bad + more) - gammaln(more) - gammaln(bad + shape) + gammaln(shape)
    return rise - (more - shape) * np.log1p(size)


_GAINS = {Bursts.PROPORTIONAL: _gain_by_larger_bursts, Bursts.WHOLE: _gain_by_more_bursts}


def _stable_rate_at_canary_calls(traffic: Traffic) -> RateArray:
    both = (traffic.canary_calls > 0) & (traffic.stable_calls > 0)
    calls = np.where(both, traffic.canary_calls, 0)
    expected = np.cumsum(calls * traffic.stable_errors / np.maximum(traffic.stable_calls, 1), axis=1)
    rate: RateArray = expected / np.maximum(np.cumsum(calls, axis=1), 1)
    return rate
