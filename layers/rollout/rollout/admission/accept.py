"""Accepts or refuses a request by the facts about its function, before anything is touched."""

from collections.abc import Iterator

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.queue import QueueDecision, alias_decision, back_refusals, hold_decision, queue_decision
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.refusals.of_hooks import hook_refusals
from rollout.admission.refusals.of_request import refusals, waiting_refusals
from rollout.admission.request import RolloutRequest
from rollout.admission.warnings import function_warnings
from rollout.auto.choose import choose
from rollout.auto.recent_day import RecentDay
from rollout.domain.enums import Move, Start
from rollout.domain.errors import AliasLockedError, RefusedError, VersionPendingError
from rollout.domain.identity import Execution
from rollout.domain.text import shorten
from rollout.judging.alarms import red_alarms
from rollout.judging.window import Timing
from rollout.state.releases.part import Participation
from rollout.state.rollout import Rollout


def with_chosen_steps(request: RolloutRequest, day: RecentDay, timing: Timing) -> RolloutRequest:
    """Return the request with the steps that the alias's calls choose, if its policy has `steps: Auto`."""
    if not request.policy.is_auto:
        return request
    plan = choose(request.policy, day, timing)
    return request.model_copy(update={"policy": plan.policy, "auto": plan})


def accept(request: RolloutRequest, facts: FunctionFacts, execution: Execution) -> Rollout:
    """Return the rollout with its `start`: begin, promote, queue or nothing to do.

    Raises VersionPendingError while the canary is Pending. Raises a RefusedError with the sentences of every refusal,
    of the class of the first one.
    """
    if reasons := [*all_refusals(request, facts, execution)]:
        raise combine_refusals(reasons)
    facts = _without_own_alias(facts, execution)
    canary = _canary(facts)
    rollout = _new_rollout(request, facts, canary, execution)
    decision, _ = _queue_result(request, facts, execution)
    if facts.rolled_out_before and facts.alias:
        return _already_rolled_out(rollout)
    decision = decision or alias_decision(facts) or hold_decision(facts)
    if decision:
        return rollout.model_copy(update=dict(decision))
    if canary.state == "Pending":
        raise VersionPendingError(
            f"Version {canary.version} of {facts.target.function} is still Pending. It is read again; if that does not"
            " help, start the rollout again when its State is Active (aws lambda get-function-configuration"
            f" --function-name {facts.target.function}:{canary.version})."
        )
    return _started(rollout, facts)


def all_refusals(request: RolloutRequest, facts: FunctionFacts, execution: Execution) -> Iterator[RefusedError]:
    """Yield every reason to refuse a request, as far as its fields are readable."""
    facts = _without_own_alias(facts, execution)
    decision, lock_refusals = _queue_result(request, facts, execution)
    yield from lock_refusals
    # A version that waits is not refused for what another rollout does to the alias meanwhile.
    yield from waiting_refusals(request, facts) if decision or lock_refusals else refusals(request, facts)
    yield from hook_refusals(facts, execution)


def _queue_result(
    request: RolloutRequest, facts: FunctionFacts, execution: Execution
) -> tuple[QueueDecision | None, list[RefusedError]]:
    """Return why the version cannot begin now, and the refusal if the policy does not let it wait."""
    version = facts.canary.version if facts.canary else request.version
    if version is None or request.unreadable_fields & {"alias", "version"}:
        return None, []
    if request.is_back:
        return None, [*back_refusals(execution, facts.lock)]
    try:
        return queue_decision(version, request.policy, execution, facts.lock, facts.queued), []
    except AliasLockedError as refusal:
        return None, [refusal]


def alias_description(execution: Execution) -> str:
    """Return the description of an alias that this execution creates, so that a retry recognizes it."""
    return f"Created by Lambda Rollouts, execution {execution.name}"


