"""Whether a version may begin now, waits for its turn, or has been overtaken by a newer one."""

from datetime import datetime
from typing import assert_never

from rollout.domain.enums import Start
from rollout.domain.errors import AliasLockedError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.policy.policy import OnNewerVersion, Policy
from rollout.state.lock import LONGEST_WAIT_SECONDS, Lock, QueuedVersion
from rollout.state.rollout import Rollout


class QueueDecision(Value):
    """What becomes of a request that meets another one's claim, and the sentence for it."""

    start: Start
    reason: str


def queue_decision(
    version: str, policy: Policy, mine: Execution, lock: Lock | None, waiting: QueuedVersion | None
) -> QueueDecision | None:
    """Return what keeps a version from beginning now; None where nothing does. Raises AliasLockedError.

    Versions are numbers that only rise, so the newest one is what everybody wants in the end; older ones end as
    overtaken.
    """
    if waiting and waiting.holder.arn != mine.arn and int(waiting.version) > int(version):
        return _overtaken(version, f"version {waiting.version} waits for its turn (execution {waiting.holder.name})")
    if lock is None or lock.belongs_to(mine.arn):
        return None
    held = f"execution {lock.holder.name} is rolling out version {lock.canary_version} on {lock.target.name}"
    if int(lock.canary_version) >= int(version):
        return _overtaken(version, held)
    return _behind(version, policy.on_newer_version, held)


def _behind(version: str, choice: OnNewerVersion, held: str) -> QueueDecision:
    match choice:
        case OnNewerVersion.REFUSE:
            raise AliasLockedError(f"{held}, and on_newer_version is refuse: start again when it has ended.")
        case OnNewerVersion.SUPERSEDE:
            return QueueDecision(
                start=Start.QUEUE, reason=f"{held}; it is asked to take that back, and version {version} waits"
            )
        case OnNewerVersion.QUEUE:
            return QueueDecision(start=Start.QUEUE, reason=f"{held}; version {version} waits for its turn")
        case unknown:
            assert_never(unknown)


def _overtaken(version: str, by: str) -> QueueDecision:
    return QueueDecision(start=Start.NOTHING_TO_DO, reason=f"nothing is left to do for version {version}: {by}")


def seconds_to_next_attempt(rollout: Rollout, now: datetime) -> int:
    """Return how long a waiting version waits before it asks again: a tenth of the time it has waited so far."""
    waited = (now - rollout.execution.started_at).total_seconds()
    return round(min(max(waited / 10, rollout.policy.interval), LONGEST_WAIT_SECONDS))
