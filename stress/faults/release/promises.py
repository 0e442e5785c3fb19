"""The promises that an observed release broke: all or nothing, closed, reported, and those of each of its rollouts."""

from collections.abc import Iterator

from stress.faults.checks.promises import broken_promises as broken_by_rollout
from stress.faults.observed_rollout import STABLE
from stress.faults.release.observed import ObservedPart, ObservedRelease

_SERVES = {"SUCCEEDED": "canary", "ReleaseRolledBack": "stable"}
_SERVES_BY_STATUS = {"promoted": "canary", "failed": "stable"}
_SERVES_BY_OUTCOME = {"promoted": "canary", "rolled_back": "stable", "rejected": "stable"}


def broken_promises(observed: ObservedRelease) -> list[str]:
    """Return a sentence for each broken promise; it begins with the promise's number or with `all or nothing`."""
    checks = (_check_all_or_nothing, _check_closed, _check_repeated, _check_rejection, _check_reported, _check_abort)
    own = [sentence for check in checks for sentence in check(observed)]
    return own + [f"{sentence} ({part.function})" for part in observed.parts for sentence in _broken_by_part(part)]


def _check_all_or_nothing(observed: ObservedRelease) -> Iterator[str]:
    is_reported = observed.ending == "ReleaseFailed" and "its functions differ" in observed.cause
    if observed.serves not in ("stable", "canary") and not is_reported:
        served = ", ".join(f"{part.function} serves {part.alias.format()}" for part in observed.parts)
        yield f"all or nothing: the ending is {observed.ending}, and {served}"


def _check_closed(observed: ObservedRelease) -> Iterator[str]:
    if observed.ledger.is_open:
        yield "P3: the release is still among the open entries of the ledger"
    if observed.ledger.status and observed.ledger.status not in _SERVES_BY_STATUS:
        yield f"P3: the status of the release is still {observed.ledger.status}"
    for part in observed.parts:
        if part.remaining_lock_holder:
            yield f"P3: the lock of {part.function} is still held by {part.remaining_lock_holder.rpartition(':')[2]}"


def _check_repeated(observed: ObservedRelease) -> Iterator[str]:
    if observed.cell.fault.is_harmless and observed.ending != "SUCCEEDED":
        yield f"P4: after the repeated task, expected the ending SUCCEEDED, got {observed.ending}: {observed.cause}"


def _check_rejection(observed: ObservedRelease) -> Iterator[str]:
    for part in observed.parts:
        if observed.is_rejection and (part.updates or part.served != STABLE):
            yield f"P6: rejected with {observed.ending}, but {part.function} was written {part.updates} times"


def _check_reported(observed: ObservedRelease) -> Iterator[str]:
    """P10: the ending, its Cause and the ledger state what the functions serve."""
    for ending, serves in [
        (observed.ending, _SERVES.get(observed.ending)),
        (f"status {observed.ledger.status}", _SERVES_BY_STATUS.get(observed.ledger.status)),
    ]:
        if serves and serves != observed.serves:
            yield f"P10: the release has the {ending}, but what its functions serve is: {observed.serves}"
    if observed.status == "FAILED" and not observed.cause:
        yield f"P10: {observed.ending} has no Cause"
    for part in observed.parts if observed.ledger.status else ():
        yield from _check_reported_part(part, observed)


def _check_reported_part(part: ObservedPart, observed: ObservedRelease) -> Iterator[str]:
    ending = observed.ledger.endings.get(part.function, {})
    if not ending.get("reason"):
        yield f"P10: the release has no ending of {part.function}, or no reason"
    serves = _SERVES_BY_OUTCOME.get(ending.get("outcome", ""))
    if serves and (serves == "stable") != (part.served == STABLE):
        yield f"P10: the release has {part.function} as {ending['outcome']}, and it serves {part.alias.format()}"


def _check_abort(observed: ObservedRelease) -> Iterator[str]:
    if observed.command == "RUNNING":
        yield "P11: the command abort has no answer"
    if observed.command == "SUCCEEDED" and observed.serves != "stable":
        yield f"P11: abort was taken, and what the functions serve is: {observed.serves}"


def _broken_by_part(part: ObservedPart) -> list[str]:
    if part.rollout is not None:
        return broken_by_rollout(part.rollout)
    return [f"P6: without a rollout, its alias was written {part.updates} times"] if part.updates else []
