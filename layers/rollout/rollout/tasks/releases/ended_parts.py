"""Finds the parts of a release whose execution has ended, where nothing has recorded it in the release."""

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.step_functions import RUNNING, Executions
from rollout.domain.enums import Outcome
from rollout.state.ending import Ending
from rollout.state.endings import ending_of
from rollout.state.releases.release import PartEnding, PlannedPart, Release, ReleaseState, part_reason

PARTS_PER_CHECK = 20
"""How many executions one judgement of a release describes, in turn: the others have reported their ending."""

_NEWEST_ROLLOUTS = 5


def with_ended_parts(release: Release, state: ReleaseState, running: Executions, first: int) -> ReleaseState:
    """Return the state of a release with the endings of parts that could not record theirs, from `first` on.

    Raises AwsUnavailableError.
    """
    open_numbers = [number for number in range(state.size) if number not in state.endings]
    turn = [number for number in open_numbers if number >= first] + [n for n in open_numbers if n < first]
    found = [number for number in turn[:PARTS_PER_CHECK] if _record_ended(release, number, running)]
    return require_state(releases().find(release.as_part), release.as_part) if found else state


def next_check(state: ReleaseState, first: int) -> int:
    """Return the part with which the next judgement begins to describe executions."""
    return (first + PARTS_PER_CHECK) % state.size if state.size > PARTS_PER_CHECK else 0


def _record_ended(release: Release, number: int, running: Executions) -> bool:
    arn = running.arn_of(release.parts[number].execution)
    status, error = running.find_end(arn)
    if status in RUNNING:
        return False
    ending = _ending(release.parts[number], arn, status, error)
    if ending is None:
        return False
    recorded = PartEnding(outcome=ending.outcome, reason=part_reason(ending.cause))
    releases().record_ending(release.part(number), recorded)
    return True


def _ending(part: PlannedPart, arn: str, status: str, error: str) -> Ending | None:
    """Return how a part ended; None where the guardian still has to repair its alias, and records it then."""
    for entry in ledger().last_rollouts(part.target, _NEWEST_ROLLOUTS):
        if entry.get("execution_arn") == arn and entry["outcome"] in [*Outcome]:
            return ending_of(Outcome(entry["outcome"]), entry["reason"])
    lock = locks().find(part.target)
    if lock and lock.holder.arn == arn:
        return None
    return ending_of(Outcome.REJECTED, _format_end(part, status, error))


def _format_end(part: PlannedPart, status: str, error: str) -> str:
    if status == "gone":
        return f"execution {part.execution} was not started, so {part.target.name} was not touched"
    because = f": {error}" if error else ""
    return f"execution {part.execution} is {status} before it began, so {part.target.name} was not touched{because}"
