"""Rollouts whose ending depends on a metric: errors, slow calls, alarms, missing calls."""

import time
from typing import Any

from sandbox.accounts import MEMBER
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import BURSTY, IMPATIENT, LONG, QUICK, TWO_STEPS
from tests.e2e.stories.rollout import FinishedRollout, finish, roll_out, shop_with_canaries, start

SLOW_MS, DELAY_MS = 600, 1200
"""Far apart, and both far above the duration of a plain call on a busy machine."""
HISTORY_SECONDS = 82
_FAILED_CHECKOUTS = {
    "Namespace": "Shop",
    "MetricName": "FailedCheckouts",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


def errors_come_in_bursts(stack: Stack) -> FinishedRollout:
    """Each version fails in whole seconds, one in five, independently of the other version.

    The judge learns the dispersion from at least 15 periods; 82 s of traffic before the rollout are 16 periods. The
    evidence passed its limit in 3 of 3,000 simulated rollouts of this kind; with two periods of history, in 28 of
    1,000.
    """
    history = stack.history
    with history.calls:
        history.wait(HISTORY_SECONDS)
        history.shop.opt_in()
        return roll_out(stack, history.shop, policy=BURSTY)


def error_rate_doubles(stack: Stack) -> FinishedRollout:
    """The canary fails twice as often as stable. Only the comparison can find it: the policy has no ceiling.

    With 40 and 80 % of 30 calls each in five seconds, 100 simulated rollouts took 6 periods at the median and 10 at
    most; the step has 18. With 15 and 30 %, half of them would have taken more than 13.
    """
    shop = shop_with_canaries(stack, "doubled", fault_percent=40, canary={"fault_percent": 80})
    with shop.traffic(per_second=12, callers=4):
        return roll_out(stack, shop, policy=LONG)


def calls_become_slow(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "slowed", canary={"delay_ms": DELAY_MS})
    with shop.traffic(per_second=5):
        return roll_out(stack, shop, policy=LONG | {"metrics": ["errors", {"slow": {"over_ms": SLOW_MS}}]})


def slow_limit_is_learned(stack: Stack) -> FinishedRollout:
    """Before the rollout, stable serves for two periods, with a fifth of a second per call."""
    shop = shop_with_canaries(stack, "learned", delay_ms=200, canary={"delay_ms": 1500})
    with shop.traffic(per_second=5):
        time.sleep(11)
        return roll_out(stack, shop, policy=LONG | {"metrics": ["errors", "slow"]})


def slow_calls_cannot_be_counted(stack: Stack) -> FinishedRollout:
    """CloudWatch refuses to count the slow calls of this function; the canary is slow all the same.

    Each period is then one bad period of one, so the evidence needs periods instead of calls: 9 at the limit of 100, 6
    at the limit of 20.
    """
    shop = shop_with_canaries(stack, "uncounted", canary={"delay_ms": DELAY_MS})
    shop.tag("sandbox:refuse-ranges", "yes")
    policy = LONG | {"metrics": [{"slow": {"over_ms": SLOW_MS}}], "false_rollback_percent": 5}
    with shop.traffic(per_second=4):
        return roll_out(stack, shop, policy=policy)


def canary_has_no_calls(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "without-traffic")
    return roll_out(stack, shop, policy=IMPATIENT)


def canary_answers_http_500(stack: Stack) -> FinishedRollout:
    """Lambda counts these calls as successes; the canary only writes a line about each of them."""
    return _answer_http_500(stack, "answers-500")


def member_canary_answers_http_500(stack: Stack) -> FinishedRollout:
    return _answer_http_500(stack, "member-answers-500", account=MEMBER)


def _answer_http_500(stack: Stack, name: str, **options: Any) -> FinishedRollout:
    shop = shop_with_canaries(stack, name, canary={"http_500_percent": 80}, **options)
    with shop.traffic(per_second=5, callers=2):
        return roll_out(stack, shop, policy=LONG | {"metrics": ["errors", {"logs": {"pattern": "ERROR"}}]})


def canary_cannot_be_invoked(stack: Stack) -> FinishedRollout:
    """Lambda refuses every call of the canary before any code runs, so that it has no datapoints."""
    shop = shop_with_canaries(stack, "refused")
    stack.inject_fault(action="lambda:RunVersion", caller="version 2", contains=shop.name)
    with shop.traffic(per_second=8, callers=4):
        return roll_out(stack, shop, policy=QUICK)


def alarm_turns_red(stack: Stack) -> FinishedRollout:
    """One of two alarms turns red during the rollout; the other one was red before."""
    shop, metrics = shop_with_canaries(stack, "alarmed"), stack.client("cloudwatch")
    for name in ("checkout", "burning"):
        metrics.put_metric_alarm(AlarmName=name, **_FAILED_CHECKOUTS)
        metrics.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="quiet")
    metrics.set_alarm_state(AlarmName="burning", StateValue="ALARM", StateReason="since yesterday")
    guards = {"alarms": ["checkout", "burning"]}
    with shop.traffic(per_second=2, callers=2):
        execution = start(stack, shop, policy=TWO_STEPS | {"guards": guards})
        stack.executions.wait_for_state(execution, "ChooseNextMove")
        metrics.set_alarm_state(AlarmName="checkout", StateValue="ALARM", StateReason="customers complain")
        return finish(stack, shop, execution)
