"""Every path through the state machine. The function has an alias only where RestoreAlias is to succeed."""

from tests.statemachine.path_case import (
    ACCEPTED,
    AT_ONCE,
    BEGIN,
    BEGIN_AT_ONCE,
    BROKEN,
    FAILED_CALLS,
    FAILS,
    HANDED_OVER,
    MAY_BE_SPLIT,
    NAMED,
    NO_CALLS,
    PROMOTED,
    REFUSED,
    REJECT_FAILED,
    RESTORED,
    ROLL_BACK,
    ROLLED_BACK,
    STILL_SPLIT,
    PathCase,
    ending,
    failed,
    next_move,
)

TIMEOUT = "ReadFailure:States.* > NameFailure > RolloutRejected"
MISSING = "ReadFailure:missing > NameFailure > RolloutRejected"
EMPTY = "ReadFailure:empty > NameFailure > RolloutRejected"
OTHERWISE = "ReadFailure:otherwise > RolloutRejected"

PATH_CASES = [
    PathCase(
        "an execution begins",
        "ReadInput > PrepareRollout > ChooseStart:nothing_to_do > NothingToDo",
        status="SUCCEEDED",
        prepare_rollout=(ACCEPTED | {"start": "nothing_to_do"},),
        start_at="ReadInput",
    ),
    PathCase(
        "a queued version has nothing to do",
        "PrepareRollout > ChooseStart:queue > WaitForTurn > PrepareRollout > ChooseStart:nothing_to_do > NothingToDo",
        status="SUCCEEDED",
        prepare_rollout=(ACCEPTED | {"start": "queue"}, ACCEPTED | {"start": "nothing_to_do"}),
    ),
    PathCase(
        "every step is healthy",
        f"{BEGIN} > ChooseNextMove:wait > WaitForMetrics > JudgeCanary > ChooseNextMove:shift > ShiftTraffic >"
        " WaitForMetrics > JudgeCanary > ChooseNextMove:promote > PromoteVersion > WaitForMetrics > JudgeCanary >"
        " ChooseNextMove:finish > CloseRollout > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        shift_traffic=(ACCEPTED, ACCEPTED),
        judge_canary=(
            next_move("wait"),
            next_move("shift"),
            next_move("promote"),
            next_move("finish", ending=PROMOTED),
        ),
    ),
    PathCase(
        "hooks agree before traffic, to each share and after traffic",
        "PrepareRollout > ChooseStart:run_before_traffic_hooks > RunBeforeTrafficHooks > JudgeCanary >"
        " ChooseNextMove:run_before_traffic_hooks > RunBeforeTrafficHooks > JudgeCanary > ChooseNextMove:shift >"
        " ShiftTraffic > WaitForMetrics > JudgeCanary > ChooseNextMove:run_step_hooks > RunStepHooks > JudgeCanary >"
        " ChooseNextMove:promote > PromoteVersion > WaitForMetrics > JudgeCanary >"
        " ChooseNextMove:run_after_traffic_hooks > RunAfterTrafficHooks > JudgeCanary > ChooseNextMove:finish >"
        " CloseRollout > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        prepare_rollout=(ACCEPTED | NO_CALLS | {"start": "run_before_traffic_hooks"},),
        judge_canary=(
            next_move("run_before_traffic_hooks", **NO_CALLS),
            next_move("shift"),
            next_move("run_step_hooks", **NO_CALLS),
            next_move("promote"),
            next_move("run_after_traffic_hooks", **NO_CALLS),
            next_move("finish", ending=PROMOTED),
        ),
    ),
    PathCase(
        "the calls of the hooks fail together at each point",
        "PrepareRollout > ChooseStart:run_before_traffic_hooks > RunBeforeTrafficHooks! > JudgeCanary >"
        " ChooseNextMove:run_step_hooks > RunStepHooks! > JudgeCanary > ChooseNextMove:run_after_traffic_hooks >"
        f" RunAfterTrafficHooks! > JudgeCanary > ChooseNextMove:otherwise > {ROLL_BACK}",
        prepare_rollout=(ACCEPTED | FAILED_CALLS | {"start": "run_before_traffic_hooks"},),
        judge_canary=(
            next_move("run_step_hooks", **FAILED_CALLS),
            next_move("run_after_traffic_hooks", **FAILED_CALLS),
            next_move("roll_back"),
        ),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "a hook stops the version before it has traffic",
        "PrepareRollout > ChooseStart:run_before_traffic_hooks > RunBeforeTrafficHooks > JudgeCanary >"
        " ChooseNextMove:reject > CloseRollout > ChooseEnding:rejected > ReadRejection > RolloutRejected",
        prepare_rollout=(ACCEPTED | NO_CALLS | {"start": "run_before_traffic_hooks"},),
        judge_canary=(next_move("reject", ending=REFUSED),),
        **failed("AlreadyServedError", REFUSED["Cause"]),
    ),
    *(
        PathCase(
            f"hooks are called after a rollback, and {what}",
            f"{BEGIN} > ChooseNextMove:otherwise > RollBack > ReadCanaryLogs > CloseRollout >"
            f" ChooseEnding:present and rolled_back > RunRollbackHooks{mark} > RolloutRolledBack",
            judge_canary=(next_move("roll_back"),),
            roll_back=(ACCEPTED | {"ending": ROLLED_BACK, "rollback_hooks": hooks},),
            **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
        )
        for what, mark, hooks in (("answer", "", []), ("fail", "!", "none"))
    ),
    PathCase(
        "AllAtOnce promotes first, then bakes",
        f"{BEGIN_AT_ONCE} > WaitForMetrics > JudgeCanary > ChooseNextMove:wait > WaitForMetrics > JudgeCanary >"
        " ChooseNextMove:finish > CloseRollout > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        prepare_rollout=(AT_ONCE,),
        promote_version=(AT_ONCE,),
        judge_canary=(next_move("wait"), next_move("finish", ending=PROMOTED)),
    ),
    PathCase(
        "AllAtOnce is rolled back during the bake",
        f"{BEGIN_AT_ONCE} > WaitForMetrics > JudgeCanary > ChooseNextMove:otherwise > {ROLL_BACK}",
        prepare_rollout=(AT_ONCE,),
        promote_version=(AT_ONCE,),
        judge_canary=(next_move("roll_back"),),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "PromoteVersion fails under AllAtOnce",
        f"{BEGIN_AT_ONCE}! > {ROLL_BACK}",
        prepare_rollout=(AT_ONCE,),
        promote_version=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "there is nothing to compare",
        "PrepareRollout > ChooseStart:nothing_to_do > NothingToDo",
        status="SUCCEEDED",
        prepare_rollout=({"start": "nothing_to_do"},),
    ),
    PathCase(
        "a request is refused",
        "PrepareRollout > ChooseStart:otherwise > RolloutRejected",
        prepare_rollout=({"start": "reject"} | REFUSED,),
        **failed("AlreadyServedError", REFUSED["Cause"]),
    ),
    PathCase(
        "PrepareRollout fails",
        REJECT_FAILED,
        prepare_rollout=(FAILS,),
        **failed("BrokenError", f"PrepareRollout failed: {BROKEN}"),
    ),
    *(
        PathCase(
            f"PrepareRollout fails with {caught}",
            path,
            start_at="ReadFailure",
            document=caught,
            **failed(error, cause),
        )
        for caught, path, error, cause in (
            ({"Error": "States.Timeout"}, TIMEOUT, "InternalError", NAMED.format("States.Timeout")),
            ({"Error": "States.Timeout", "Cause": "late"}, TIMEOUT, "InternalError", NAMED.format("States.Timeout")),
            ({"Error": "Lambda.Unknown"}, MISSING, "InternalError", NAMED.format("Lambda.Unknown")),
            ({"Error": "Lambda.Unknown", "Cause": ""}, EMPTY, "InternalError", NAMED.format("Lambda.Unknown")),
            ({"Error": "E", "Cause": "Rate Exceeded."}, OTHERWISE, "E", "Rate Exceeded."),
            ({"Error": "E", "Cause": '{"errorType": "E"}'}, OTHERWISE, "E", '{"errorType": "E"}'),
            ({"Error": "E", "Cause": '{"errorMessage": "cut o'}, OTHERWISE, "E", '{"errorMessage": "cut o'),
        )
    ),
    PathCase(
        "the canary is unhealthy",
        f"{BEGIN} > ChooseNextMove:otherwise > {ROLL_BACK}",
        judge_canary=(next_move("roll_back"),),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "the next move is unknown",
        f"{BEGIN} > ChooseNextMove:otherwise > {ROLL_BACK}",
        judge_canary=(next_move("teleport"),),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "the next move is no string",
        f"{BEGIN} > ChooseNextMove:otherwise > {ROLL_BACK}",
        judge_canary=(next_move(7),),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "the next move is missing",
        f"{BEGIN} > ChooseNextMove:missing > {ROLL_BACK}",
        judge_canary=(ACCEPTED,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "the policy hands over",
        f"{BEGIN} > ChooseNextMove:hand_over > CloseRollout > ChooseEnding:handed_over > RolloutHandedOver",
        judge_canary=(next_move("hand_over", ending=HANDED_OVER),),
        **failed("RolloutHandedOver", HANDED_OVER["Cause"]),
    ),
    PathCase(
        "ShiftTraffic fails",
        f"PrepareRollout > ChooseStart:begin > ShiftTraffic! > {ROLL_BACK}",
        shift_traffic=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "JudgeCanary fails",
        f"{BEGIN}! > {ROLL_BACK}",
        judge_canary=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "PromoteVersion fails",
        f"{BEGIN} > ChooseNextMove:promote > PromoteVersion! > {ROLL_BACK}",
        judge_canary=(next_move("promote"),),
        promote_version=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "another writer moved the alias before RollBack",
        f"{BEGIN}! > RollBack > ReadCanaryLogs > CloseRollout > ChooseEnding:handed_over > RolloutHandedOver",
        judge_canary=(FAILS,),
        roll_back=(ACCEPTED | {"ending": HANDED_OVER},),
        **failed("RolloutHandedOver", HANDED_OVER["Cause"]),
    ),
    PathCase(
        "the guardian closed the rollout before its first write, and the execution was redriven",
        f"{BEGIN.split(' > WaitForMetrics')[0]}! > RollBack > ReadCanaryLogs > CloseRollout >"
        " ChooseEnding:rejected > ReadRejection > RolloutRejected",
        shift_traffic=(FAILS,),
        roll_back=(ACCEPTED | {"ending": REFUSED},),
        **failed("AlreadyServedError", REFUSED["Cause"]),
    ),
    PathCase(
        "no function can run, and RestoreAlias restores the alias",
        "PrepareRollout > ChooseStart:begin > ShiftTraffic! > RollBack! > RestoreAlias > ReadCanaryLogs! >"
        " CloseRollout! >"
        " ChooseEnding:rolled_back > RolloutRolledBack",
        shift_traffic=(FAILS,),
        roll_back=(FAILS,),
        read_canary_logs=(FAILS,),
        close_rollout=(FAILS,),
        has_alias=True,
        **failed("RolloutRolledBack", RESTORED),
    ),
    PathCase(
        "RollBack and RestoreAlias fail",
        f"{BEGIN} > ChooseNextMove:otherwise > RollBack! > RestoreAlias! > CloseRollout! > ChooseEnding:missing >"
        " NameRollbackFailure > RollbackFailed",
        judge_canary=(next_move("roll_back"),),
        roll_back=(FAILS,),
        close_rollout=(FAILS,),
        **failed("RollbackFailed", MAY_BE_SPLIT),
    ),
    PathCase(
        "RollBack and RestoreAlias fail, and CloseRollout records it",
        f"{BEGIN} > ChooseNextMove:otherwise > RollBack! > RestoreAlias! > CloseRollout >"
        " ChooseEnding:rollback_failed > RollbackFailed",
        judge_canary=(next_move("roll_back"),),
        roll_back=(FAILS,),
        close_rollout=(lambda document: document | {"ending": STILL_SPLIT},),
        **failed("RollbackFailed", STILL_SPLIT["Cause"]),
    ),
    PathCase(
        "CloseRollout answers with an unknown outcome",
        f"{BEGIN} > ChooseNextMove:otherwise > RollBack! > RestoreAlias! > CloseRollout > ChooseEnding:otherwise >"
        " NameRollbackFailure > RollbackFailed",
        judge_canary=(next_move("roll_back"),),
        roll_back=(FAILS,),
        close_rollout=(lambda document: document | {"ending": ending("unknown", "", "")},),
        **failed("RollbackFailed", MAY_BE_SPLIT),
    ),
    PathCase(
        "CloseRollout fails after a promotion",
        f"{BEGIN} > ChooseNextMove:finish > CloseRollout! > ChooseEnding:promoted > RolloutSucceeded",
        status="SUCCEEDED",
        judge_canary=(next_move("finish", ending=PROMOTED),),
        close_rollout=(FAILS,),
    ),
    PathCase(
        "CloseRollout fails after a rollback",
        f"{BEGIN} > ChooseNextMove:otherwise > {ROLL_BACK.replace('CloseRollout', 'CloseRollout!')}",
        judge_canary=(next_move("roll_back"),),
        close_rollout=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
    PathCase(
        "ReadCanaryLogs fails",
        f"{BEGIN} > ChooseNextMove:otherwise > {ROLL_BACK.replace('ReadCanaryLogs', 'ReadCanaryLogs!')}",
        judge_canary=(next_move("roll_back"),),
        read_canary_logs=(FAILS,),
        **failed("RolloutRolledBack", ROLLED_BACK["Cause"]),
    ),
]
