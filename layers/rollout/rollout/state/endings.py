"""The endings, each with the error code and the sentence its Fail state shows."""

import json

from rollout.domain.enums import Outcome
from rollout.domain.errors import RefusedError
from rollout.state.alias import AliasState
from rollout.state.rollout import Ending, Failure, Rollout


def promoted(rollout: Rollout, reason: str) -> Ending:
    """Return the green ending: the alias serves the canary alone."""
    cause = f"{rollout.target.name} serves version {rollout.canary_version} alone; {reason}"
    return Ending(outcome=Outcome.PROMOTED, error="", cause=cause)


def rolled_back(target_name: str, stable_version: str, reason: str) -> Ending:
    """Return the red, safe ending: the alias serves stable alone."""
    cause = f"{target_name} serves version {stable_version} alone again; {reason}"
    return Ending(outcome=Outcome.ROLLED_BACK, error="RolloutRolledBack", cause=cause)


def handed_over_by_policy(rollout: Rollout, reason: str) -> Ending:
    """Return the ending the policy chose: the canary keeps the share it has."""
    return handed_over(
        f"{rollout.target.name} is left with {rollout.percent:g} % on version {rollout.canary_version}, for a person to"
        f" decide; {reason}"
    )


def handed_over(reason: str) -> Ending:
    """Return the ending in which the alias is left as it is, for a person to decide."""
    return Ending(outcome=Outcome.HANDED_OVER, error="RolloutHandedOver", cause=reason)


def rejected(refusal: RefusedError) -> Ending:
    """Return the ending of a request that was refused before anything was touched."""
    return Ending(outcome=Outcome.REJECTED, error=type(refusal).__name__, cause=str(refusal))


def rollback_failed(target_name: str, stable_version: str, failure: Failure) -> Ending:
    """Return the ending to page somebody for: the alias may still be split."""
    cause = (
        f"{target_name} may still be split: neither RollBack nor RestoreAlias could point it at version"
        f" {stable_version} alone; {format_failure(failure)}. Do it by hand: docs/runbook.md, RollbackFailed"
    )
    return Ending(outcome=Outcome.ROLLBACK_FAILED, error="RollbackFailed", cause=cause)


def ending_of(outcome: Outcome, cause: str) -> Ending:
    """Return an ending as the ledger has it, with the error code of its Fail state."""
    names = {
        Outcome.PROMOTED: "",
        Outcome.ROLLED_BACK: "RolloutRolledBack",
        Outcome.HANDED_OVER: "RolloutHandedOver",
        Outcome.ROLLBACK_FAILED: "RollbackFailed",
        Outcome.REJECTED: "RolloutRejected",
    }
    return Ending(outcome=outcome, error=names[outcome], cause=cause)


def with_writer(ending: Ending, who: str) -> Ending:
    """Return an ending with who brought it about, if anybody is known."""
    if not who:
        return ending
    return ending.model_copy(update={"cause": f"{ending.cause}. CloudTrail says it was {who}"})


def format_moved(target_name: str, expected: str, found: AliasState | None) -> str:
    """Return the sentence for an alias that somebody else has moved."""
    there = f"points at {found.format()}" if found else "no longer exists"
    return f"{target_name} was moved by somebody else: {expected} was expected, and it {there}"


def format_failure(failure: Failure) -> str:
    """Return a failure as a sentence; Lambda wraps the message of an exception in JSON, others do not."""
    try:
        message = json.loads(failure.cause)["errorMessage"]
    except (ValueError, TypeError, KeyError):
        message = failure.cause
    return f"{failure.error}: {message}" if message else failure.error
