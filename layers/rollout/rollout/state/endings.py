"""The endings, each with the error code and the sentence that its Fail state shows."""

from rollout.domain.enums import Outcome
from rollout.domain.errors import RefusedError
from rollout.domain.hook_errors import StoppedBeforeTrafficError
from rollout.domain.text import as_sentence, shorten
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.failure import Failure, format_failure
from rollout.state.releases.part import ReleasePart
from rollout.state.rollout import Rollout


def promoted(rollout: Rollout, reason: str) -> Ending:
    """Return the successful ending: the alias serves the canary alone."""
    canary = rollout.canary_version
    cause = f"{rollout.target.name} serves version {canary} alone; {reason}"
    return Ending(outcome=Outcome.PROMOTED, error="", cause=cause)


def promoted_with_release(target_name: str, canary_version: str, part: ReleasePart, cause: str) -> Ending:
    """Return the successful ending of a part that an error or a stop ended after its release was promoted."""
    return ending_of(
        Outcome.PROMOTED,
        f"{target_name} serves version {canary_version} alone, because the release {part.name} was promoted as a"
        f" whole before: {cause}",
    )


def rolled_back(target_name: str, stable_version: str, reason: str) -> Ending:
    """Return the failed but safe ending: the alias serves stable alone."""
    cause = f"{target_name} serves version {stable_version} alone again; {reason}"
    return Ending(outcome=Outcome.ROLLED_BACK, error="RolloutRolledBack", cause=cause)


def restored_because(ending: Ending, reason: str) -> Ending:
    """Return the ending of RestoreAlias with the reason of the decision to roll back, which it cannot read itself.

    Other endings are returned as they are: they have their reason. After a failed task, the reason in the document is
    the one of an earlier decision.
    """
    if not ending.restored_revision or not reason:
        return ending
    cause = f"{ending.cause} The rollout was being rolled back because: {reason}"
    return ending.model_copy(update={"cause": shorten(as_sentence(cause))})


def handed_over_by_policy(rollout: Rollout, reason: str) -> Ending:
    """Return the ending for `on_inconclusive: hand_over`: the canary keeps its share."""
    if rollout.is_before_traffic:
        return handed_over(
            f"{rollout.target.name} was not touched, and version {rollout.canary_version} has had no traffic, for a"
            f" person to decide; {reason}"
        )
    return handed_over(
        f"{rollout.target.name} is left with {rollout.percent:g} % on version {rollout.canary_version}, for a person to"
        f" decide; {reason}"
    )


def handed_over(reason: str) -> Ending:
    """Return the ending in which the alias stays as it is, for a person to decide."""
    return Ending(outcome=Outcome.HANDED_OVER, error="RolloutHandedOver", cause=reason)


def moved_by_other(reason: str, alias: AliasState | None) -> Ending:
    """Return the ending of a rollout whose alias another writer moved; None for an alias that no longer exists."""
    return handed_over(reason).model_copy(update={"moved_revision": alias.revision_id if alias else ""})


def rejected(refusal: RefusedError) -> Ending:
    """Return the ending of a refused request; nothing was touched."""
    return Ending(outcome=Outcome.REJECTED, error=type(refusal).__name__, cause=str(refusal))


def stopped_before_traffic(target_name: str, canary_version: str, cause: str) -> Ending:
    """Return the ending of a rollout that is stopped before its canary has had traffic; nothing was touched."""
    return rejected(
        StoppedBeforeTrafficError(
            f"{target_name} was not touched, and version {canary_version} has had no traffic: {cause}"
        )
    )


def rollback_failed(target_name: str, stable_version: str, failure: Failure) -> Ending:
    """Return the ending that needs a person at once: the alias may still be split."""
    cause = (
        f"{target_name} may still be split: neither RollBack nor RestoreAlias could point it at version"
        f" {stable_version} alone; {as_sentence(format_failure(failure))} Do it by hand: docs/runbook.md,"
        " RollbackFailed"
    )
    return Ending(outcome=Outcome.ROLLBACK_FAILED, error="RollbackFailed", cause=cause)


def ending_of(outcome: Outcome, cause: str) -> Ending:
    """Return an ending from the ledger's outcome and cause, with the error code of its Fail state."""
    errors = {
        Outcome.PROMOTED: "",
        Outcome.ROLLED_BACK: "RolloutRolledBack",
        Outcome.HANDED_OVER: "RolloutHandedOver",
        Outcome.ROLLBACK_FAILED: "RollbackFailed",
        Outcome.REJECTED: "RolloutRejected",
    }
    return Ending(outcome=outcome, error=errors[outcome], cause=cause)


def format_moved(target_name: str, expected: str, alias: AliasState | None) -> str:
    """Return the sentence for an alias that another writer moved; None for an alias that no longer exists."""
    actual = f"points at {alias.format()}" if alias else "no longer exists"
    return f"{target_name} was moved by another writer: {expected} was expected, but it {actual}"
