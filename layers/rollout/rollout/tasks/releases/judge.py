"""Judges a release: moves its status by how far its functions have come."""

from datetime import datetime
from typing import Any

from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.settings import timing
from rollout.aws.step_functions import executions
from rollout.domain.errors import InternalError
from rollout.domain.identity import Execution
from rollout.domain.models import Value
from rollout.lifecycle.releases.judge import ReleaseDecision, judge_release, seconds_to_next_judgement
from rollout.state.releases.release import Release, ReleaseState, ReleaseStatus
from rollout.tasks.releases.ended_parts import next_check, with_ended_parts


class ReleaseDocument(Value):
    """What flows through the state machine of releases once a release has begun."""

    release: str
    execution: Execution
    next_check: int = 0
    """The part with which this judgement begins to describe executions."""

    def find_release(self) -> Release:
        """Return the release with its parts; raises InternalError without one, or AwsUnavailableError."""
        release = releases().find_release(self.release, self.execution)
        if release is None:
            raise InternalError(f"The ledger has no release {self.release} of execution {self.execution.name}.")
        return release


def judge(document: ReleaseDocument, now: datetime) -> dict[str, Any]:
    """Return the document with the next move: wait or close. Raises AwsUnavailableError or InternalError."""
    release = document.find_release()
    state = require_state(releases().find(release.as_part), release.as_part)
    state = with_ended_parts(release, state, executions(), document.next_check)
    decision = judge_release(release, state, now)
    move_release(release, state, decision, now)
    return {
        "release": release.name,
        "execution": document.execution.model_dump(mode="json"),
        "next_check": next_check(state, document.next_check),
        "next_move": "close" if decision.is_over else "wait",
        "wait_seconds": seconds_to_next_judgement(release, now, timing().period_seconds),
        "status": decision.status,
        "reason": decision.reason,
    }


def move_release(release: Release, state: ReleaseState, decision: ReleaseDecision, now: datetime) -> None:
    """Move the status of a release as decided; nothing happens where it has moved meanwhile.

    The parts were read before, and their progress only grows. So the status needs no other condition than what it
    was: a part that fails moves it too. Raises AwsUnavailableError.
    """
    if decision.status is state.status:
        return
    if decision.status is ReleaseStatus.FAILED:
        releases().fail(release.as_part, decision.failure, now)
    else:
        releases().advance(release.as_part, state.status, decision.status, now)
