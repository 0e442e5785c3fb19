"""Every way through the state machine, told with scripted tasks.

A task answers with a document; with `dead`, it raises, however often it is tried. A way reads as
`RollBack! > RestoreAlias`: an exclamation mark where the error of a task was caught, and behind a colon the rule by
which a choice was made. The function of the stories has an alias only where RestoreAlias is to succeed.
"""

from dataclasses import dataclass
from typing import Any

dead = object()
"""A task that raises at every try."""

BROKEN = '{"errorType":"BrokenError","errorMessage":"no module named rollout"}'
ACCEPTED = {
    "start": "begin",
    "target": {"account": "123456789012", "region": "eu-west-1", "function": "shop", "alias": "live"},
    "stable_version": "1",
    "revision_id": "a1",
    "wait_seconds": 0,
}


def _after(move: object, **more: object) -> dict[str, object]:
    return ACCEPTED | {"next_move": move} | more


def _ending(outcome: str, error: str, cause: str) -> dict[str, object]:
    return {"outcome": outcome, "Error": error, "Cause": cause}


PROMOTED = _ending("promoted", "", "shop:live serves version 2 alone")
HANDED_OVER = _ending("handed_over", "RolloutHandedOver", "500 calls were needed, and 3 came")
TAKEN_BACK = _ending(
    "rolled_back", "RolloutRolledBack", "shop:live serves version 1 alone again; 40 of 100 calls failed"
)
REFUSED = _ending("rejected", "AlreadyServedError", "shop:live already serves version 2 alone")

BEGIN = "PrepareRollout > ChooseStart:begin > ShiftTraffic > WaitForMetrics > JudgeCanary"
BACK = "RollBack > CloseRollout > ChooseEnding:rolled_back > RolloutRolledBack"
AT_ONCE = ACCEPTED | {"start": "promote", "next_move": "promote"}
BEGIN_AT_ONCE = "PrepareRollout > ChooseStart:promote > PromoteVersion"
RESTORED = (
    "The alias serves version 1 alone again. RollBack could not run, so the state machine itself restored it; the tasks"
    " before it in this execution say why."
)
MAY_BE_SPLIT = (
    "shop:live may still be split: neither RollBack nor RestoreAlias could point it at version 1 alone. Do it by hand:"
    " docs/runbook.md, RollbackFailed. The last refusal was Lambda.ResourceNotFoundException: "
)


@dataclass(frozen=True)
class Story:
    """What the tasks answer, one visit after the other, and how it must end; the cause may be told by its beginning."""

    name: str
    way: str
    status: str = "FAILED"
    error: str | None = None
    cause: str | None = None
    prepare_rollout: tuple[Any, ...] = (ACCEPTED,)
    shift_traffic: tuple[Any, ...] = (ACCEPTED,)
    judge_canary: tuple[Any, ...] = ()
    promote_version: tuple[Any, ...] = (ACCEPTED,)
    roll_back: tuple[Any, ...] = (ACCEPTED | {"ending": TAKEN_BACK},)
    close_rollout: tuple[Any, ...] = ()
    """Passes its document on unless told otherwise, as CloseRollout does."""
    has_alias: bool = False

    def answers(self, task: str) -> tuple[Any, ...]:
        return getattr(self, task)


def _red(error: str, cause: object) -> dict[str, Any]:
    return {"error": error, "cause": cause}