def _without_own_alias(facts: FunctionFacts, execution: Execution) -> FunctionFacts:
    """Leave out an alias that an earlier attempt of this execution created (P4)."""
    if facts.alias and facts.alias.description == alias_description(execution):
        return facts.model_copy(update={"alias": None, "stable": None})
    return facts


def _canary(facts: FunctionFacts) -> VersionFacts:
    if facts.canary is None:
        raise ValueError("a request for an unknown version was not refused")
    return facts.canary


def _new_rollout(request: RolloutRequest, facts: FunctionFacts, canary: VersionFacts, execution: Execution) -> Rollout:
    stable = facts.alias.version if facts.alias else canary.version
    return Rollout(
        execution=execution,
        target=facts.target,
        channel=facts.channel,
        stable_version=stable,
        canary_version=canary.version,
        policy=request.policy,
        policy_source=request.policy_source,
        is_back=request.is_back,
        published_at=request.published_at,
        release=Participation(part=request.release) if request.release else None,
        override_freeze=request.override_freeze,
        auto=request.auto.sentence if request.auto else "",
        revision_id=facts.alias.revision_id if facts.alias else "",
        red_before=red_alarms(facts.alarms),
        alarms_without_data=facts.alarms_without_data,
        p99_before=facts.p99_ms,
        log_groups=_log_groups(facts, canary),
        timeout_seconds=facts.longest_call_seconds,
        reason=f"{facts.target.name} serves version {stable}; version {canary.version} gets its first share next"
        f"{_format_auto(request)}",
    )


def _log_groups(facts: FunctionFacts, canary: VersionFacts) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(version.log_group for version in (canary, facts.stable) if version and version.log_group)
    )


def _format_auto(request: RolloutRequest) -> str:
    return f"; {request.auto.sentence}" if request.auto else ""


def _started(rollout: Rollout, facts: FunctionFacts) -> Rollout:
    if not facts.alias:
        return _alias_created(rollout)
    if facts.is_first_version:
        return _first_version(rollout)
    begun = _promoted_at_once(rollout) if rollout.policy.is_all_at_once else rollout
    if rollout.policy.hooks.before_traffic or rollout.release:
        begun = begun.model_copy(update={"start": Start.RUN_BEFORE_TRAFFIC_HOOKS, "next_move": None})
    reason = shorten("; warning: ".join([begun.reason, *function_warnings(facts)]))
    return begun.model_copy(update={"reason": reason})


def _already_rolled_out(rollout: Rollout) -> Rollout:
    return _nothing_to_do(
        rollout,
        f"version {rollout.canary_version} was already rolled out to {rollout.target.name}, and an event does not roll"
        " out a version twice: start an execution by hand to roll it out again",
    )


def _first_version(rollout: Rollout) -> Rollout:
    return _nothing_to_do(
        rollout,
        f"{rollout.target.name} serves version 1, the first version of its function: there is nothing to compare it"
        " with",
    )


def _alias_created(rollout: Rollout) -> Rollout:
    return _nothing_to_do(
        rollout,
        f"{rollout.target.name} did not exist and was created at version {rollout.canary_version}: there was nothing to"
        " compare it with",
    ).model_copy(update={"creates_alias": True})


def _nothing_to_do(rollout: Rollout, reason: str) -> Rollout:
    return rollout.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})


def _promoted_at_once(rollout: Rollout) -> Rollout:
    reason = (
        f"{rollout.target.name} serves version {rollout.stable_version}; version {rollout.canary_version} is promoted"
        f" next{_why_at_once(rollout)}"
    )
    # Announced before the write: RollBack has to recognize a promotion whose answer was lost as the rollout's own.
    return rollout.model_copy(update={"start": Start.PROMOTE, "next_move": Move.PROMOTE, "reason": reason})


def _why_at_once(rollout: Rollout) -> str:
    if rollout.auto:
        return f"; {rollout.auto}"
    return ", because the alias returns to it" if rollout.is_back else ", because the policy has no steps"
