"""Runs a number of concurrent rollouts in a local AWS of their own."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sandbox.deploy import deployed
from sandbox.server import free_port
from stress.faults.audit import Audit
from stress.faults.stack import Stack
from stress.load import observe, rollouts
from stress.load.calls import count_calls
from stress.load.process_usage import PeakUsage, ProcessUsage
from stress.load.promises import RolloutResult, broken_promises

Progress = Callable[[int], AbstractContextManager[Callable[[int], object]]]
"""Shows, for a number of rollouts, how many have ended."""
REQUESTS_PER_SECOND = 15
"""Lambda's limit for an account's control plane requests, except Invoke and GetFunction."""
_THROTTLED_CALLS_METRIC = '"ThrottledCalls"'


@dataclass(frozen=True)
class LoadResult:
    """The results of rollouts that were started together, and the resources they used."""

    rollouts: list[RolloutResult]
    peak: ProcessUsage
    calls: dict[str, dict[str, int]]
    """The calls that each function of the stack made, by IAM's name of the action, from the first start on."""
    is_limited: bool
    """Whether Lambda throttled at its limit."""
    throttled_calls: int
    """Throttled AWS calls of the stack's functions, from their own metric ThrottledCalls."""

    @property
    def broken(self) -> dict[str, list[str]]:
        """The broken promises, by the name of the function whose rollout broke them."""
        return {rollout.function: sentences for rollout in self.rollouts if (sentences := broken_promises(rollout))}

    @property
    def unsplit(self) -> int:
        return sum(rollout.alias.unsplit_version is not None for rollout in self.rollouts)

    @property
    def throttled_attempts(self) -> int:
        return sum(sum(rollout.throttled_attempts) for rollout in self.rollouts)

    @property
    def max_throttled_attempts(self) -> int:
        """The most attempts of one task that Lambda throttled."""
        return max(max(rollout.throttled_attempts, default=0) for rollout in self.rollouts)

    def ended(self, outcome: str | None) -> int:
        return sum(rollout.outcome == outcome for rollout in self.rollouts)

    @property
    def states(self) -> dict[str, int]:
        """How often the executions entered each state."""
        return dict(sum((rollout.states for rollout in self.rollouts), Counter()))

    @property
    def starting_seconds(self) -> float:
        starts = [rollout.started_at for rollout in self.rollouts]
        return (max(starts) - min(starts)).total_seconds()

    @property
    def seconds(self) -> float:
        """Seconds from the first start to the last end."""
        starts = [rollout.started_at for rollout in self.rollouts]
        return (max(map(_end, self.rollouts)) - min(starts)).total_seconds()

    @property
    def slowest_seconds(self) -> float:
        return max((_end(rollout) - rollout.started_at).total_seconds() for rollout in self.rollouts)


def run_load(count: int, report: Callable[[str], object], progress: Progress, *, is_limited: bool = True) -> LoadResult:
    """Roll out this many functions concurrently; return the results when everything is settled.

    Without the limit, Lambda throttles no call of the control plane, so that each call is made once.
    """
    with deployed(free_port(), "load", report) as (local, outputs), Audit(local) as audit:
        stack = Stack(local, outputs, audit)
        report(f"Creating {count} functions")
        shops = rollouts.create_functions(stack, count)
        if is_limited:
            stack.request("set-request-rate", per_second=REQUESTS_PER_SECOND)
        with PeakUsage(local.process.pid) as usage, progress(count) as show_ended:
            log_end = local.audit.stat().st_size
            started = rollouts.start_rollouts(stack, shops)
            observe.wait_until_ended(stack, started, show_ended)
        report("Reading every alias and every ledger entry")
        observe.wait_until_settled(stack, started)
        calls = count_calls(local.audit, log_end, stack.ids)
        return LoadResult(observe.read_results(stack, started), usage.peak, calls, is_limited, throttled_calls(stack))


def throttled_calls(stack: Stack) -> int:
    """Count the throttled calls of the stack by the log lines from which CloudWatch extracts the metric."""
    pages = stack.client("logs").get_paginator("filter_log_events")
    events = pages.paginate(logGroupName=stack.ids["RolloutLogs"], filterPattern=_THROTTLED_CALLS_METRIC)
    return sum(len(page["events"]) for page in events)


def _end(rollout: RolloutResult) -> datetime:
    return rollout.stopped_at or datetime.now(rollout.started_at.tzinfo)
