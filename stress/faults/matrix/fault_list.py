"""Every fault of the matrix."""

from stress.faults.matrix.fault import (
    DELAY_SECONDS,
    METRICS,
    STATE_TASK,
    STATE_WRITE,
    STOP,
    Fault,
    OutsideAction,
)
from stress.faults.matrix.hook_faults import HOOK_FAULTS
from stress.faults.matrix.states import ALIAS_WRITE, FaultRequest


def _on_task(code: str, *, times: int = 1, after: bool = False) -> FaultRequest:
    return {"action": "lambda:InvokeFunction", "code": code, "times": times, "after": after}


def _on_write(**parameters: object) -> FaultRequest:
    return {"action": STATE_WRITE, **parameters}


def _on_metrics(**parameters: object) -> FaultRequest:
    return {"action": METRICS, **parameters}


_THROTTLED: FaultRequest = {"action": ALIAS_WRITE, "code": "TooManyRequestsException", "status": 429}
_RESPONSE_LOST: FaultRequest = {"action": ALIAS_WRITE, "after": True, "code": "ServiceException", "status": 500}
_LEDGER_THROTTLED: FaultRequest = {"action": "dynamodb:*", "code": "ProvisionedThroughputExceededException"}
_DELAYED_BEFORE = _on_write(times=1, delay=DELAY_SECONDS)
_DELAYED_AFTER = _on_write(times=1, delay=DELAY_SECONDS, after=True)

_TASK_FAULTS = (
    Fault("raises-before", "raises before it writes", _on_task("UnforeseenError")),
    Fault("raises-after", "raises after it has written", _on_task("UnforeseenError", after=True)),
    Fault("killed-before", "killed as it writes", _on_write(kill=True, times=1), is_harmless=True),
    Fault("killed-after", "killed when it has written", _on_write(kill=True, times=1, after=True), is_harmless=True),
    Fault("hangs-before", "runs out of time before it writes", _on_task("Sandbox.Timedout"), is_harmless=True),
    Fault(
        "hangs-after",
        "runs out of time after it has written",
        _on_task("Sandbox.Timedout", after=True),
        is_harmless=True,
    ),
    Fault(
        "task-timeout",
        "the task's time runs out",
        {"action": STATE_TASK, "code": "States.Timeout", "times": 1},
        is_harmless=True,
    ),
    Fault(
        "lambda-throttled",
        "Lambda throttles it three times",
        _on_task("Lambda.TooManyRequestsException", times=3),
        is_harmless=True,
    ),
    Fault("lambda-closed", "Lambda throttles it throughout", _on_task("Lambda.TooManyRequestsException", times=1000)),
    Fault("missing", "its function is deleted", _on_task("Lambda.ResourceNotFoundException", times=1000)),
)
_CALL_FAULTS = (
    Fault("denied", "its write is denied throughout", _on_write(code="AccessDeniedException", status=403)),
    Fault("alias-throttled", "UpdateAlias throttled twice", _THROTTLED | {"times": 2}, is_harmless=True),
    Fault("alias-closed", "UpdateAlias throttled throughout", _THROTTLED),
    Fault("answer-lost", "UpdateAlias answers 500, and has written", _RESPONSE_LOST | {"times": 1}, is_harmless=True),
    Fault("answers-lost", "UpdateAlias answers 500 throughout, and writes", _RESPONSE_LOST),
    Fault("metrics-throttled", "GetMetricData throttled throughout", _on_metrics(code="Throttling", status=400)),
    Fault("metrics-partial", "GetMetricData gives PartialData throughout", _on_metrics(truncate="partial")),
    Fault("metrics-broken", "GetMetricData gives InternalError throughout", _on_metrics(truncate="error")),
    Fault("metrics-empty", "GetMetricData gives nothing throughout", _on_metrics(truncate="empty")),
    Fault("ledger-throttled", "DynamoDB throttled throughout", _LEDGER_THROTTLED),
    Fault("stop-throttled", "StopExecution throttled throughout", {"action": STOP, "code": "ThrottlingException"}),
)
RUN_CANARY = "lambda:RunVersion"
"""The sandbox's name for running a version's code: no IAM action, because the caller has no part in it."""
_VERSION_FAULTS = (
    Fault(
        "cannot-run",
        "Lambda cannot invoke the canary",
        {"action": RUN_CANARY, "caller": "version 3"},
        is_found=True,
    ),
)
_OUTSIDE_FAULTS = (
    Fault("stopped-before", "execution stopped, its write lands after", _DELAYED_BEFORE, OutsideAction.STOP),
    Fault("stopped-after", "execution stopped when it has written", _DELAYED_AFTER, OutsideAction.STOP),
    Fault("time-out", "the state machine's time runs out", _DELAYED_AFTER, OutsideAction.TIME_OUT),
    Fault(
        "event-repeated",
        "the version's event comes again",
        _DELAYED_AFTER,
        OutsideAction.REDELIVER,
        is_harmless=True,
    ),
    Fault("newer-version", "a newer version is published", _DELAYED_AFTER, OutsideAction.PUBLISH, is_harmless=True),
    Fault("edited", "the alias is edited by hand", _DELAYED_BEFORE, OutsideAction.EDIT),
    Fault(
        "edited-latest",
        "the alias is pointed at $LATEST by hand",
        _DELAYED_BEFORE,
        OutsideAction.EDIT_TO_LATEST,
    ),
    Fault(
        "pruned",
        "a pruner deletes the versions that no alias references",
        _DELAYED_AFTER,
        OutsideAction.PRUNE,
        is_harmless=True,
    ),
    Fault("untagged", "the function loses its opt-in tag", _DELAYED_AFTER, OutsideAction.UNTAG),
    Fault(
        "permitted",
        "a permission of the alias is added, which changes its revision",
        _DELAYED_BEFORE,
        OutsideAction.PERMIT,
        is_harmless=True,
    ),
    Fault(
        "ghost",
        "a function that was deleted is still listed as opted in",
        _DELAYED_AFTER,
        OutsideAction.GHOST,
        is_harmless=True,
    ),
    Fault("deleted", "the canary is deleted", _DELAYED_BEFORE, OutsideAction.DELETE),
    Fault("aborted", "the command abort is given twice", _DELAYED_BEFORE, OutsideAction.ABORT),
    Fault(
        "command-repeated",
        "the command is given a second time",
        _DELAYED_AFTER,
        OutsideAction.COMMAND_AGAIN,
        is_harmless=True,
    ),
    Fault(
        "command-late",
        "the command abort is given after the end",
        _DELAYED_AFTER,
        OutsideAction.COMMAND_LATE,
        is_harmless=True,
    ),
    Fault("frozen", "the stack is frozen for a while", _DELAYED_AFTER, OutsideAction.FREEZE, is_harmless=True),
    Fault(
        "frozen-back",
        "the stack is frozen, and live rollouts have to roll back",
        _DELAYED_AFTER,
        OutsideAction.FREEZE_AND_ROLL_BACK,
    ),
)
FAULTS = _TASK_FAULTS + _CALL_FAULTS + _VERSION_FAULTS + _OUTSIDE_FAULTS + HOOK_FAULTS
