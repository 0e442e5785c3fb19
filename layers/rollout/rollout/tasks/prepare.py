"""What PrepareRollout makes of a request, and what it leaves behind."""

from datetime import datetime

from rollout.admission.accept import accept, alias_description
from rollout.admission.queue import seconds_to_next_attempt
from rollout.admission.refusal_list import combine_refusals
from rollout.admission.request import Preparation
from rollout.aws.wiring import alias_of, ledger, locks, queue
from rollout.domain.enums import Start
from rollout.domain.errors import AliasBusyError, LockLostError
from rollout.policy.policy import OnNewerVersion
from rollout.state.lock import QueuedVersion, lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.look_up import look_up


def accepted(asked: Preparation, now: datetime) -> Rollout:
    """Return what becomes of a request, once all it meets was looked up.

    Raises VersionPendingError, a RefusedError with every reason there is, and AwsUnavailableError or
    MetricsIncompleteError where AWS gave no whole answer.
    """
    met = look_up(asked, now)
    if met.refusals or met.request is None or met.found is None:
        raise combine_refusals(met.refusals)
    return accept(met.request, met.found, asked.execution)


def enter(rollout: Rollout, now: datetime) -> Rollout:
    """Leave behind what an accepted request has to: its claim and its entry, its place among the waiting, or an alias.

    Raises AliasBusyError where the alias or its claim changed meanwhile, or AwsUnavailableError.
    """
    match rollout.start:
        case Start.BEGIN | Start.PROMOTE:
            _begin(rollout)
        case Start.QUEUE:
            return _wait(rollout, now)
        case Start.NOTHING_TO_DO if not rollout.revision_id:
            alias_of(rollout.target).create(rollout.canary_version, alias_description(rollout.execution))
    return rollout


def _begin(rollout: Rollout) -> None:
    locks().take(lock_of(rollout))
    alias = alias_of(rollout.target).find()
    if alias is None or alias.revision_id != rollout.revision_id:
        # The claim is kept: redriven, this very execution may have begun under it. If it ends, the guardian drops it.
        raise AliasBusyError(f"{rollout.target.name} was moved while it was being claimed.")
    if not ledger().open(rollout):
        raise LockLostError(
            f"Execution {rollout.execution.name} was closed in the ledger while it did not run, so it begins nothing:"
            " start a new one."
        )
    queue().leave(rollout.target, rollout.execution)


def _wait(rollout: Rollout, now: datetime) -> Rollout:
    waiting = QueuedVersion(version=rollout.canary_version, holder=rollout.execution, seen_at=now)
    queue().enter(rollout.target, waiting)
    held = locks().find(rollout.target)
    if held and rollout.policy.on_newer_version is OnNewerVersion.SUPERSEDE:
        locks().supersede(held, rollout.canary_version)
    return rollout.model_copy(update={"wait_seconds": seconds_to_next_attempt(rollout, now)})
