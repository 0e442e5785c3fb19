"""Whole rollouts, each told once and looked at by several tests, by AWS calls alone."""

import json
import time
from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop

QUICK = {"steps": [{"percent": 50, "hold": 5}], "bake": 5, "interval": 5, "min_invocations": 5, "max_extension": 60}
TWO_STEPS = QUICK | {"steps": [{"percent": 40, "hold": 5}, {"percent": 60, "hold": 5}]}
AT_ONCE = QUICK | {"steps": "AllAtOnce"}
FAILED_CHECKOUTS = {
    "Namespace": "Shop",
    "MetricName": "FailedCheckouts",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
IMPATIENT = QUICK | {"max_extension": 10, "on_inconclusive": "roll_back"}
SLOW_MS, DELAY_MS = 600, 1200
"""Far apart, and far from what a busy machine makes of a call of some milliseconds."""
# A bad version is taken back as soon as that is proved, however long the step; it cannot slip through in the meantime.
LONG = QUICK | {"steps": [{"percent": 50, "hold": 90}], "guards": {"max_error_percent": None}}


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
    shop = with_unseen_version(sandbox, "operated")
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name})
        return Played(shop, execution, sandbox.end(execution))


def told_by_a_pipeline(sandbox):
    """An account without a trail: the pipeline itself says that a version was published, and not which."""
    shop = with_unseen_version(sandbox, "told")
    detail = {"function": shop.name, "policy": QUICK}
    event = {"Source": "rollouts", "DetailType": "Version Published", "Detail": json.dumps(detail)}
    with shop.traffic(per_second=6):
        sandbox.client("events").put_events(Entries=[event])
        execution = sandbox.started_by_event(shop.name, "2")
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
    shop = with_unseen_version(sandbox, "quiet")
    execution = sandbox.start({"function": shop.name, "policy": IMPATIENT})
    return Played(shop, execution, sandbox.end(execution))


def alarm_turns_red(sandbox):
    shop, metrics = with_unseen_version(sandbox, "alarmed"), sandbox.client("cloudwatch")
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
    shop = with_unseen_version(sandbox, "brand-new")
    sandbox.client("lambda").delete_alias(FunctionName=shop.name, Name="live")
    execution = sandbox.start({"function": shop.name})
    return Played(shop, execution, sandbox.end(execution))


def stranger_moves_the_alias(sandbox):
    shop = with_unseen_version(sandbox, "moved", versions=2)
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "version": 3, "policy": TWO_STEPS})
        sandbox.enters(execution, "WaitForMetrics")
        shop.edit(FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {}})
        return Played(shop, execution, sandbox.end(execution))


def stranger_edits_our_weights(sandbox):
    shop = with_unseen_version(sandbox, "edited")
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "policy": QUICK})
        sandbox.enters(execution, "WaitForMetrics")
        shop.edit(RoutingConfig={"AdditionalVersionWeights": {"2": 0.6}})
        return Played(shop, execution, sandbox.end(execution))


def errors_come_in_clumps(sandbox):
    """Every version fails whole seconds, one in five, each at its own time; a version more is rolled out.

    Fifteen periods are what the judge needs to learn from: 82 s of traffic before are sixteen. The shipped evidence
    passed its limit in 3 of 3,000 simulated rollouts like this one; with two periods of history, in 28 of 1,000.
    """
    shop = with_unseen_version(sandbox, "clumpy", burst_percent=20, canary={"burst_percent": 20})
    with shop.traffic(per_second=6):
        time.sleep(82)
        execution = sandbox.start({"function": shop.name, "policy": LONG | {"steps": [{"percent": 50, "hold": 10}]}})
        return Played(shop, execution, sandbox.end(execution))


def errors_double(sandbox):
    """A version fails twice as often as stable, and nothing but the comparison can tell: there is no ceiling.

    At 40 and 80 % of 30 calls each in five seconds, 100 simulated rollouts took 6 periods, the longest 10, of the 18
    there are; at 15 and 30 % half of them would have taken more than 13.
    """
    shop = with_unseen_version(sandbox, "doubled", fault_percent=40, canary={"fault_percent": 80})
    with shop.traffic(per_second=12):
        execution = sandbox.start({"function": shop.name, "policy": LONG})
        return Played(shop, execution, sandbox.end(execution, within_seconds=180))


def calls_become_slow(sandbox):
    shop = with_unseen_version(sandbox, "slowed", canary={"delay_ms": DELAY_MS})
    watched = LONG | {"metrics": ["errors", {"slow": {"over_ms": SLOW_MS}}]}
    with shop.traffic(per_second=5):
        execution = sandbox.start({"function": shop.name, "policy": watched})
        return Played(shop, execution, sandbox.end(execution))


def slowness_is_learnt(sandbox):
    """Stable has served a while, each call a fifth of a second, before a much slower version comes."""
    shop = with_unseen_version(sandbox, "learnt", delay_ms=200, canary={"delay_ms": 1500})
    with shop.traffic(per_second=5):
        time.sleep(11)
        execution = sandbox.start({"function": shop.name, "policy": LONG | {"metrics": ["errors", "slow"]}})
        return Played(shop, execution, sandbox.end(execution))


