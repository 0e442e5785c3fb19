"""Writes the alias of a rollout that holds its lock."""

from functools import partial

from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import Change, alias_of
from rollout.state.alias import AliasState
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout


def write_alias(rollout: Rollout, version: str, shares: dict[str, float]) -> AliasState:
    """Announce a write in the lock, and let the alias serve a version with shares in percent to others.

    `rollout` is the rollout before the write. Raises LockLostError, AliasChangedError, VersionDeletedError,
    NotAllowedError or AwsUnavailableError.
    """
    announced = locks().announce(lock_of(rollout, PlannedWrite(version=version, shares=shares)))
    change = Change(rollout.written_alias, check_lock=partial(locks().confirm, announced), is_first=announced.is_first)
    return alias_of(rollout.target).change(version, shares, change)
