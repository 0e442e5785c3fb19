"""Looks up the facts that a request depends on, and every reason to refuse it."""

from datetime import datetime
from typing import NamedTuple

from rollout.admission.accept import all_refusals, with_chosen_steps
from rollout.admission.back import earlier_version, no_earlier_version
from rollout.admission.events.version_event import is_started_by_event
from rollout.admission.facts import FunctionFacts, HookFacts
from rollout.admission.policy_source import choose_policy, placeholder_policy
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import RefusalList
from rollout.admission.request import ParsedRequest, RolloutRequest
from rollout.auto.recent_day import RecentDay
from rollout.aws.cloudwatch.alarms import alarms
from rollout.aws.cloudwatch.metrics import version_metrics
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.lambda_.hook_function import hook_function
from rollout.aws.lambda_.target_function import TargetFunction, target_function
from rollout.aws.parameter_store import stored_policies
from rollout.aws.settings import default_policy, timing
from rollout.domain.errors import InvalidPolicyError, RefusedError
from rollout.domain.identity import AccountRegion, Execution, Target
from rollout.policy.policy import Policy
from rollout.state.past_rollout import PastRollout
from rollout.state.rollout import SHORT_CALL_SECONDS
from rollout.tasks.find_hold import find_hold


class LookupResult(NamedTuple):
    """A request and its facts; None where they cannot be read."""

    request: RolloutRequest | None
    facts: FunctionFacts | None
    refusals: list[RefusedError]


def look_up(preparation: Preparation, now: datetime) -> LookupResult:
    """Return the facts of a request, as far as they can be read, and every reason to refuse it.

    Raises AwsUnavailableError or MetricsIncompleteError where AWS returns no complete answer.
    """
    refusals = RefusalList()
    parsed = preparation.parse(refusals)
    function = _function(parsed, refusals)
    request = _request(parsed, function, refusals)
    if request is None or function is None:
        return LookupResult(request, None, [*refusals])
    with refusals.collect():
        target = request.target(function.opted_in_alias)
        history = ledger().past_rollouts(target)
        request = _with_earlier_version(request, target, history)
        hold = find_hold(request.policy, request.override_freeze, now)
        facts = _facts(request, function, preparation, now).model_copy(update={"history": history, "hold": hold})
        request = with_chosen_steps(request, facts.recent_day or RecentDay(until=now), timing())
        return LookupResult(request, facts, [*refusals, *all_refusals(request, facts, preparation.execution)])
    return LookupResult(request, None, [*refusals])


def _function(parsed: ParsedRequest, refusals: RefusalList) -> TargetFunction | None:
    """Return the function with its tags read; None where it does not exist or cannot be read."""
    if parsed.function is None:
        return None
    with refusals.collect():
        function = target_function(parsed.account_region, parsed.function)
        _ = function.tags  # reads the function, so that its refusals are collected here and only once
        return function
    return None


def _request(parsed: ParsedRequest, function: TargetFunction | None, refusals: RefusalList) -> RolloutRequest | None:
    """Return the request with its policy, or with a placeholder for a refused one; None without a function name."""
    policy_and_source, written = None, None
    try:
        policy_and_source = _policy(parsed, function)
    except RefusedError as refusal:
        refusals.add(refusal)
        written = refusal.written if isinstance(refusal, InvalidPolicyError) else None
    if parsed.function is None:
        return None
    if policy_and_source is None:
        return parsed.without("policy").with_policy(placeholder_policy(written), "")
    return parsed.with_policy(*policy_and_source)


def _policy(parsed: ParsedRequest, function: TargetFunction | None) -> tuple[Policy, str] | None:
    """Return the policy and where it came from; None where it depends on tags that cannot be read.

    Raises InvalidPolicyError or UnknownPolicyError.
    """
    if parsed.policy is None and function is None:
        return None
    choice = choose_policy(parsed.policy, function.tags if function else {}, default_policy())
    name = choice.stored_name
    stored = stored_policies().find(name) if name else None
    return choice.resolve(stored), choice.describe_source(stored)


def _with_earlier_version(request: RolloutRequest, target: Target, history: tuple[PastRollout, ...]) -> RolloutRequest:
    """Return the request with the version to return to, if it is to be looked up; raises NoEarlierVersionError."""
    if not request.is_back or request.version or "version" in request.unreadable_fields:
        return request
    alias = alias_of(target).find()
    version = earlier_version(history, alias.version) if alias else None
    if version is None:
        raise no_earlier_version(target, alias, history)
    return request.model_copy(update={"version": version})


def _facts(request: RolloutRequest, function: TargetFunction, preparation: Preparation, now: datetime) -> FunctionFacts:
    """Return the function, its versions and alias, the alarms, stable's p99, the lock and the queue."""
    target, execution = request.target(function.opted_in_alias), preparation.execution
    # The lock is read before the alias and after it: otherwise the split of a rollout that begins or ends in between
    # looks like another writer's.
    lock_before = locks().find(target)
    facts = function.facts(request)
    missing_since = preparation.waiting.alias_missing_since
    has_long_calls = facts.longest_call_seconds > SHORT_CALL_SECONDS
    needs_p99 = facts.alias and (request.policy.learns_slow_limit or has_long_calls)
    metrics = version_metrics(target.account_region)
    p99_ms = metrics.p99(target, now) if needs_p99 else None
    recent_day = metrics.recent_day(target, now) if request.policy.is_auto and facts.alias else None
    alarm_adapter = alarms(target.account_region)
    alarm_states = alarm_adapter.alarm_states([*request.policy.alarms])
    queued, by_event = queue().find(target), _is_by_event(request, target, execution)
    return facts.model_copy(
        update={
            "alarms": alarm_states,
            "alarms_without_data": alarm_adapter.without_data([*alarm_states], now),
            "hooks": _hook_facts(request.policy, target.account_region),
            "p99_ms": p99_ms,
            "recent_day": recent_day,
            "lock": lock_before or locks().find(target),
            "started_by_event": by_event,
            "rolled_out_before": by_event
            and ledger().has_rollout_of(target, request.version or "", besides=execution.arn),
            "alias_missing_seconds": (now - missing_since).total_seconds() if missing_since else 0,
            "queued": queued if queued and queued.is_waiting_at(now) else None,
        }
    )


def _hook_facts(policy: Policy, account_region: AccountRegion) -> dict[str, HookFacts]:
    """Return the functions that the policy names as hooks; raises TagsUnreadableError or AwsUnavailableError."""
    named = ((function, *function.partition(":")[::2], field) for function, field in policy.hooks.functions)
    return {
        function: hook_function(account_region, name).facts(qualifier, field)
        for function, name, qualifier, field in named
    }


def _is_by_event(request: RolloutRequest, target: Target, execution: Execution) -> bool:
    """Whether an event or a sweep started the execution, so that P7 applies; a person may repeat a rollout."""
    return is_started_by_event(execution.name, target, request.version or "")
