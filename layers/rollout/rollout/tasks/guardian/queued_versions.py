"""Removes queued versions whose execution was stopped or has failed, so that they keep no place in the queue."""

from collections.abc import Iterator

from rollout.aws.dynamodb.queue import queue
from rollout.aws.step_functions import executions
from rollout.domain.identity import Execution, Target
from rollout.tasks.guardian.target_sweep import TargetSweep

_GIVEN_UP = ("ABORTED", "TIMED_OUT", "FAILED", "gone")
"""An execution that succeeded has left the queue itself, or has started the one that takes its place."""


def remove_ended_from_queue(sweep: TargetSweep, execution_arn: str | None = None) -> Iterator[str]:
    """Yield each execution whose version was removed, of all or of one; `sweep` reports what fails."""
    yield from sweep.treat_found(
        "queues", "the queued versions", lambda: queue().find_all(), lambda each: _remove(*each, execution_arn)
    )


def _remove(target: Target, holder: Execution, execution_arn: str | None) -> Iterator[str]:
    if execution_arn in (None, holder.arn) and executions().find_status(holder.arn) in _GIVEN_UP:
        queue().leave(target, holder)
        yield holder.name
