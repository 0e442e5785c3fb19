"""Accepts a request, and registers its rollout: the lock and the ledger entry, a place in the queue, or an alias."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rollout.admission.accept import accept, alias_description
from rollout.admission.events.version_event import is_started_by_event
from rollout.admission.queue import ALIAS_INTERVAL_SECONDS, after_try, seconds_to_next_attempt
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.successor import needs_successor, replaced_by, successor_name
from rollout.aws.boto.errors import is_throttled_by_lambda
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.starter_searches import starter_searches
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.powertools import logger
from rollout.aws.step_functions import executions_beside
from rollout.domain.enums import OnNewerVersion, Start
from rollout.domain.errors import AliasBusyError, AwsUnavailableError, LockLostError, RefusedError, StartThrottledError
from rollout.lifecycle.beat.alias_reads import with_reads
from rollout.lifecycle.hooks.calls import begin_hooks
from rollout.state.endings import rejected
from rollout.state.lock import Lock, QueuedVersion, lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.alias.keep_stable import keep_stable
from rollout.tasks.evaluation.evaluate import find_live_beside
from rollout.tasks.look_up import look_up
from rollout.tasks.notify import publish_rejection, publish_start
from rollout.tasks.releases.participation import check_part, record_rejected_part


@contextmanager
def throttling_named() -> Iterator[None]:
    """Raise StartThrottledError where Lambda throttles a start: it can wait, and begins again with all its calls."""
    try:
        yield
    except AwsUnavailableError as error:
        if not is_throttled_by_lambda(error):
            raise
        raise StartThrottledError(str(error)) from error


def accept_request(preparation: Preparation, now: datetime) -> Rollout:
    """Return the rollout of a request; nothing is written, but a version that is refused leaves the queue.

    Raises VersionPendingError, a RefusedError with every reason, and AwsUnavailableError or MetricsIncompleteError
    where AWS returns no complete answer.
    """
    result = look_up(preparation, now)
    if result.refusals or result.request is None or result.facts is None:
        if result.facts and preparation.waiting.tries:
            queue().leave(result.facts.target, preparation.execution)
        raise combine_refusals(result.refusals)
    rollout = accept(result.request, result.facts, preparation.execution)
    check_part(rollout)
    rollout = with_reads(rollout, live_beside=find_live_beside(rollout.target, now))
    return begin_hooks(rollout.model_copy(update={"waiting": preparation.waiting}), now)


def reject(preparation: Preparation, refusal: RefusedError, now: datetime) -> dict[str, object]:
    """Return the document of a refused request, and log and publish the refusal; a dry run publishes nothing."""
    ending = rejected(refusal)
    logger.warning("Request refused", error=ending.error, reason=ending.cause)
    publish_rejection(preparation, ending, now)
    if not preparation.is_dry_run:
        record_rejected_part(preparation.part, preparation.execution, preparation.function_text, ending, now)
    return {"start": Start.REJECT} | ending.model_dump(mode="json")


def register(rollout: Rollout, request: object, now: datetime) -> Rollout:
    """Write what an accepted request needs; return the rollout, with the seconds to its next attempt if it waits.

    Raises AliasBusyError where the alias or its lock changed in the meantime, LockLostError where the rollout was
    already closed, or AwsUnavailableError.
    """
    if needs_successor(rollout, now):
        return _start_successor(rollout, request)
    match rollout.start:
        case Start.BEGIN:
            _begin(rollout, now)
        case Start.PROMOTE | Start.RUN_BEFORE_TRAFFIC_HOOKS:
            _begin(rollout, now)
            publish_start(rollout, now)
        case Start.QUEUE:
            return _join_queue(rollout, now)
        case Start.NOTHING_TO_DO:
            _end_at_once(rollout)
    return rollout


def _end_at_once(rollout: Rollout) -> None:
    """Create the alias of a first version; a version that waited, and has nothing to do now, leaves the queue."""
    if rollout.creates_alias:
        alias_of(rollout.target).create(rollout.canary_version, alias_description(rollout.execution))
    if rollout.waiting.tries:
        queue().leave(rollout.target, rollout.execution)


def _begin(rollout: Rollout, now: datetime) -> None:
    locks().acquire(lock_of(rollout))
    alias = alias_of(rollout.target).find()
    if alias is None or alias.revision_id != rollout.revision_id:
        # Keep the lock: this execution may have begun under it before a redrive. If it ends, the guardian releases it.
        raise AliasBusyError(
            f"{rollout.target.name} changed while its lock was acquired. The state machine reads it again."
        )
    if not ledger().open(rollout, now):
        raise LockLostError(
            f"Execution {rollout.execution.name} was closed in the ledger while it did not run, so it must not begin."
            " Start a new execution."
        )
    if not is_started_by_event(rollout.execution.name, rollout.target, rollout.canary_version):
        starter_searches().begin(rollout.target, rollout.execution)
    queue().leave(rollout.target, rollout.execution)
    keep_stable(rollout)


def _join_queue(rollout: Rollout, now: datetime) -> Rollout:
    version, reason = rollout.canary_version, rollout.reason
    queue().join(rollout.target, QueuedVersion(version=version, holder=rollout.execution, seen_at=now, reason=reason))
    lock = locks().find(rollout.target)
    if lock and lock.newer_version != rollout.canary_version:
        _announce_to_holder(lock, rollout)
    is_for_alias = lock is None and not rollout.revision_id
    seconds = ALIAS_INTERVAL_SECONDS if is_for_alias else seconds_to_next_attempt(rollout, now)
    return rollout.model_copy(update={"wait_seconds": seconds, "waiting": after_try(rollout, now)})


def _announce_to_holder(lock: Lock, rollout: Rollout) -> None:
    if rollout.policy.on_newer_version is OnNewerVersion.SUPERSEDE:
        locks().supersede(lock, rollout.canary_version)
    else:
        locks().await_end(lock, rollout.canary_version)


def _start_successor(rollout: Rollout, request: object) -> Rollout:
    """Start the execution that takes the place of this one; a repeated try finds it started.

    The entry in the queue stays until the other execution replaces it, so that the version keeps its place.
    """
    name = successor_name(rollout.execution.name)
    is_running = executions_beside(rollout.execution).start_once(name, json.dumps(request))
    return replaced_by(rollout, name, is_running=is_running)
