"""Whole rollouts, each told once and looked at by several tests, by AWS calls alone."""

from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop

QUICK = {"steps": [{"percent": 50, "hold": 5}], "bake": 5, "look_every": 5, "min_invocations": 5, "max_hold": 60}
TWO_STEPS = QUICK | {"steps": [{"percent": 40, "hold": 5}, {"percent": 60, "hold": 5}]}
FAILED_CHECKOUTS = {
    "Namespace": "Shop",
    "MetricName": "FailedCheckouts",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
IMPATIENT = QUICK | {"max_hold": 5, "on_inconclusive": "roll_back"}


@dataclass(frozen=True)
class Played:
    """A rollout that has ended."""

    shop: Shop
    execution: str
    ended: dict[str, Any]

    @property
    def ending(self) -> str:
        return self.ended.get("error", self.ended["status"])


def fine_version_published(sandbox):
    shop = sandbox.shop("fine")
    with shop.traffic(per_second=6):
        execution = sandbox.started_by_event(shop.name, shop.publish())
        return Played(shop, execution, sandbox.end(execution))


def faulty_version_published(sandbox):
    shop = sandbox.shop("faulty")
    with shop.traffic(per_second=6):
        execution = sandbox.started_by_event(shop.name, shop.publish(fault_percent=60))
        return Played(shop, execution, sandbox.end(execution))


def started_by_an_operator(sandbox):
    shop = _with_unseen_version(sandbox, "operated")
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name})
        return Played(shop, execution, sandbox.end(execution))


def faulty_version_operated(sandbox):
    shop = sandbox.shop("not-taken-back", opted_in=False)
    shop.publish(fault_percent=100)
    sandbox.left_alone(shop, versions=2)
    shop.opt_in()
    with shop.traffic(per_second=8):
        execution = sandbox.start({"function": shop.name, "policy": QUICK})
        return Played(shop, execution, sandbox.end(execution))


def nobody_calls(sandbox):
    shop = _with_unseen_version(sandbox, "quiet")
    execution = sandbox.start({"function": shop.name, "policy": IMPATIENT})
    return Played(shop, execution, sandbox.end(execution))


def alarm_turns_red(sandbox):
    shop, metrics = _with_unseen_version(sandbox, "alarmed"), sandbox.client("cloudwatch")
    for name in ("checkout", "burning"):
        metrics.put_metric_alarm(AlarmName=name, **FAILED_CHECKOUTS)
        metrics.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="quiet")
    metrics.set_alarm_state(AlarmName="burning", StateValue="ALARM", StateReason="since yesterday")
    guards = {"alarms": ["checkout", "burning"]}
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "policy": TWO_STEPS | {"guards": guards}})
        sandbox.enters(execution, "ChooseNextMove")
        metrics.set_alarm_state(AlarmName="checkout", StateValue="ALARM", StateReason="customers complain")
        return Played(shop, execution, sandbox.end(execution))


def alias_not_yet_there(sandbox):
    shop = _with_unseen_version(sandbox, "brand-new")
    sandbox.client("lambda").delete_alias(FunctionName=shop.name, Name="live")
    execution = sandbox.start({"function": shop.name})
    return Played(shop, execution, sandbox.end(execution))


def stranger_moves_the_alias(sandbox):
    shop = _with_unseen_version(sandbox, "moved", versions=2)
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "version": 3, "policy": TWO_STEPS})
        sandbox.enters(execution, "WaitForMetrics")
        _edit(sandbox, shop, FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
        return Played(shop, execution, sandbox.end(execution))


def stranger_edits_our_weights(sandbox):
    shop = _with_unseen_version(sandbox, "edited")
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "policy": QUICK})
        sandbox.enters(execution, "WaitForMetrics")
        _edit(sandbox, shop, RoutingConfig={"AdditionalVersionWeights": {"2": 0.6}})
        return Played(shop, execution, sandbox.end(execution))


STORIES = (
    fine_version_published,
    faulty_version_published,
    started_by_an_operator,
    nobody_calls,
    alias_not_yet_there,
    alarm_turns_red,
    stranger_moves_the_alias,
    stranger_edits_our_weights,
)


def _with_unseen_version(sandbox, name: str, versions: int = 1) -> Shop:
    """Return a shop whose newer versions were published before it was opted in, so that no event started them."""
    shop = sandbox.shop(name, opted_in=False)
    for number in range(1, versions + 1):
        shop.publish(delay_ms=number)
    sandbox.left_alone(shop, versions=1 + versions)
    shop.opt_in()
    return shop


def _edit(sandbox, shop: Shop, **changes: Any) -> None:
    sandbox.client("lambda").update_alias(FunctionName=shop.name, Name=shop.alias, **changes)
