"""A path through the state machine, and the answers of the scripted tasks that lead along it.

A task answers with one document per visit; with FAILS, it raises at every attempt. A path reads as
`RollBack! > RestoreAlias`: an exclamation mark follows a task whose error was caught, and a colon precedes the
rule of a choice.
"""

from dataclasses import dataclass, field
from typing import Any

FAILS = object()
"""The answer of a task that raises at every attempt."""

BROKEN = "no module named rollout"
NAMED = "PrepareRollout failed with {}, and nothing was touched"
REJECT_FAILED = 'PrepareRollout! > ReadFailure:{*"errorMessage":*} > ParseFailure > FormatFailure > RolloutRejected'
ACCEPTED = {
    "start": "begin",
    "target": {"account": "123456789012", "region": "eu-west-1", "function": "shop", "alias": "live"},
    "stable_version": "1",
    "revision_id": "a1",
    "wait_seconds": 0,
}


def next_move(move: object, **fields: object) -> dict[str, object]:
    """Return the answer of JudgeCanary with this next move."""
    return ACCEPTED | {"next_move": move} | fields


def ending(outcome: str, error: str, cause: str) -> dict[str, object]:
    return {"outcome": outcome, "Error": error, "Cause": cause}


PROMOTED = ending("promoted", "", "shop:live serves version 2 alone")
HANDED_OVER = ending("handed_over", "RolloutHandedOver", "500 calls were needed, and 3 came")
ROLLED_BACK = ending(
    "rolled_back", "RolloutRolledBack", "shop:live serves version 1 alone again; 40 of 100 calls failed"
)
STILL_SPLIT = ending(
    "rollback_failed", "RollbackFailed", "shop:live serves version 1 with 10 % to version 2, although AWS answered"
)
REFUSED = ending("rejected", "AlreadyServedError", "shop:live already serves version 2 alone")

NO_CALLS: dict[str, object] = {"hook_run": {"calls": []}}
FAILED_CALLS: dict[str, object] = {"hook_run": {"calls": "none"}}
"""What is no list fails the Map state in moto, and its Catch takes it; on AWS, answers that are too large do."""

BEGIN = "PrepareRollout > ChooseStart:begin > ShiftTraffic > WaitForMetrics > JudgeCanary"
ROLL_BACK = "RollBack > ReadCanaryLogs > CloseRollout > ChooseEnding:rolled_back > RolloutRolledBack"
AT_ONCE = ACCEPTED | {"start": "promote", "next_move": "promote"}
BEGIN_AT_ONCE = "PrepareRollout > ChooseStart:promote > PromoteVersion"
RESTORED = (
    "The alias serves version 1 alone again. RollBack could not run, so the state machine itself restored it; the tasks"
    " before it in this execution say why."
)
MAY_BE_SPLIT = (
    "shop:live may still be split: neither RollBack nor RestoreAlias could point it at version 1 alone. Do it by hand:"
    " docs/runbook.md, RollbackFailed. The last error was Lambda.ResourceNotFoundException"
)


@dataclass(frozen=True)
class PathCase:
    """What the tasks answer, one visit after another, and the path and the ending that follow."""

    name: str
    path: str
    status: str = "FAILED"
    error: str | None = None
    cause: str | None = None
    """The beginning of the cause."""
    prepare_rollout: tuple[Any, ...] = (ACCEPTED,)
    shift_traffic: tuple[Any, ...] = (ACCEPTED,)
    judge_canary: tuple[Any, ...] = ()
    promote_version: tuple[Any, ...] = (ACCEPTED,)
    roll_back: tuple[Any, ...] = (ACCEPTED | {"ending": ROLLED_BACK},)
    read_canary_logs: tuple[Any, ...] = ()
    close_rollout: tuple[Any, ...] = ()
    """Without answers, these two tasks return their input, as CloseRollout does."""
    has_alias: bool = False
    start_at: str = "PrepareRollout"
    document: Any = field(default_factory=lambda: {"function": "shop"})

    def answers(self, task: str) -> tuple[Any, ...]:
        answers: tuple[Any, ...] = getattr(self, task)
        return answers


def failed(error: str, cause: object) -> dict[str, Any]:
    return {"error": error, "cause": cause}
