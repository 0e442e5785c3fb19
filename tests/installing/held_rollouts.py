"""Rollouts that are held in the middle of each state while a later release is deployed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.deploy import STACK
from sandbox.hook import Hook
from tests.e2e.executions import Visit
from tests.e2e.waiting import wait_for
from tests.installing.held_states import CASES, GATE, HELD_HOOK, HOLD, UNHEALTHY_HOOK, Case
from tests.installing.installation import Installation

_FUNCTION = "AWS::Lambda::Function"
_UPDATE = {"action": "cloudformation:ExecuteChangeSet", "contains": STACK, "held": True}
"""The deployment is held when everything is ready for the update of the stack."""


@dataclass(frozen=True)
class Ended:
    """A rollout that was held, after its end."""

    description: dict[str, Any]
    visits: list[Visit]
    shares: dict[str, float]
    lock: dict[str, Any]
    entry: dict[str, str]

    def after(self, moment: datetime) -> list[Visit]:
        """Return the states that were entered after a moment."""
        return [visit for visit in self.visits if visit.entered_at > moment]


@dataclass(frozen=True)
class Deployment:
    """When the first function of the stack was updated, and the last; and how each held rollout ended."""

    first_at: datetime
    last_at: datetime
    ended: dict[str, Ended]

    def held(self, case: Case) -> Visit | None:
        """Return the visit of the case's state that began before the update of any function, and ended after all."""
        visits = [visit for visit in self.ended[case.state].visits if visit.state == case.state]
        lasting = (visit for visit in visits if visit.entered_at < self.first_at and visit.left_at > self.last_at)
        return next(lasting, None)


def deploy_in_each_state(installation: Installation, later: Path, folder: Path) -> Deployment:
    """Deploy the later release while a rollout is held in each state; let all of them end."""
    Hook(installation.sandbox, HELD_HOOK).create("null")
    Hook(installation.sandbox, UNHEALTHY_HOOK).create('{"verdict": "unhealthy", "reason": "orders are missing"}')
    arns = {case.state: _begin(installation, case) for case in CASES if case.faults}
    _wait_until_held(installation, arns)
    arns |= {case.state: _begin(installation, case) for case in CASES if not case.faults}  # they wait for a minute only
    with _update_held(installation, later, folder):
        installation.request("clear-faults", contains=GATE)
        _wait_until_held(installation, arns)
        before = _updated_at(installation)
        installation.request("clear-faults", contains=STACK)
        wait_for(lambda: _is_updated(installation, before), lambda: "The functions are not updated.")
        after = _updated_at(installation)
        installation.request("clear-faults", contains=HOLD)
    ended = {state: installation.executions.wait_for_end(arn) for state, arn in arns.items()}
    results = {case.state: _ended(installation, case, arns[case.state], ended[case.state]) for case in CASES}
    return Deployment(min(after), max(after), results)


def _begin(installation: Installation, case: Case) -> str:
    """Begin the rollout of a case, and wait until it is in its state if that state takes long to reach."""
    for fault in case.faults:
        installation.request("add-fault", **fault)
    arn = installation.roll_out(case.function, case.requested_policy)
    if case.is_queued:
        installation.executions.wait_for_state(arn, "WaitForMetrics")
        arn = installation.roll_out_next(installation.shop(case.function), case.requested_policy, delay_ms=1)
    if case.before or not case.faults:
        installation.executions.wait_for_state(arn, case.state)
    return arn


def _wait_until_held(installation: Installation, arns: dict[str, str]) -> None:
    """Wait until each fault that is there has matched a call."""
    wait_for(
        lambda: not _unmatched(installation),
        lambda: f"Not held: {_unmatched(installation)}; {_last_states(installation, arns)}",
    )


def _unmatched(installation: Installation) -> list[tuple[str, str]]:
    faults = installation.request("list-faults")
    gated = {fault["contains"].removeprefix(GATE) for fault in faults if fault["contains"].startswith(GATE)}
    waited = [fault for fault in faults if fault["contains"].startswith(GATE) or fault["contains"] not in gated]
    return [(fault["caller"], fault["contains"]) for fault in waited if not fault["matched"]]


def _last_states(installation: Installation, arns: dict[str, str]) -> dict[str, str]:
    return {state: installation.executions.states(arn)[-1] for state, arn in arns.items()}


@contextmanager
def _update_held(installation: Installation, later: Path, folder: Path) -> Iterator[None]:
    """Run the documented deployment, and hold it before it updates the stack; at the end, wait for it."""
    installation.request("add-fault", **_UPDATE)
    with ThreadPoolExecutor(1) as executor:
        deployment = executor.submit(installation.deploy, later, folder)
        wait_for(lambda: not _unmatched(installation) or deployment.done(), lambda: "The stack is not updated.")
        try:
            yield
        finally:
            installation.request("clear-faults")
        deployment.result()


def _updated_at(installation: Installation) -> list[datetime]:
    """Return when each function of the stack was last updated."""
    names = [each["PhysicalResourceId"] for each in installation.resources if each["ResourceType"] == _FUNCTION]
    functions = installation.sandbox.client("lambda")
    modified = [functions.get_function_configuration(FunctionName=name)["LastModified"] for name in names]
    return [datetime.fromisoformat(each) for each in modified]


def _is_updated(installation: Installation, before: list[datetime]) -> bool:
    stack = installation.formation.describe_stacks(StackName=STACK)["Stacks"][0]
    return stack["StackStatus"] == "UPDATE_COMPLETE" and min(_updated_at(installation)) > max(before)


def _ended(installation: Installation, case: Case, arn: str, description: dict[str, Any]) -> Ended:
    shop = installation.shop(case.function)
    entry = installation.ledger.rollouts(shop)[-1]
    visits = installation.executions.visits(arn)
    return Ended(description, visits, shop.shares(), installation.ledger.lock(shop), entry)
