"""Restores an alias to stable for a rollout that still holds its lock."""

from datetime import datetime

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import LambdaAlias, alias_of
from rollout.domain.errors import AwsUnavailableError, VersionDeletedError
from rollout.lifecycle.orders import orders_on
from rollout.lifecycle.rollback import (
    RollbackContext,
    frozen_ending,
    is_own_state,
    rollback_ending,
    stable_deleted_ending,
)
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.endings import handed_over, promoted_with_release, stopped_before_traffic
from rollout.state.lock import Lock
from rollout.state.releases.release import ReleaseStatus
from rollout.tasks.releases.participation import fail_release


def roll_back(context: RollbackContext, now: datetime) -> Ending:
    """Let the alias serve stable alone, unless another writer moved it; return the ending of the rollout.

    Before the first write of the rollout, its canary has no share, and no late task can write: the alias is not
    touched. A part of a release that was promoted as a whole stays promoted.

    Raises AliasChangedError or AwsUnavailableError.
    """
    alias = alias_of(context.target)
    # The alias is read before the lock is checked: a guardian that takes over later changes the revision.
    state = alias.find()
    if ending := _ending_elsewhere(context, state):
        return ending
    if context.is_before_first_write:
        return stopped_before_traffic(context.target.name, context.canary_version, context.cause)
    return _promoted_ending(context, state, now) or _restore(alias, state, context)


def _promoted_ending(context: RollbackContext, state: AliasState | None, now: datetime) -> Ending | None:
    """Return the ending of a part of a promoted release whose task failed in the bake; None for all others.

    JudgeCanary lets the release fail before it decides a rollback, so only an error comes here without having done so.
    An unavailable ledger must not keep an alias split (P1).
    """
    if context.release is None or context.failure is None:
        return None
    try:
        part = context.release.part
        status = fail_release(part, part.name_of(context.target), context.cause, now)
    except AwsUnavailableError:
        return None
    if not (status is ReleaseStatus.PROMOTED and state and state.serves_alone(context.canary_version)):
        return None
    return promoted_with_release(context.target.name, context.canary_version, context.release.part, context.cause)


def _ending_elsewhere(context: RollbackContext, state: AliasState | None) -> Ending | None:
    """Return the ending of a rollout that lost its lock, was closed by the guardian or frozen; None for all others.

    An unavailable ledger must not keep an alias split (P1). The revision and the versions of the alias still protect
    other writers (P2).
    """
    try:
        lock = locks().begin_rollback(context.target, context.execution)
        ended = ledger().find_ending(context.target, context.execution)
        if lock and not (ended and ended.leaves_alias_unsplit):
            return _frozen_ending(context, lock, state)
        return ended or handed_over(
            f"{context.target.name} is left as it is, because this rollout no longer holds its lock. The rollout was"
            f" being rolled back because: {context.cause}"
        )
    except AwsUnavailableError:
        return None


def _frozen_ending(context: RollbackContext, lock: Lock, state: AliasState | None) -> Ending | None:
    orders = orders_on(lock)
    if not orders.frozen or not orders.is_frozen:
        return None
    cause = f"it was being rolled back because: {context.cause}"
    return frozen_ending(context.target.name, orders.frozen, state, cause)


def _restore(alias: LambdaAlias, state: AliasState | None, context: RollbackContext) -> Ending:
    if state is None or not is_own_state(state, context):
        return rollback_ending(state, context)
    # An alias that serves stable alone is written too: a late task fails its write only if the revision changes.
    try:
        alias.point_at(context.stable_version, state.revision_id)
    except VersionDeletedError:
        return _point_at_canary(alias, state, context)
    return rollback_ending(state, context)


def _point_at_canary(alias: LambdaAlias, state: AliasState, context: RollbackContext) -> Ending:
    """Point the alias at the canary where stable was deleted: a deleted version cannot serve any call."""
    alias.point_at(context.canary_version, state.revision_id)
    return stable_deleted_ending(context)
