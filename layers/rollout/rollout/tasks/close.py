"""Determines the ending of a rollout, records it in the ledger and counts it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from rollout.aws import settings
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.writer_searches import writer_searches
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.powertools import logger, write_metrics
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from rollout.lifecycle.rollback import Closing, corrected_ending
from rollout.lifecycle.writer_search import with_writer, writer_search
from rollout.state.ending import Ending
from rollout.state.lock import Lock
from rollout.tasks.alias.keep_stable import let_go_of_stable
from rollout.tasks.find_writer import writer_if_known
from rollout.tasks.releases.participation import record_part_ending
from rollout.telemetry.ended import EndedRollout, ending_dimensions, ending_values


def final_ending(closing: Closing, now: datetime) -> Ending:
    """Return the ending of a rollout, corrected by the alias where a task failed, or it may be split.

    An alias that was moved is reported with its writer; where CloudTrail has no name yet, the ending says so. Raises
    AwsUnavailableError where the ledger cannot be read.
    """
    ending = _corrected(closing)
    if not ending.moved_revision:
        return ending
    return with_writer(ending, writer_if_known(closing.target, ending.moved_revision, now))


def _corrected(closing: Closing) -> Ending:
    """Return the ending that the alias proves, or the one in the ledger where the rollout has lost its lock.

    A write of RestoreAlias whose answer was lost looks like a failure to the state machine, and one that was answered
    may have left the weights. Without the lock the alias proves nothing: another rollout may have moved it since.
    """
    ending = closing.known_ending
    if ending.leaves_alias_unsplit and closing.failure is None:
        return ending
    correct = _correction(ending, closing)
    lock = locks().find(closing.target)
    recorded = ledger().find_ending(closing.target, closing.execution)
    is_closed = recorded and recorded.leaves_alias_unsplit
    if lock and lock.belongs_to(closing.execution.arn) and not is_closed:
        return correct(lock)
    return recorded or ending


def _correction(ending: Ending, closing: Closing) -> Callable[[Lock], Ending]:
    """Read the alias; return the correction of the ending by it. An alias that cannot be read corrects nothing."""
    try:
        return partial(corrected_ending, ending, alias_of(closing.target).find(), closing)
    except (AwsUnavailableError, AwsRefusedError):
        return lambda _lock: ending


def record_ending(closing: Closing, ending: Ending, now: datetime) -> None:
    """Close the rollout in the ledger, and write the metrics of its ending; raises AwsUnavailableError.

    A rollout that has already ended in the ledger counts no second time. The search for an unknown writer begins
    before: if this task dies in between, no ending waits for a name that nothing looks for.
    """
    search = writer_search(closing, ending, now)
    if search:
        writer_searches().begin(search)
    before = ledger().close(closing.target, closing.execution, ending, now, closing.canary_logs)
    if before is not None:
        _write_metrics(closing, ending, before, now)
    if closing.release:
        part = closing.release.part
        # The first ending in the ledger stays, for the release too.
        kept = ledger().find_ending(closing.target, closing.execution) if before is None else None
        record_part_ending(part, part.name_of(closing.target), kept or ending, now)


def _write_metrics(closing: Closing, ending: Ending, before: dict[str, Any], now: datetime) -> None:
    """Write the metrics of an ending; `before` is the rollout's entry in the ledger before it was closed."""
    try:
        ended = _ended(closing, ending, before, now)
        sets = ending_dimensions(ended, by_function=settings.has_metrics_by_function())
    except Exception as error:  # noqa: BLE001 - the rollout has ended, and its lock is still to be released
        logger.warning("Metrics not written", target=closing.target.name, error=f"{type(error).__name__}: {error}")
        return
    write_metrics(ending_values(ended), *sets)


def _ended(closing: Closing, ending: Ending, before: dict[str, Any], now: datetime) -> EndedRollout:
    recorded = {name: before[name] for name in ("began_at", "published_at") if name in before}
    known = {"promoted_at": closing.promoted_at, "evaluations": closing.evaluations}
    fields = {"function": closing.target.function, "outcome": ending.outcome, "ended_at": now}
    return EndedRollout.model_validate(fields | recorded | known)


def release_lock(closing: Closing) -> None:
    """Let stable be deleted again, and release the lock; raises AwsUnavailableError.

    After RestoreAlias, or a rollback without the ledger, a late task may still hold the lock. Then it is kept for the
    guardian, which takes it over and gives the alias a new revision.
    """
    lock = locks().find(closing.target) if closing.was_rolled_back else None
    if lock and lock.belongs_to(closing.execution.arn) and not lock.is_rolling_back:
        return
    let_go_of_stable(closing.target, closing.execution)
    locks().release(closing.target, closing.execution)
