"""Releases with their parts, as the tests need them."""

from datetime import timedelta
from typing import Any

from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution
from rollout.state.releases.part import Participation, Progress
from rollout.state.releases.release import PartEnding, PlannedPart, Release, ReleaseState, ReleaseStatus
from rollout.state.rollout import Rollout
from tests.samples import AT, TARGET, rollout

RELEASE_EXECUTION = Execution(
    arn="arn:aws:states:eu-west-1:123456789012:execution:rollouts-releases:november",
    name="november",
    started_at=AT - timedelta(minutes=1),
)
NAMES = ("cart", "checkout", "payment")


def planned(function: str, after: tuple[str, ...] = ()) -> PlannedPart:
    """Return a part that rolls version 2 out over version 1."""
    target = TARGET.model_copy(update={"function": function})
    return PlannedPart(
        target=target,
        function=function,
        stable_version="1",
        canary_version="2",
        execution=f"november-{function}",
        after=after,
    )


def release(*names: str, **after: tuple[str, ...]) -> Release:
    """Return a release of these functions, by default of three; `after` names those that a function comes after."""
    parts = tuple(planned(name, after.get(name, ())) for name in names or NAMES)
    deadline = RELEASE_EXECUTION.started_at + timedelta(hours=24)
    return Release(name="2026-11-25.3", execution=RELEASE_EXECUTION, parts=parts, deadline=deadline)


def state(status: ReleaseStatus = ReleaseStatus.ROLLING, *progress: Progress, **changes: Any) -> ReleaseState:
    """Return the state of a release of three, with the progress of its first parts."""
    valid = ReleaseState(status=status, size=3, changed_at=AT, progress=dict(enumerate(progress)))
    return valid.model_copy(update=changes)


def ending(outcome: Outcome = Outcome.ROLLED_BACK, reason: str = "unhealthy: errors") -> PartEnding:
    return PartEnding(outcome=outcome, reason=reason)


def part_rollout(number: int = 1, *, of: Release | None = None, **changes: Any) -> Rollout:
    """Return the rollout of a part of a release: its last step has begun at AT."""
    participation = Participation(part=(of or release()).part(number))
    return rollout(step=2, release=participation).model_copy(update=changes)
