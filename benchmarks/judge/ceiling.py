"""rollout.judging.ceilings once more, in arrays: whether the canary breaks its ceiling at every evaluation."""

import math

import numpy as np

from benchmarks.judge.learning import learn
from benchmarks.judge.traffic import Flags, Rates, Traffic
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.paired_test import MARGIN
from rollout.judging.ceilings import EXCESSES
from rollout.policy.policy import Policy


def breaks_ceiling(traffic: Traffic, policy: Policy) -> Flags:
    """Rollouts by minutes: whether the canary is above the policy's ceiling beyond chance, while stable is not."""
    ceiling = (policy.guards.max_error_percent or math.inf) / 100
    calls, errors = np.cumsum(traffic.canary_calls, axis=1), np.cumsum(traffic.canary_errors, axis=1)
    is_above = (calls >= policy.min_invocations) & (errors > ceiling * calls)
    is_proved = _log_evidence(traffic, ceiling) >= math.log(100 / policy.false_rollback_percent)
    return is_above & is_proved & (_stable_in_canarys_place(traffic) <= ceiling)


def _log_evidence(traffic: Traffic, ceiling: float) -> Rates:
    theta = MARGIN * learn(traffic).theta[:, None]
    spread = theta * traffic.canary_calls
    stable_rate = traffic.stable_errors / np.maximum(traffic.stable_calls, 1)
    allowed = np.minimum(1, np.maximum(ceiling, TOLERATED_RISK * stable_rate))
    totals = []
    for excess in EXCESSES:
        stretch = np.log1p(excess * spread) - np.log1p(spread)
        worth = traffic.canary_errors * (math.log(excess) - stretch) - allowed / theta * stretch
        totals.append(np.cumsum(worth, axis=1))
    return np.logaddexp.reduce(totals, axis=0) - math.log(len(EXCESSES))


def _stable_in_canarys_place(traffic: Traffic) -> Rates:
    both = (traffic.canary_calls > 0) & (traffic.stable_calls > 0)
    calls = np.where(both, traffic.canary_calls, 0)
    expected = np.cumsum(calls * traffic.stable_errors / np.maximum(traffic.stable_calls, 1), axis=1)
    return expected / np.maximum(np.cumsum(calls, axis=1), 1)
