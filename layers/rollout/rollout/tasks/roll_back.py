"""Puts an alias back to stable, for a rollout that still holds its claim."""

from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.wiring import alias_of, ledger, locks
from rollout.domain.errors import AwsUnavailableError, VersionDeletedError
from rollout.lifecycle.rollback import RollbackContext, must_write, rollback_ending, stable_deleted_ending
from rollout.state.alias import AliasState
from rollout.state.endings import handed_over
from rollout.state.rollout import Ending


def roll_back(way: RollbackContext) -> Ending:
    """Let the alias serve stable alone, as far as it is ours; return how the rollout ends.

    Raises AliasChangedError or AwsUnavailableError.
    """
    alias = alias_of(way.target)
    # Found before the claim is looked at: whoever takes the alias over after that changes its revision.
    found = alias.find()
    return _ended_elsewhere(way) or _put_back(alias, found, way)


def _ended_elsewhere(way: RollbackContext) -> Ending | None:
    """Return how somebody else has ended the rollout; None where it holds its claim, or where nobody can tell.

    A ledger that cannot be read must not keep an alias split (P1): the revision and the versions found on the alias
    still guard against overwriting anybody (P2).
    """
    try:
        lock = locks().find(way.target)
        if lock and lock.belongs_to(way.execution.arn):
            return None
        return ledger().ended(way.target, way.execution) or handed_over(
            f"{way.target.name} is left as it is, to whoever has its claim by now; it was being taken back because:"
            f" {way.why}"
        )
    except AwsUnavailableError:
        return None


def _put_back(alias: LambdaAlias, found: AliasState | None, way: RollbackContext) -> Ending:
    if found is None or not must_write(found, way):
        return rollback_ending(found, way)
    try:
        alias.point_at(way.stable_version, found.revision_id)
    except VersionDeletedError:
        return _keep_serving(alias, found, way)
    return rollback_ending(found, way)


def _keep_serving(alias: LambdaAlias, found: AliasState, way: RollbackContext) -> Ending:
    """Point the alias at the canary where stable was deleted: an alias at a version that is gone serves nobody."""
    alias.point_at(way.canary_version, found.revision_id)
    return stable_deleted_ending(way)
