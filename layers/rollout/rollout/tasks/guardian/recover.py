"""Repairs the aliases of rollouts whose execution has ended, and closes those rollouts."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.sweeps.open_rollouts import open_rollouts
from rollout.aws.lambda_.alias import alias_of
from rollout.aws.step_functions import RUNNING, executions
from rollout.domain.models import Value
from rollout.lifecycle.guardian.recovery import FinalState, format_end, repair_plan
from rollout.lifecycle.orders import orders_on
from rollout.lifecycle.rollback import Closing
from rollout.lifecycle.writer_search import with_writer
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.lock import Lock
from rollout.state.releases.part import Participation
from rollout.state.releases.release import ReleaseStatus
from rollout.tasks.alias.keep_stable import let_go_of_stable
from rollout.tasks.close import record_ending
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.notify import publish_ending
from rollout.tasks.releases.participation import fail_release
from rollout.telemetry.last_evaluation import LastEvaluation


class RepairResult(Value):
    """The repair of one alias, and the ending of its rollout."""

    target: str
    execution: str
    ending: Ending

    def document(self) -> dict[str, object]:
        """Return the result for the log and the answer."""
        return self.model_dump(mode="json")


def repair(sweep: TargetSweep, now: datetime, execution_arn: str | None = None) -> Iterator[RepairResult]:
    """Repair the alias of every rollout whose execution has ended, or of one execution only; yield each result.

    A repair that fails is reported in `sweep` and keeps its lock, so that the next sweep tries it again.
    """
    has_event = execution_arn is not None
    entries = [entry for entry in locks().find_all() if execution_arn in (None, entry.execution_arn)]
    yield from sweep.treat_each(
        "aliases", ((entry.name, entry) for entry in entries), lambda entry: _repair_one(entry.read(), now, has_event)
    )


def _repair_one(lock: Lock, now: datetime, has_event: bool) -> Iterator[RepairResult]:  # noqa: FBT001 - of the lock
    status = _status(lock, has_event=has_event)
    if status in RUNNING:
        return
    # The alias is read before the lock is taken over, so that every later write, a second guardian's too, changes its
    # revision. The lock is taken over before the alias is written, so that a task that still runs can announce nothing.
    alias = alias_of(lock.target).find()
    taken_over = _take_over(lock)
    if taken_over is None:
        return
    last = open_rollouts().last_evaluation(lock.target, lock.holder)
    ending = with_writer(_restore(taken_over, alias, _final_state(taken_over, status, last, now)), writer="")
    closing = _closing(taken_over, last)
    record_ending(closing, ending, now)
    # Published before the lock is released: if the guardian dies in between, the next sweep publishes it again.
    publish_ending(closing, ending, now)
    let_go_of_stable(lock.target, lock.holder)
    locks().release_taken_over(lock)
    yield RepairResult(target=lock.target.name, execution=lock.holder.name, ending=ending)


def _status(lock: Lock, *, has_event: bool) -> str:
    """Return the status of a lock's execution.

    DescribeExecution may be some seconds behind. After an abort, the event that the execution has ended is believed:
    a wrong one could only be about an execution that was redriven, and that is to be rolled back too.
    """
    status = executions().find_status(lock.holder.arn)
    is_behind = status in RUNNING and has_event and orders_on(lock).aborted is not None
    return "ABORTED" if is_behind else status


def _take_over(lock: Lock) -> Lock | None:
    """Take over the lock and return its current content, because `lock` may be stale; None where it was released."""
    if not locks().take_over(lock):
        return None
    current = locks().find(lock.target)
    return current if current and current.is_taken_over and current.holder == lock.holder else None


def _closing(lock: Lock, last: LastEvaluation | None) -> Closing:
    progress = last.model_dump(include={"phase", "step_started_at", "evaluations"}) if last else {}
    return Closing(
        execution=lock.holder,
        target=lock.target,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
        channel=lock.channel,
        release=Participation(part=lock.release) if lock.release else None,
        **progress,
    )


def _final_state(lock: Lock, status: str, last: LastEvaluation | None, now: datetime) -> FinalState:
    ending = ledger().find_ending(lock.target, lock.holder)
    return FinalState(
        status=status,
        error="" if lock.planned_write else executions().find_error(lock.holder.arn),
        ending=ending,
        last_move=last.next_move if last else None,
        release=_release_status(lock, ending, status, now),
    )


def _release_status(lock: Lock, ending: Ending | None, status: str, now: datetime) -> ReleaseStatus | None:
    """Let the release of a part fail whose execution has ended before its rollout; return its status afterwards."""
    if lock.release is None:
        return None
    cause = ending.cause if ending else format_end(lock, status)
    return fail_release(lock.release, lock.release.name_of(lock.target), cause, now)


def _restore(lock: Lock, alias: AliasState | None, last: FinalState) -> Ending:
    """Write the alias as the repair plan says, and return the plan's ending."""
    plan = repair_plan(lock, alias, last)
    if alias is not None and plan.serve is not None:
        alias_of(lock.target).point_at(plan.serve, alias.revision_id, plan.shares)
    return plan.ending
