"""What a release under load did otherwise than it has to: all functions at stable, every reason reported."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from stress.load.process_usage import ProcessUsage
from stress.load.promises import STABLE, RolloutResult, broken_promises
from stress.release_ledger import LedgerRelease

_AT_STABLE = ("rolled_back", "rejected")
"""The outcomes with which a function serves the version that it served before."""
_REJECTED = ("ReleaseRefusedError", "StoppedBeforeTrafficError")
"""The endings of a rollout that comes to its first share after the release has failed: before its start, or after."""
_UNCOUNTED = ("lambda:InvokeFunction", "lambda:GetFunction", "lambda:GetPolicy")
"""Calls of Lambda that have limits of their own."""


@dataclass(frozen=True)
class ReleaseResult:
    """Everything observed of a release whose bad functions are known."""

    functions: list[str]
    bad: list[str]
    ending: str
    """The error of a failed execution, or the status of any other."""
    cause: str
    seconds: float
    """From the start of the release to its end."""
    ledger: LedgerRelease
    rollouts: list[RolloutResult] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    """The calls that the stack made until everything was settled, by IAM's name of the action."""
    throttled_calls: int = 0
    peak: ProcessUsage = field(default_factory=ProcessUsage)

    @property
    def at_stable(self) -> int:
        """How many functions serve stable alone."""
        return sum(rollout.alias.unsplit_version == STABLE for rollout in self.rollouts)

    @property
    def reasons(self) -> int:
        """Of how many functions the release has a reason."""
        return sum(bool(self.ledger.endings.get(function, {}).get("reason")) for function in self.functions)

    @property
    def reasons_with_failure(self) -> int:
        """Of how many good functions the reason names a bad one; the guardian's reason of a repair does not."""
        reasons = [self.ledger.endings.get(function, {}).get("reason", "") for function in self.functions]
        good = [reason for function, reason in zip(self.functions, reasons, strict=True) if function not in self.bad]
        return sum(any(f"{bad} ended" in reason for bad in self.bad) for reason in good)

    @property
    def control_plane_requests(self) -> int:
        """The calls that count for Lambda's limit of 15 a second, with those that it throttled."""
        return sum(n for action, n in self.calls.items() if action.startswith("lambda:") and action not in _UNCOUNTED)

    @property
    def broken(self) -> list[str]:
        """A sentence for each broken promise, of the release and then of each function."""
        rollouts = [f"{each.function}: {broken}" for each in self.rollouts for broken in self._broken_by(each)]
        return [*_check_release(self), *_check_functions(self), *rollouts]

    def _broken_by(self, rollout: RolloutResult) -> list[str]:
        """Return what a rollout broke. One that begins after the release has failed is rejected, and writes nothing."""
        if self.ledger.endings.get(rollout.function, {}).get("outcome") == "rejected":
            return [*_check_rejected(rollout)]
        return broken_promises(rollout)

    @property
    def rejected(self) -> int:
        """How many rollouts began after the release had failed."""
        return sum(ending["outcome"] == "rejected" for ending in self.ledger.endings.values())


def _check_release(result: ReleaseResult) -> Iterator[str]:
    if result.ending != "ReleaseRolledBack":
        yield f"the release has to end as ReleaseRolledBack, and ended as {result.ending}: {result.cause}"
    if not any(f"because {function} ended" in result.cause for function in result.bad):
        yield f"the Cause names none of the bad functions: {result.cause}"
    if result.ledger.is_open:
        yield "P3: the release is still among the open entries of the ledger"
    if missing := len(result.functions) - len(result.rollouts):
        yield f"P10: {missing} functions had no rollout"


def _check_functions(result: ReleaseResult) -> Iterator[str]:
    for function in result.functions:
        ending = result.ledger.endings.get(function, {})
        if ending.get("outcome") not in _AT_STABLE:
            yield f"{function}: all or nothing: the release has it as {ending.get('outcome', 'not ended')}"
        if not ending.get("reason"):
            yield f"{function}: P10: the release has no reason"


def _check_rejected(rollout: RolloutResult) -> Iterator[str]:
    if rollout.ending not in _REJECTED:
        yield f"P6: rejected by the release, and the ending is {rollout.ending}: {rollout.cause}"
    if rollout.updates or rollout.alias.unsplit_version != STABLE:
        yield f"P6: rejected, but its alias was written {len(rollout.updates)} times"
    if rollout.remaining_lock_holder:
        yield "P3: rejected, but the lock is still held"
