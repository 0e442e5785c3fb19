"""Runs a release of many functions, of which the last two fail when all others wait for them."""

import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.deploy import deployed
from sandbox.server import free_port
from sandbox.shop import Shop
from stress.faults.audit import Audit
from stress.faults.stack import Stack
from stress.load import observe, rollouts
from stress.load.calls import count_calls
from stress.load.process_usage import PeakUsage
from stress.load.promises import ROLLED_BACK
from stress.load.release.promises import ReleaseResult
from stress.load.run_load import REQUESTS_PER_SECOND, throttled_calls
from stress.release_ledger import LedgerRelease, read_release

BAD = 2
"""How many functions fail. They are started last, so that the others hold their share by then."""
_RELEASE = "load"
_BAD_STEPS = [{"percent": 10, "hold": 5}, {"percent": 50, "hold": 60}]
"""Long enough for the others to pass their steps."""
_POLICIES: dict[str, dict[str, Any]] = {
    "load-good": {},
    "load-bad": {"steps": _BAD_STEPS, "on_inconclusive": "roll_back"},
}
"""Stored policies, because the inputs of 200 rollouts have to fit into one state."""
_TAGGERS = 8
_END_SECONDS = 1500
_POLL_SECONDS = 1


def run_release(count: int, report: Callable[[str], object]) -> ReleaseResult:
    """Release this many functions, two of them bad; return the result when everything is settled."""
    with deployed(free_port(), "load", report) as (local, outputs), Audit(local) as audit:
        stack = Stack(local, outputs, audit)
        report(f"Creating {count} functions")
        shops = _create_functions(stack, count)
        stack.request("set-request-rate", per_second=REQUESTS_PER_SECOND)
        log_end = local.audit.stat().st_size
        report(f"Releasing {count} functions, the last {BAD} of them bad")
        with PeakUsage(local.process.pid) as usage:
            execution = _start(stack, shops)
            description = _wait_until_ended(stack, execution)
        started = _started(stack, shops, read_release(stack, _RELEASE, execution))
        report("Reading every alias and every ledger entry")
        observe.wait_until_settled(stack, started)
        calls = count_calls(local.audit, log_end, stack.ids)
        return ReleaseResult(
            functions=[shop.name for shop in shops],
            bad=[shop.name for shop in shops[-BAD:]],
            ending=description.get("error") or description["status"],
            cause=description.get("cause") or "",
            seconds=_seconds(description),
            ledger=read_release(stack, _RELEASE, execution),
            rollouts=observe.read_results(stack, started),
            calls=dict(sum(map(Counter, calls.values()), Counter())),
            throttled_calls=throttled_calls(stack),
            peak=usage.peak,
        )


def _create_functions(stack: Stack, count: int) -> list[Shop]:
    """Create functions whose second version waits for a release, so that no sweep rolls it out by itself."""
    for name, changes in _POLICIES.items():
        policy = json.dumps(rollouts.POLICY | changes)
        stack.client("ssm").put_parameter(Name=f"/rollouts/policies/{name}", Value=policy, Type="String")
    shops = rollouts.create_functions(stack, count)
    with ThreadPoolExecutor(_TAGGERS) as taggers:
        list(taggers.map(lambda shop: shop.tag("rollout:release", ""), shops))
    return shops


def _start(stack: Stack, shops: list[Shop]) -> str:
    good, bad = _POLICIES
    functions = [{"function": shop.name, "policy": good} for shop in shops[:-BAD]]
    functions += [{"function": shop.name, "policy": bad} for shop in shops[-BAD:]]
    response = stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.outputs["ReleaseStateMachineArn"],
        input=json.dumps({"release": _RELEASE, "functions": functions}),
    )
    return str(response["executionArn"])


def _wait_until_ended(stack: Stack, execution: str) -> dict[str, Any]:
    """Return the description of an execution when it has ended, or after _END_SECONDS."""
    deadline = time.monotonic() + _END_SECONDS
    while (description := stack.describe(execution))["status"] == "RUNNING" and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return description


def _started(stack: Stack, shops: list[Shop], release: LedgerRelease) -> list[rollouts.StartedRollout]:
    """Return the rollouts of a release that were started; each has to return to stable."""
    arns = {each["name"]: each["executionArn"] for each in observe.executions(stack)}
    found = [(shop, arns.get(release.executions.get(shop.name, ""))) for shop in shops]
    return [rollouts.StartedRollout(shop, ROLLED_BACK, arn) for shop, arn in found if arn]


def _seconds(description: dict[str, Any]) -> float:
    ended = description.get("stopDate")
    return (ended - description["startDate"]).total_seconds() if ended else float("inf")
