"""Looks up what an evaluation finds beside the metrics: the alias and its lock, and the opt-in tag."""

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.lambda_.functions import fast_lookup
from rollout.aws.powertools import logger
from rollout.domain.errors import RolloutError
from rollout.domain.identity import Target
from rollout.lifecycle.opt_in import missing_tag
from rollout.lifecycle.ownership import Ownership
from rollout.state.rollout import Rollout


def ownership_of(rollout: Rollout) -> Ownership:
    """Return the alias and the lock of a rollout, and its ending where it lost the lock; raises AwsUnavailableError."""
    # The alias is read before the lock: what it serves under a lock that is still held, no later rollout has written.
    alias = alias_of(rollout.target).find()
    lock = locks().find(rollout.target)
    is_held = lock is not None and lock.belongs_to(rollout.execution.arn)
    return Ownership(
        alias=alias,
        lock=lock,
        ended=None if is_held else ledger().find_ending(rollout.target, rollout.execution),
    )


def find_missing_tag(rollout: Rollout) -> str:
    """Return a sentence part where the function's opt-in tag is missing; empty with the tag, and if it is unknown.

    Tags that cannot be read never fail an evaluation: IAM still checks the tag at the next write.
    """
    return missing_tag(rollout, _find_tags(rollout.target))


def _find_tags(target: Target) -> dict[str, str] | None:
    try:
        return fast_lookup(target.account_region, target.function).tags
    except RolloutError as error:
        logger.warning("Tags not read", target=target.name, error=str(error))
        return None