def slow_calls_are_not_counted(sandbox):
    """CloudWatch refuses to count this function's slow calls; the version is as slow as before.

    A period is then one bad one of one, so proof takes periods, not calls: 9 at the limit of 100, 6 at that of 20.
    """
    shop = with_unseen_version(sandbox, "uncounted", canary={"delay_ms": DELAY_MS})
    shop.tag("sandbox:refuse-ranges", "yes")
    watched = LONG | {"metrics": [{"slow": {"over_ms": SLOW_MS}}], "false_rollback_percent": 5}
    with shop.traffic(per_second=4):
        execution = sandbox.start({"function": shop.name, "policy": watched})
        return Played(shop, execution, sandbox.end(execution, within_seconds=180))


def stopped_in_a_step(sandbox):
    shop = with_unseen_version(sandbox, "stopped")
    execution = sandbox.start({"function": shop.name, "policy": LONG})
    return stopped(sandbox, shop, execution, "WaitForMetrics")


def stopped_in_the_bake(sandbox):
    shop = with_unseen_version(sandbox, "unwatched")
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name, "policy": QUICK | {"bake": 300}})
        sandbox.enters(execution, "PromoteVersion")
        return stopped(sandbox, shop, execution, "WaitForMetrics", times=2)


def newer_versions_wait(sandbox):
    """Version 3 waits behind version 2 until version 4 comes; then 4 waits alone, and is rolled out after 2."""
    shop = with_unseen_version(sandbox, "queued", versions=3)
    with shop.traffic(per_second=6):
        started = []
        for version in (2, 3, 4):
            asked = {"function": shop.name, "version": version, "policy": QUICK | {"bake": 20}}
            started.append(sandbox.start(asked))
            sandbox.enters(started[-1], "WaitForMetrics" if version == 2 else "WaitForTurn")
        return [Played(shop, execution, sandbox.end(execution)) for execution in started]


def newer_version_supersedes(sandbox):
    shop = with_unseen_version(sandbox, "superseded", versions=2)
    with shop.traffic(per_second=6):
        first = sandbox.start({"function": shop.name, "version": 2, "policy": LONG})
        sandbox.enters(first, "WaitForMetrics")
        second = sandbox.start({"function": shop.name, "policy": QUICK | {"on_newer_version": "supersede"}})
        return [Played(shop, execution, sandbox.end(execution)) for execution in (first, second)]


def policy_named_by_the_tag(sandbox):
    shop = with_unseen_version(sandbox, "careful")
    careful = QUICK | {"steps": [{"percent": 30, "hold": 5}, {"percent": 70, "hold": 5}]}
    sandbox.client("ssm").put_parameter(
        Name="/rollouts/policies/careful", Type="String", Value=json.dumps(careful), Overwrite=True
    )
    shop.tag("rollout:policy", "careful")
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name})
        return Played(shop, execution, sandbox.end(execution))


def another_role_promoted_at_once(sandbox):
    shop = _with_version_of_another_role(sandbox, "at-once")
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name, "policy": AT_ONCE})
        return Played(shop, execution, sandbox.end(execution))


def another_role_taken_back_from_the_bake(sandbox):
    shop = _with_version_of_another_role(sandbox, "at-once-faulty", fault_percent=60)
    with shop.traffic(per_second=6):
        execution = sandbox.start({"function": shop.name, "policy": AT_ONCE | {"bake": 90}})
        return Played(shop, execution, sandbox.end(execution))


OWN_STORIES = (
    newer_versions_wait,
    errors_come_in_clumps,
    slow_calls_are_not_counted,
    errors_double,
    slowness_is_learnt,
    fine_version_published,
    faulty_version_published,
    started_by_an_operator,
    told_by_a_pipeline,
    nobody_calls,
    alias_not_yet_there,
    alarm_turns_red,
    calls_become_slow,
    stranger_moves_the_alias,
    stranger_edits_our_weights,
    stopped_in_a_step,
    stopped_in_the_bake,
    newer_version_supersedes,
    policy_named_by_the_tag,
    another_role_promoted_at_once,
    another_role_taken_back_from_the_bake,
)


def stopped(sandbox, shop: Shop, execution: str, state: str, times: int = 1) -> Played:
    """Stop an execution as an operator would, and wait for the guardian."""
    sandbox.enters(execution, state, times=times)
    sandbox.client("stepfunctions").stop_execution(executionArn=execution)
    sandbox.made_whole(shop)
    return Played(shop, execution, sandbox.end(execution))


def with_unseen_version(sandbox, name: str, versions: int = 1, canary=None, **opened: Any) -> Shop:
    """Return a shop whose newer versions were published before it was opted in, so that no event started them."""
    shop = sandbox.shop(name, opted_in=False, **opened)
    for number in range(1, versions + 1):
        shop.publish(**{"delay_ms": number, **(canary or {})})
    sandbox.left_alone(shop, versions=1 + versions)
    shop.opt_in()
    return shop


def _with_version_of_another_role(sandbox, name: str, **manners: float) -> Shop:
    """Return a shop whose version 2 Lambda would let no alias share with version 1; no event has started it."""
    shop = sandbox.shop(name, opted_in=False)
    changed = {"delay_ms": 1, **manners}
    environment = {"Variables": {manner.upper(): str(value) for manner, value in changed.items()}}
    shop.publish_with(Role=shop.role(f"{name}-other-role"), Environment=environment)
    sandbox.left_alone(shop, versions=2)
    shop.opt_in()
    return shop
