"""Releases with their members, as the tests need them."""

from datetime import timedelta
from typing import Any

from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution
from rollout.state.releases.member import Membership, Progress
from rollout.state.releases.release import MemberEnding, PlannedMember, Release, ReleaseState, ReleaseStatus
from rollout.state.rollout import Rollout
from tests.samples import AT, TARGET, rollout

RELEASE_EXECUTION = Execution(
    arn="arn:aws:states:eu-west-1:123456789012:execution:rollouts-releases:november",
    name="november",
    started_at=AT - timedelta(minutes=1),
)
NAMES = ("cart", "checkout", "payment")


def planned(function: str, after: tuple[str, ...] = ()) -> PlannedMember:
    """Return a member that rolls version 2 out over version 1."""
    target = TARGET.model_copy(update={"function": function})
    return PlannedMember(
        target=target,
        function=function,
        stable_version="1",
        canary_version="2",
        execution=f"november-{function}",
        after=after,
    )


def release(*names: str, **after: tuple[str, ...]) -> Release:
    """Return a release of these functions, by default of three; `after` names those that a function comes after."""
    members = tuple(planned(name, after.get(name, ())) for name in names or NAMES)
    deadline = RELEASE_EXECUTION.started_at + timedelta(hours=24)
    return Release(name="2026-11-25.3", execution=RELEASE_EXECUTION, members=members, deadline=deadline)


def state(status: ReleaseStatus = ReleaseStatus.ROLLING, *progress: Progress, **changes: Any) -> ReleaseState:
    """Return the state of a release of three, with the progress of its first members."""
    valid = ReleaseState(status=status, size=3, changed_at=AT, progress=dict(enumerate(progress)))
    return valid.model_copy(update=changes)


def ending(outcome: Outcome = Outcome.ROLLED_BACK, reason: str = "unhealthy: errors") -> MemberEnding:
    return MemberEnding(outcome=outcome, reason=reason)


def member_rollout(number: int = 1, *, of: Release | None = None, **changes: Any) -> Rollout:
    """Return the rollout of a member of a release: its last step has begun at AT."""
    membership = Membership(member=(of or release()).member(number))
    return rollout(step=2, release=membership).model_copy(update=changes)
