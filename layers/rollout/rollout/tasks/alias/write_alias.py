"""Writes the alias of a rollout that holds its lock."""

from functools import partial

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import Change, alias_of
from rollout.domain.errors import LockLostError
from rollout.state.alias import AliasState
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout


def write_alias(rollout: Rollout, version: str, shares: dict[str, float]) -> AliasState:
    """Announce a write in the lock, and let the alias serve a version with shares in percent to others.

    `rollout` is the rollout before the write. Raises LockLostError, AliasChangedError, VersionDeletedError,
    NotAllowedError or AwsUnavailableError.
    """
    announced = locks().announce(lock_of(rollout, PlannedWrite(version=version, shares=shares)))
    _check_not_closed(rollout)
    change = Change(rollout.written_alias, check_lock=partial(locks().confirm, announced), is_first=announced.is_first)
    return alias_of(rollout.target).change(version, shares, change)


def _check_not_closed(rollout: Rollout) -> None:
    """Raise LockLostError where the guardian has closed the rollout.

    A late PrepareRollout of the same execution can take the lock again after the guardian has released it.
    """
    if ledger().find_ending(rollout.target, rollout.execution) is not None:
        raise LockLostError(
            f"Execution {rollout.execution.name} was closed in the ledger while it did not run, so it no longer holds"
            f" the lock of {rollout.target.name}. Nothing was written. To roll out the version again, start a new"
            " execution."
        )
