"""A vectorised rollout.judging.ceilings: whether the canary breaks its ceiling, at every evaluation."""

import math

import numpy as np

from benchmarks.judge.cells.traffic import FlagArray, RateArray, Traffic
from benchmarks.judge.rules.learning import learn
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.paired_test import MARGIN
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
    theta = MARGIN * learn(traffic).theta[:, None]
    spread = theta * traffic.canary_calls
    stable_rate = traffic.stable_errors / np.maximum(traffic.stable_calls, 1)
    allowed = np.minimum(1, np.maximum(ceiling, TOLERATED_RISK * stable_rate))
    totals = []
    for excess in EXCESSES:
        log_factor = np.log1p(excess * spread) - np.log1p(spread)
        worth = traffic.canary_errors * (math.log(excess) - log_factor) - allowed / theta * log_factor
        totals.append(np.cumsum(worth, axis=1))
    evidence: RateArray = np.logaddexp.reduce(totals, axis=0) - math.log(len(EXCESSES))
    return evidence


def _stable_rate_at_canary_calls(traffic: Traffic) -> RateArray:
    both = (traffic.canary_calls > 0) & (traffic.stable_calls > 0)
    calls = np.where(both, traffic.canary_calls, 0)
    expected = np.cumsum(calls * traffic.stable_errors / np.maximum(traffic.stable_calls, 1), axis=1)
    rate: RateArray = expected / np.maximum(np.cumsum(calls, axis=1), 1)
    return rate
