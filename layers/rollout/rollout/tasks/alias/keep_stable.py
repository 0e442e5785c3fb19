"""Keeps stable from being deleted, from before the first shift until the lock is released."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.stable_alias import stable_alias_of
from rollout.aws.powertools import logger, write_metrics
from rollout.domain.errors import LockLostError, StableNotKeptError
from rollout.domain.identity import Execution, Target
from rollout.state.rollout import Rollout
from rollout.telemetry.catalog import Metric


def keep_stable(rollout: Rollout) -> None:
    """Create the alias that keeps stable from being deleted.

    Raises LockLostError where the guardian has taken over the lock meanwhile: it looked for the alias before this task
    created it, so this task deletes it again. Raises AliasBusyError or AwsUnavailableError.
    """
    check_lock = partial(_check_lock, rollout)
    with _never_fails_the_rollout(rollout.target):
        stable_alias_of(rollout.target, rollout.execution).point_at(rollout.stable_version, check_lock)
    try:
        check_lock()
    except LockLostError:
        let_go_of_stable(rollout.target, rollout.execution)
        raise


def _check_lock(rollout: Rollout) -> None:
    lock = locks().find(rollout.target)
    if lock is None or not lock.belongs_to(rollout.execution.arn):
        raise LockLostError(
            f"Execution {rollout.execution.name} no longer holds the lock of {rollout.target.name}, because the"
            " guardian has taken it over. Start a new execution."
        )


def let_go_of_stable(target: Target, execution: Execution) -> None:
    """Delete the alias that kept stable from being deleted; raises AwsUnavailableError."""
    with _never_fails_the_rollout(target):
        stable_alias_of(target, execution).remove()


@contextmanager
def _never_fails_the_rollout(target: Target) -> Iterator[None]:
    """Log and count a refusal: the alias only protects a rollback."""
    try:
        yield
    except StableNotKeptError as error:
        logger.warning("Stable not kept", target=target.name, error=str(error))
        write_metrics({Metric.STABLE_NOT_KEPT: 1}, {"function": target.function})
