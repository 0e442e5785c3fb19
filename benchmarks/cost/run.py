"""Plays a healthy and a failing version through the shipped stack, and through the peer, in one local AWS."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from benchmarks.cost.counted import Counted, Meter, Used
from benchmarks.cost.peer.machine import PEER, deploy_peer
from sandbox.deploy import STACK, deployed
from sandbox.server import Sandbox, free_port
from sandbox.shop import Shop

PERIOD_SECONDS = 2
"""A metric minute of the local AWS."""
POLICY: dict[str, Any] = {
    "steps": [{"percent": percent, "hold": PERIOD_SECONDS} for percent in range(10, 100, 10)],
    "bake": 5 * PERIOD_SECONDS,
    "interval": PERIOD_SECONDS,
    "min_invocations": 4,
    "max_extension": 20,
    "on_inconclusive": "promote",
    "advance_early": False,
}
"""`Linear10PercentEvery1Minute` with a bake of five minutes, a minute being two seconds."""
SHARES = 10
"""The steps of the peer: 10 % more each minute, up to 100 %."""
HEALTHY, FAILING = {"fault_percent": 0.0}, {"fault_percent": 60.0}
_PARAMETERS = {"MetricPeriodSeconds": str(PERIOD_SECONDS), "MetricLagSeconds": "1"}
_END_SECONDS, _SETTLE_SECONDS = 300, 4
_NOT_OF_ROLLOUTS = ("Guardian", "TakeCommand", "ShowRollouts", "ExamineStack")
"""Functions that work for no rollout, or for all of them."""


class Measured(NamedTuple):
    """What the rollouts of one deployer used: a healthy one, the same once more with warm functions, a failing one."""

    cold: Used
    warm: Used
    failing: Used


class UnmeasurableError(Exception):
    """When a rollout does not begin or does not end in time."""


def measure(report: Callable[[str], object]) -> tuple[Measured, Measured]:
    """Return what the rollouts of the shipped stack used, and those of the peer."""
    with deployed(free_port(), "cost", report, _PARAMETERS) as (local, outputs):
        policy = {"Name": "/rollouts/policies/cost", "Value": json.dumps(POLICY), "Type": "String"}
        local.client("ssm").put_parameter(**policy)
        ours = _measure(local, "ours", lambda shop: _Ours(local, outputs, shop), report)
        machine = deploy_peer(local)
        return ours, _measure(local, "peer", lambda shop: _Peer(local, machine, shop), report)


def _measure(
    local: Sandbox, name: str, deployer_of: Callable[[Shop], "_Ours | _Peer"], report: Callable[[str], object]
) -> Measured:
    shop = Shop(local, f"shop-{name}")
    shop.create(opted_in=False)
    deployer = deployer_of(shop)
    with shop.traffic(per_second=15, callers=4):
        time.sleep(5 * PERIOD_SECONDS)
        report(f"Rolling out with {name}: healthy, healthy, failing")
        used = [_used(local, deployer, behaviour) for behaviour in (HEALTHY, HEALTHY, FAILING)]
    return Measured(*used)


def _used(local: Sandbox, deployer: "_Ours | _Peer", behaviour: dict[str, float]) -> Used:
    meter = Meter(local, deployer.counted)
    version = deployer.shop.publish(**behaviour)
    published_at = datetime.now(UTC)
    execution = deployer.start(version)
    _wait(lambda: _status(local, execution) != "RUNNING", f"The rollout of version {version}")
    time.sleep(_SETTLE_SECONDS)
    return meter.used_by(execution, published_at)


class _Ours:
    """The shipped stack: the event of the published version starts its rollout."""

    def __init__(self, local: Sandbox, outputs: dict[str, str], shop: Shop) -> None:
        self.shop, self._local, self._machine = shop, local, outputs["StateMachineArn"]
        shop.tag("rollout:policy", "cost")
        shop.opt_in()
        resources = local.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        names = {
            each["PhysicalResourceId"]
            for each in resources
            if not each["LogicalResourceId"].startswith(_NOT_OF_ROLLOUTS)
        }
        self.counted = Counted(names.__contains__, evaluation_state="JudgeCanary", first_shift_state="ShiftTraffic")

    def start(self, version: str) -> str:
        """Return the execution that the event started."""
        _wait(lambda: bool(self._executions(version)), f"The start of the rollout of version {version}")
        return self._executions(version)[0]

    def _executions(self, version: str) -> list[str]:
        listed = self._local.client("stepfunctions").list_executions(stateMachineArn=self._machine)["executions"]
        return [each["executionArn"] for each in listed if each["name"].startswith(f"{self.shop.name}-{version}-")]


class _Peer:
    """The peer, which a person or a pipeline starts."""

    counted = PEER

    def __init__(self, local: Sandbox, machine: str, shop: Shop) -> None:
        self.shop, self._local, self._machine = shop, local, machine

    def start(self, version: str) -> str:
        """Start the peer's execution, and return it."""
        request = {"function": self.shop.name, "alias": self.shop.alias, "version": version}
        document = json.dumps(request | {"steps": SHARES, "seconds": PERIOD_SECONDS})
        steps = self._local.client("stepfunctions")
        return str(steps.start_execution(stateMachineArn=self._machine, input=document)["executionArn"])


def _status(local: Sandbox, execution: str) -> str:
    return str(local.client("stepfunctions").describe_execution(executionArn=execution)["status"])


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _END_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise UnmeasurableError(f"{what} took longer than {_END_SECONDS} seconds. Run the program again.")
        time.sleep(0.3)
