"""The rules that teams use today, as their documents describe them.

Every rule gets the canary's own counts as soon as a minute is over, which is more than CloudWatch gives.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.judge.cells.traffic import MINUTES, CountArray, FlagArray, RateArray, Traffic
from benchmarks.judge.rules.mann_whitney import is_high

Rule = Callable[[Traffic], FlagArray]
"""Whether the rule rolls the canary back at the evaluation after each minute: rollouts by minutes."""

DATAPOINTS = 2
EVALUATION_RANGE = 5
"""Minutes in which an alarm searches for its two datapoints."""
ALARM_RATE = 0.01
SUCCESS_RATE = 0.99
FLAGGER_THRESHOLD = 5
ARGO_RATE = 0.01
ARGO_FAILURE_LIMIT = 3
ARGO_PERIOD = 5
ARGO_INTERVAL = 15
KAYENTA_INTERVAL = 10


def aws_lambda_deploy(traffic: Traffic) -> FlagArray:
    """Any error in the last minute; no datapoint is healthy. Source: aws-lambda-deploy, health_check.py."""
    return traffic.canary_errors > 0


def sum_alarm(traffic: Traffic) -> FlagArray:
    """Errors Sum > 0 for 2 periods of 60 s, on the version. Source: SAM's "Deploying gradually", its second alarm."""
    return _alarm(traffic.canary_errors > 0, traffic.canary_calls)


def rate_alarm(traffic: Traffic) -> FlagArray:
    """Errors above 1 % of Invocations, 2 datapoints of 2: metric math as CloudWatch's documents recommend it."""
    return _alarm(_rate(traffic.canary_errors, traffic.canary_calls) > ALARM_RATE, traffic.canary_calls)


def flagger(traffic: Traffic) -> FlagArray:
    """request-success-rate min 99, interval 1m, threshold 5; no value is a failed check; rolls back one check later.

    Source: Flagger's "How it works" and pkg/controller/scheduler.go. Flagger also holds the share after a failed
    check; here all rules get the same shares.
    """
    silent = traffic.canary_calls == 0
    failed = silent | (1 - _rate(traffic.canary_errors, traffic.canary_calls) < SUCCESS_RATE)
    reached = np.cumsum(failed, axis=1) >= FLAGGER_THRESHOLD
    return np.pad(reached[:, :-1], ((0, 0), (1, 0)))


def argo_rollouts(traffic: Traffic) -> FlagArray:
    """Every minute: all 5-minute error rates of the last 15 minutes <= 1 %, failureLimit 3, so the fourth one fails.

    Source: the example of Argo Rollouts' "CloudWatch Metrics". A period without calls has no value, which passes.
    """
    above = np.zeros(traffic.canary_calls.shape, dtype=bool)
    for minute in range(MINUTES):
        newest = minute // ARGO_PERIOD * ARGO_PERIOD
        for start in range(max(newest - ARGO_INTERVAL + ARGO_PERIOD, 0), newest + 1, ARGO_PERIOD):
            period = slice(start, min(start + ARGO_PERIOD, minute + 1))
            errors, calls = traffic.canary_errors[:, period].sum(axis=1), traffic.canary_calls[:, period].sum(axis=1)
            above[:, minute] |= _rate(errors, calls) > ARGO_RATE
    return np.cumsum(above, axis=1) > ARGO_FAILURE_LIMIT


def kayenta(traffic: Traffic) -> FlagArray:
    """Mann-Whitney over the error rates of all minutes so far, every 10 minutes, one critical metric, increase only.

    Source: Kayenta's NetflixACAJudge (tolerance 0.25, confidence 0.98); a critical metric that is High scores 0,
    under any marginal score. Minutes without calls are removed (nanStrategy remove).
    """
    canary = _rate(traffic.canary_errors, traffic.canary_calls, silent=np.nan)
    stable = _rate(traffic.stable_errors, traffic.stable_calls, silent=np.nan)
    flags = np.zeros(canary.shape, dtype=bool)
    for end in range(KAYENTA_INTERVAL, MINUTES + 1, KAYENTA_INTERVAL):
        flags[:, end - 1] = is_high(canary[:, :end], stable[:, :end])
    return flags


PEERS: dict[str, Rule] = {
    "aws-lambda-deploy": aws_lambda_deploy,
    "alarm, sum > 0": sum_alarm,
    "alarm, rate > 1 %": rate_alarm,
    "Flagger": flagger,
    "Argo Rollouts": argo_rollouts,
    "Kayenta": kayenta,
}


def _rate(errors: CountArray, calls: CountArray, silent: float = 0.0) -> RateArray:
    return np.where(calls > 0, errors / np.maximum(calls, 1), silent)


def _alarm(breaching: FlagArray, calls: CountArray) -> FlagArray:
    """Whether the two newest datapoints breach; minutes without calls have no datapoint and are skipped."""
    minutes = np.arange(MINUTES)
    newest = np.maximum.accumulate(np.where(calls > 0, minutes, -1), axis=1)
    before = np.where(newest > 0, np.take_along_axis(newest, np.maximum(newest - 1, 0), axis=1), -1)
    both = np.take_along_axis(breaching, np.maximum(newest, 0), axis=1) & np.take_along_axis(
        breaching, np.maximum(before, 0), axis=1
    )
    return both & (before >= 0) & (minutes - before < EVALUATION_RANGE)
