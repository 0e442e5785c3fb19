"""Determines the ending of a rollout, records it in the ledger and counts it."""

from datetime import datetime

from rollout.aws.cloudtrail import cloudtrail
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.powertools import MetricUnit, single_metric
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from rollout.lifecycle.rollback import Closing, corrected_ending
from rollout.state.endings import with_writer
from rollout.state.rollout import Ending
from rollout.tasks.keep_stable import let_go_of_stable

_NEEDS_A_PERSON = (Outcome.HANDED_OVER, Outcome.ROLLBACK_FAILED)


def final_ending(closing: Closing, now: datetime) -> Ending:
    """Return the ending of a rollout, corrected by the alias where a task failed, or it may be split or moved.

    A write of RestoreAlias whose answer was lost looks like a failure to the state machine, and one that was answered
    may have left the weights. An alias that was moved is reported with its writer, where CloudTrail has one. An alias
    that cannot be read corrects nothing.
    """
    ending = closing.known_ending
    if ending.outcome not in _NEEDS_A_PERSON and closing.failure is None:
        return ending
    try:
        alias = alias_of(closing.target).find()
    except (AwsUnavailableError, AwsRefusedError):
        return ending
    ending = corrected_ending(ending, alias, closing)
    if alias is None or ending.outcome is not Outcome.HANDED_OVER or alias.revision_id == closing.revision_id:
        return ending
    return with_writer(ending, cloudtrail(closing.target.account_region).find_writer(alias.revision_id, now))


def record_ending(closing: Closing, ending: Ending, now: datetime) -> None:
    """Close the rollout in the ledger, and count its ending in the metric RolloutsEnded; raises AwsUnavailableError.

    A rollout that has already ended in the ledger counts no second time.
    """
    if not ledger().close(closing.target, closing.execution, ending, now):
        return
    with single_metric(name="RolloutsEnded", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("outcome", ending.outcome)


def release_lock(closing: Closing) -> None:
    """Let stable be deleted again, and release the lock; raises AwsUnavailableError."""
    let_go_of_stable(closing.target, closing.execution)
    locks().release(closing.target, closing.execution)
