"""Finds the members of a release whose execution has ended, where nothing has recorded it in the release."""

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.step_functions import Executions
from rollout.domain.enums import Outcome
from rollout.state.ending import Ending
from rollout.state.endings import ending_of
from rollout.state.releases.release import MemberEnding, PlannedMember, Release, ReleaseState, member_reason

MEMBERS_PER_CHECK = 20
"""How many executions one judgement of a release describes, in turn: the others have reported their ending."""

_RUNNING = ("RUNNING", "PENDING_REDRIVE")
_NEWEST_ROLLOUTS = 5


def with_ended_members(release: Release, state: ReleaseState, running: Executions, first: int) -> ReleaseState:
    """Return the state of a release with the endings of members that could not record theirs, from `first` on.

    Raises AwsUnavailableError.
    """
    open_numbers = [number for number in range(state.size) if number not in state.endings]
    turn = [number for number in open_numbers if number >= first] + [n for n in open_numbers if n < first]
    found = [number for number in turn[:MEMBERS_PER_CHECK] if _record_ended(release, number, running)]
    return require_state(releases().find(release.as_member), release.as_member) if found else state


def next_check(state: ReleaseState, first: int) -> int:
    """Return the member with which the next judgement begins to describe executions."""
    return (first + MEMBERS_PER_CHECK) % state.size if state.size > MEMBERS_PER_CHECK else 0


def _record_ended(release: Release, number: int, running: Executions) -> bool:
    arn = running.arn_of(release.members[number].execution)
    status, error = running.find_end(arn)
    if status in _RUNNING:
        return False
    ending = _ending(release.members[number], arn, status, error)
    if ending is None:
        return False
    recorded = MemberEnding(outcome=ending.outcome, reason=member_reason(ending.cause))
    releases().record_ending(release.member(number), recorded)
    return True


def _ending(member: PlannedMember, arn: str, status: str, error: str) -> Ending | None:
    """Return how a member ended; None where the guardian still has to repair its alias, and records it then."""
    for entry in ledger().last_rollouts(member.target, _NEWEST_ROLLOUTS):
        if entry.get("execution_arn") == arn and entry["outcome"] in [*Outcome]:
            return ending_of(Outcome(entry["outcome"]), entry["reason"])
    lock = locks().find(member.target)
    if lock and lock.holder.arn == arn:
        return None
    return ending_of(Outcome.REJECTED, _format_end(member, status, error))


def _format_end(member: PlannedMember, status: str, error: str) -> str:
    if status == "gone":
        return f"execution {member.execution} was not started, so {member.target.name} was not touched"
    because = f": {error}" if error else ""
    return f"execution {member.execution} is {status} before it began, so {member.target.name} was not touched{because}"
