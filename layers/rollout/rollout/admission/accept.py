"""Accepts a request, from what was found; nothing has been touched yet."""

from collections.abc import Iterator

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.queue import QueueDecision, queue_decision
from rollout.admission.refusal_list import combine_refusals
from rollout.admission.refusals import refusals, waiting_refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Move, Start
from rollout.domain.errors import AliasLockedError, RefusedError, VersionPendingError
from rollout.domain.identity import Execution
from rollout.judging.alarms import red_alarms
from rollout.state.rollout import Rollout


def accept(request: RolloutRequest, found: FunctionFacts, execution: Execution) -> Rollout:
    """Return the rollout to begin, one that waits for its turn, or one with nothing to do.

    Raises VersionPendingError while the canary is being made ready, and else the first RefusedError there is, with
    the sentences of all of them.
    """
    if refused := [*all_refusals(request, found, execution)]:
        raise combine_refusals(refused)
    found = _without_our_own(found, execution)
    canary = _canary(found)
    behind = queue_decision(canary.version, request.policy, execution, found.lock, found.queued)
    if found.rolled_out_before and found.alias:
        return _repeated(_begun(request, found, canary, execution))
    if behind:
        return _begun(request, found, canary, execution).model_copy(update=dict(behind))
    if canary.state == "Pending":
        raise VersionPendingError(f"Version {canary.version} of {found.target.function} is still Pending.")
    return _opened(_begun(request, found, canary, execution), found)


def all_refusals(request: RolloutRequest, found: FunctionFacts, execution: Execution) -> Iterator[RefusedError]:
    """Yield every reason to refuse a request by what was found, as far as its fields could be read."""
    found = _without_our_own(found, execution)
    behind, claimed = _place_in_line(request, found, execution)
    yield from claimed
    # What another rollout is doing to the alias speaks against nobody who waits for it to end.
    yield from waiting_refusals(request, found) if behind or claimed else refusals(request, found)


def _place_in_line(
    request: RolloutRequest, found: FunctionFacts, execution: Execution
) -> tuple[QueueDecision | None, list[RefusedError]]:
    """Return what keeps the version from beginning now, and why the policy lets it not wait for that."""
    version = found.canary.version if found.canary else request.version
    if version is None or request.unreadable_fields & {"alias", "version"}:
        return None, []
    try:
        return queue_decision(version, request.policy, execution, found.lock, found.queued), []
    except AliasLockedError as claimed:
        return None, [claimed]


def alias_description(execution: Execution) -> str:
    """Return the description of an alias we make, by which a repeated task knows its own work."""
    return f"Made by Lambda Rollouts, execution {execution.name}"


def _without_our_own(found: FunctionFacts, execution: Execution) -> FunctionFacts:
    """Leave out an alias that this execution made in an attempt whose answer was lost (P4)."""
    if found.alias and found.alias.description == alias_description(execution):
        return found.model_copy(update={"alias": None, "stable": None})
    return found


def _canary(found: FunctionFacts) -> VersionFacts:
    if found.canary is None:
        raise ValueError("a version that does not exist was not objected to")
    return found.canary


def _begun(request: RolloutRequest, found: FunctionFacts, canary: VersionFacts, execution: Execution) -> Rollout:
    stable = found.alias.version if found.alias else canary.version
    return Rollout(
        execution=execution,
        target=found.target,
        stable_version=stable,
        canary_version=canary.version,
        policy=request.policy,
        policy_source=request.policy_source,
        revision_id=found.alias.revision_id if found.alias else "",
        red_before=red_alarms(found.alarms),
        p99_before=found.p99_ms,
        reason=f"{found.target.name} serves version {stable}; version {canary.version} gets its first share next",
    )


def _repeated(begun: Rollout) -> Rollout:
    reason = (
        f"version {begun.canary_version} was rolled out to {begun.target.name} before, and no event starts that twice:"
        " start an execution by hand to try it again"
    )
    return begun.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})


def _promoted_at_once(begun: Rollout) -> Rollout:
    reason = (
        f"{begun.target.name} serves version {begun.stable_version}; version {begun.canary_version} is promoted next,"
        " at once, as the policy has no steps"
    )
    # Said before it is done: a promotion whose answer is lost has to be known for our own on the way back.
    return begun.model_copy(update={"start": Start.PROMOTE, "next_move": Move.PROMOTE, "reason": reason})


def _opened(begun: Rollout, found: FunctionFacts) -> Rollout:
    if not found.alias:
        return _nothing_to_compare(begun)
    if found.is_first_version:
        return _first(begun)
    return _promoted_at_once(begun) if begun.policy.is_all_at_once else begun


def _first(begun: Rollout) -> Rollout:
    reason = f"{begun.target.name} serves version 1, its function's first: there is nothing to compare it with"
    return begun.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})


def _nothing_to_compare(begun: Rollout) -> Rollout:
    reason = (
        f"{begun.target.name} did not exist, so it was made at version {begun.canary_version};"
        " there was nothing to compare it with"
    )
    return begun.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})
