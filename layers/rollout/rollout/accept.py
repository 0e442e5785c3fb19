"""Accepts a request, from what was found; nothing has been touched yet."""

from rollout.alarms import red_alarms
from rollout.claim import turn
from rollout.errors import UnknownVersionError, VersionPendingError
from rollout.facts import FunctionFacts, VersionFacts
from rollout.models import Execution, Rollout
from rollout.refusals import refusals, waiting_refusals
from rollout.request import RolloutRequest
from rollout.words import Move, Start


def accept(request: RolloutRequest, found: FunctionFacts, execution: Execution) -> Rollout:
    """Return the rollout to begin, one that waits for its turn, or one with nothing to do.

    Raises VersionPendingError while the canary is being made ready, and else the first RefusedError there is, with
    the sentences of all of them.
    """
    found = _without_our_own(found, execution)
    canary = _canary(request, found)
    behind = turn(canary.version, request.policy, execution, found.claim, found.waiting)
    # What another rollout is doing to the alias speaks against nobody who waits for it to end.
    if refused := [*(waiting_refusals(canary, found) if behind else refusals(canary, found, request.policy))]:
        raise type(refused[0])(" ".join(str(refusal) for refusal in refused))
    if found.rolled_out_before and found.alias:
        return _repeated(_begun(request, found, canary, execution))
    if behind:
        return _begun(request, found, canary, execution).model_copy(update=dict(behind))
    if canary.state == "Pending":
        raise VersionPendingError(f"Version {canary.version} of {found.target.function} is still Pending.")
    begun = _begun(request, found, canary, execution)
    if not found.alias:
        return _nothing_to_compare(begun)
    return _promoted_at_once(begun) if request.policy.is_all_at_once else begun


def alias_mark(execution: Execution) -> str:
    """Return the description of an alias we make, by which a repeated task knows its own work."""
    return f"Made by Lambda Rollouts, execution {execution.name}"


def _without_our_own(found: FunctionFacts, execution: Execution) -> FunctionFacts:
    """Leave out an alias that this execution made in an attempt whose answer was lost (P4)."""
    if found.alias and found.alias.description == alias_mark(execution):
        return found.model_copy(update={"alias": None, "stable": None})
    return found


def _canary(request: RolloutRequest, found: FunctionFacts) -> VersionFacts:
    function = found.target.function
    if found.canary:
        return found.canary
    if found.newest_version is None:
        raise UnknownVersionError(
            f"{function} has no published version: publish one (aws lambda publish-version --function-name {function})."
        )
    raise UnknownVersionError(
        f"{function} has no version {request.version}; its newest is {found.newest_version}: name one that exists, or"
        " leave version out to take the newest."
    )


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


def _nothing_to_compare(begun: Rollout) -> Rollout:
    reason = (
        f"{begun.target.name} did not exist, so it was made at version {begun.canary_version};"
        " there was nothing to compare it with"
    )
    return begun.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})