STORIES = [
    Story(
        "a version waits for its turn, and finds nothing left to do",
        "PrepareRollout > ChooseStart:queue > WaitForTurn > PrepareRollout > ChooseStart:nothing_to_do > NothingToDo",
        status="SUCCEEDED",
        prepare_rollout=(ACCEPTED | {"start": "queue"}, ACCEPTED | {"start": "nothing_to_do"}),
    ),
    Story(
        "a version goes all the way",
        f"{BEGIN} > ChooseNextMove:wait > WaitForMetrics > JudgeCanary > ChooseNextMove:shift > ShiftTraffic >"
        " WaitForMetrics > JudgeCanary > ChooseNextMove:promote > PromoteVersion > WaitForMetrics > JudgeCanary >"
        " ChooseNextMove:finish > CloseRollout > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        shift_traffic=(ACCEPTED, ACCEPTED),
        judge_canary=(_after("wait"), _after("shift"), _after("promote"), _after("finish", ending=PROMOTED)),
    ),
    Story(
        "a version is promoted at once and watched",
        f"{BEGIN_AT_ONCE} > WaitForMetrics > JudgeCanary > ChooseNextMove:wait > WaitForMetrics > JudgeCanary >"
        " ChooseNextMove:finish > CloseRollout > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        prepare_rollout=(AT_ONCE,),
        promote_version=(AT_ONCE,),
        judge_canary=(_after("wait"), _after("finish", ending=PROMOTED)),
    ),
    Story(
        "a version promoted at once is taken back from the bake",
        f"{BEGIN_AT_ONCE} > WaitForMetrics > JudgeCanary > ChooseNextMove:otherwise > {BACK}",
        prepare_rollout=(AT_ONCE,),
        promote_version=(AT_ONCE,),
        judge_canary=(_after("roll_back"),),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "PromoteVersion is dead, and was to promote at once",
        f"{BEGIN_AT_ONCE}! > {BACK}",
        prepare_rollout=(AT_ONCE,),
        promote_version=(dead,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "there is nothing to compare",
        "PrepareRollout > ChooseStart:nothing_to_do > NothingToDo",
        status="SUCCEEDED",
        prepare_rollout=({"start": "nothing_to_do"},),
    ),
    Story(
        "a request is refused",
        "PrepareRollout > ChooseStart:otherwise > RolloutRejected",
        prepare_rollout=({"start": "reject"} | REFUSED,),
        **_red("AlreadyServedError", REFUSED["Cause"]),
    ),
    Story(
        "PrepareRollout is dead",
        "PrepareRollout! > RolloutRejected",
        prepare_rollout=(dead,),
        **_red("BrokenError", BROKEN),
    ),
    Story(
        "a look finds the canary unhealthy",
        f"{BEGIN} > ChooseNextMove:otherwise > {BACK}",
        judge_canary=(_after("roll_back"),),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "the next move is a word nobody knows",
        f"{BEGIN} > ChooseNextMove:otherwise > {BACK}",
        judge_canary=(_after("teleport"),),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "the next move is no word at all",
        f"{BEGIN} > ChooseNextMove:otherwise > {BACK}",
        judge_canary=(_after(7),),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "a look forgets the next move",
        f"{BEGIN} > ChooseNextMove:missing > {BACK}",
        judge_canary=(ACCEPTED,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "a person is to decide",
        f"{BEGIN} > ChooseNextMove:hand_over > CloseRollout > ChooseEnding:handed_over > RolloutHandedOver",
        judge_canary=(_after("hand_over", ending=HANDED_OVER),),
        **_red("RolloutHandedOver", HANDED_OVER["Cause"]),
    ),
    Story(
        "ShiftTraffic is dead",
        f"PrepareRollout > ChooseStart:begin > ShiftTraffic! > {BACK}",
        shift_traffic=(dead,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "JudgeCanary is dead",
        f"{BEGIN}! > {BACK}",
        judge_canary=(dead,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "PromoteVersion is dead",
        f"{BEGIN} > ChooseNextMove:promote > PromoteVersion! > {BACK}",
        judge_canary=(_after("promote"),),
        promote_version=(dead,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
    Story(
        "RollBack finds the alias in another hand",
        f"{BEGIN}! > RollBack > CloseRollout > ChooseEnding:handed_over > RolloutHandedOver",
        judge_canary=(dead,),
        roll_back=(ACCEPTED | {"ending": HANDED_OVER},),
        **_red("RolloutHandedOver", HANDED_OVER["Cause"]),
    ),
    Story(
        "none of our own code can run, and the alias is restored all the same",
        "PrepareRollout > ChooseStart:begin > ShiftTraffic! > RollBack! > RestoreAlias > CloseRollout! >"
        " ChooseEnding:rolled_back > RolloutRolledBack",
        shift_traffic=(dead,),
        roll_back=(dead,),
        close_rollout=(dead,),
        has_alias=True,
        **_red("RolloutRolledBack", RESTORED),
    ),
    Story(
        "neither way back works",
        f"{BEGIN} > ChooseNextMove:otherwise > RollBack! > RestoreAlias! > CloseRollout! > ChooseEnding:missing >"
        " RollbackFailed",
        judge_canary=(_after("roll_back"),),
        roll_back=(dead,),
        close_rollout=(dead,),
        **_red("RollbackFailed", MAY_BE_SPLIT),
    ),
    Story(
        "neither way back works, and the ledger can say so",
        f"{BEGIN} > ChooseNextMove:otherwise > RollBack! > RestoreAlias! > CloseRollout > ChooseEnding:otherwise >"
        " RollbackFailed",
        judge_canary=(_after("roll_back"),),
        roll_back=(dead,),
        close_rollout=(lambda document: document | {"ending": _ending("rollback_failed", "RollbackFailed", "")},),
        **_red("RollbackFailed", MAY_BE_SPLIT),
    ),
    Story(
        "the ledger cannot be closed after a promotion",
        f"{BEGIN} > ChooseNextMove:finish > CloseRollout! > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        judge_canary=(_after("finish", ending=PROMOTED),),
        close_rollout=(dead,),
    ),
    Story(
        "the ledger cannot be closed after a rollback",
        f"{BEGIN} > ChooseNextMove:otherwise > {BACK.replace('CloseRollout', 'CloseRollout!')}",
        judge_canary=(_after("roll_back"),),
        close_rollout=(dead,),
        **_red("RolloutRolledBack", TAKEN_BACK["Cause"]),
    ),
]
