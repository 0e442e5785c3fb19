"""The faults of hooks: what a hook answers, and what happens while it runs."""

from stress.faults.matrix.fault import DELAY_SECONDS, Fault, HookFault, OutsideAction
from stress.faults.matrix.states import HOOK, FaultRequest

_CALLED: FaultRequest = {"action": "lambda:InvokeFunction", "caller": HOOK, "times": 1}
_CALL_DELAYED = _CALLED | {"delay": DELAY_SECONDS}
UNDECIDED, THROTTLED = "not decided", "not called (Lambda.TooManyRequestsException"
"""What an evaluation says of a hook that asks to be called again, or that Lambda throttles."""
_DENIED = "is not authorized to perform: lambda:InvokeFunction"
_AGAIN, _TWO_CALLS_SECONDS = '{"again_in": "1s"}', 20
"""An answer, and a timeout in which a hook with this answer is called twice."""


def _without_verdict(name: str, description: str, said: str, answer: str, **variables: object) -> Fault:
    hook = HookFault(said, answer, variables, timeout_seconds=4, is_bad=True)
    return Fault(name, description, _CALLED, hook=hook)


def _while_it_runs(name: str, description: str, action: OutsideAction) -> Fault:
    return Fault(name, description, _CALLED, action, hook=HookFault())


def _denied(name: str, description: str, action: OutsideAction) -> Fault:
    hook = HookFault(_DENIED, _AGAIN, {}, timeout_seconds=_TWO_CALLS_SECONDS, is_bad=True)
    return Fault(name, description, _CALLED, action, hook=hook)


_ANSWERS = (
    _without_verdict("hook-hangs", "the hook hangs", "its call failed (States.Timeout", "hangs", seconds=15),
    _without_verdict("hook-number", "the hook returns a number", "it returned 7", "7"),
    _without_verdict("hook-html", "the hook returns a page of HTML", 'it returned "<html>', '"<html>502</html>"'),
    _without_verdict(
        "hook-large",
        "the hook returns 300,000 characters",
        "its call failed (States.DataLimitExceeded",
        "is too large",
        size=300_000,
    ),
    _without_verdict("hook-raises", "the hook raises", "it raised ConfiguredError: The orders do not add up", "raises"),
    Fault(
        "hook-late",
        "the hook decides at its second call",
        _CALLED,
        hook=HookFault(UNDECIDED, "decides late", {"undecided": 1}),
    ),
)
_OUTSIDE = (
    _denied("hook-deleted", "the hook is deleted", OutsideAction.DELETE_HOOK),
    _denied("hook-untagged", "the hook loses its tag", OutsideAction.UNTAG_HOOK),
    Fault(
        "hook-throttled",
        "Lambda throttles the hook for a while",
        _CALL_DELAYED,
        OutsideAction.THROTTLE_HOOK,
        hook=HookFault(THROTTLED, "null", {}),
    ),
    _while_it_runs("hook-stopped", "execution stopped while the hook runs", OutsideAction.STOP),
    _while_it_runs(
        "hook-redriven", "execution stopped and redriven while the hook runs", OutsideAction.STOP_AND_REDRIVE
    ),
    _while_it_runs("hook-aborted", "abort is given twice while the hook runs", OutsideAction.ABORT),
    _while_it_runs("hook-edited", "the alias is edited by hand while the hook runs", OutsideAction.EDIT),
)
HOOK_FAULTS = _ANSWERS + _OUTSIDE
