"""Gathers what a request meets, and all that speaks against it."""

from datetime import datetime
from typing import NamedTuple

from rollout.admission.accept import all_refusals
from rollout.admission.facts import FunctionFacts
from rollout.admission.policy_source import PLACEHOLDER_POLICY, choose_policy
from rollout.admission.refusal_list import RefusalList
from rollout.admission.request import ParsedRequest, Preparation, RolloutRequest
from rollout.admission.version_event import execution_name
from rollout.aws.lambda_.functions import FunctionLookup
from rollout.aws.parameter_store import stored_policies
from rollout.aws.settings import default_policy
from rollout.aws.wiring import alarms, ledger, locks, lookup, queue, version_metrics
from rollout.domain.errors import RefusedError
from rollout.domain.identity import Execution, Target
from rollout.policy.policy import Policy


class LookupResult(NamedTuple):
    """A request and what it meets; None where its function cannot be read."""

    request: RolloutRequest | None
    found: FunctionFacts | None
    refusals: list[RefusedError]


def look_up(asked: Preparation, now: datetime) -> LookupResult:
    """Return what a request meets, looked up as far as it can be read, and every reason there is to refuse it.

    Raises AwsUnavailableError or MetricsIncompleteError where AWS gave no whole answer.
    """
    reasons = RefusalList()
    wanted = asked.parse(reasons)
    function = _function(wanted, reasons)
    request = _request(wanted, function, reasons)
    if request is None or function is None:
        return LookupResult(request, None, [*reasons])
    with reasons.collect():
        found = _facts(request, function, asked.execution, now)
        return LookupResult(request, found, [*reasons, *all_refusals(request, found, asked.execution)])
    return LookupResult(request, None, [*reasons])


def _function(wanted: ParsedRequest, reasons: RefusalList) -> FunctionLookup | None:
    """Return the function with its tags read; None where it does not exist, or nobody lets us read it."""
    if wanted.function is None:
        return None
    with reasons.collect():
        function = lookup(wanted.account_region, wanted.function)
        _ = function.tags  # whatever is refused about the function is refused here, once
        return function
    return None


def _request(wanted: ParsedRequest, function: FunctionLookup | None, reasons: RefusalList) -> RolloutRequest | None:
    """Return the request with its policy, or with the one that stands in for it; None without a function's name."""
    read = None
    with reasons.collect():
        read = _policy(wanted, function)
    if wanted.function is None:
        return None
    return wanted.with_policy(*read) if read else wanted.without("policy").with_policy(PLACEHOLDER_POLICY, "")


def _policy(wanted: ParsedRequest, function: FunctionLookup | None) -> tuple[Policy, str] | None:
    """Return the policy, read whole from wherever it is, and where that was; None where only a tag could tell.

    Raises InvalidPolicyError or UnknownPolicyError.
    """
    if wanted.policy is None and function is None:
        return None
    choice = choose_policy(wanted.policy, function.tags if function else {}, default_policy())
    name = choice.stored_name
    stored = stored_policies().find(name) if name else None
    return choice.resolve(stored), choice.describe_source(stored)


def _facts(request: RolloutRequest, function: FunctionLookup, execution: Execution, now: datetime) -> FunctionFacts:
    """Return the function, its versions and alias, and what the policy's alarms and metrics start from."""
    target = request.target(function.opted_in_alias)
    # Before the alias and after it: a rollout that ends or begins meanwhile must not make it look like a stranger's.
    held_before = locks().find(target)
    found = function.facts(request)
    learnt = (
        version_metrics(target.account_region).p99(target, now)
        if request.policy.learns_slow_limit and found.alias
        else None
    )
    watched = alarms(target.account_region).alarm_states([*request.policy.alarms])
    waiting, by_event = queue().find(target), _is_by_event(request, target, execution)
    return found.model_copy(
        update={
            "alarms": watched,
            "p99_ms": learnt,
            "lock": held_before or locks().find(target),
            "started_by_event": by_event,
            "rolled_out_before": by_event and ledger().knows(target, request.version or "", besides=execution.arn),
            "queued": waiting if waiting and waiting.is_waiting_at(now) else None,
        }
    )


def _is_by_event(request: RolloutRequest, target: Target, execution: Execution) -> bool:
    """Whether an event or a sweep asks, to whom P7 applies: a person may ask as often as they like, by other names."""
    return execution.name == execution_name(target, request.version or "")
