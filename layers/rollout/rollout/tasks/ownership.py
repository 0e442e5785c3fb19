"""Looks up whether a rollout still owns its alias."""

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import alias_of
from rollout.lifecycle.ownership import Ownership
from rollout.state.rollout import Rollout


def ownership_of(rollout: Rollout) -> Ownership:
    """Return the alias and the lock of a rollout, and its ending where it lost the lock; raises AwsUnavailableError."""
    lock = locks().find(rollout.target)
    is_held = lock is not None and lock.belongs_to(rollout.execution.arn)
    return Ownership(
        alias=alias_of(rollout.target).find(),
        lock=lock,
        ended=None if is_held else ledger().find_ending(rollout.target, rollout.execution),
    )
