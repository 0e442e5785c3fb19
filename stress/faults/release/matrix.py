"""The cells of the release matrix: each Task state of the release state machine with each fault it can have."""

from collections.abc import Iterator

from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import DELAY_SECONDS, STATE_WRITE, Fault, OutsideAction
from stress.faults.matrix.fault_list import FAULTS
from stress.faults.matrix.states import LEDGER_WRITE, FaultRequest, State

START = "states:StartExecution"
_START_ROLLOUTS = State("StartRollouts", write=START, is_function=False)
_STATES = tuple(State(name, write=LEDGER_WRITE) for name in ("PrepareRelease", "JudgeRelease", "CloseRelease"))
_NAMES = (
    "raises-before",
    "raises-after",
    "killed-before",
    "killed-after",
    "hangs-before",
    "hangs-after",
    "task-timeout",
    "lambda-throttled",
    "lambda-closed",
    "missing",
    "denied",
    "ledger-throttled",
    "stopped-before",
    "stopped-after",
    "time-out",
    "event-repeated",
    "aborted",
)
"""The faults of the rollouts' matrix that can occur in a function of a release."""


def _on_start(**parameters: object) -> FaultRequest:
    """Return a fault of the starts of rollouts, which are calls of Step Functions' own."""
    return {"action": START, "caller": "startExecution", **parameters}


_THROTTLED = "StepFunctions.ThrottlingException"
_DENIED = "StepFunctions.AccessDeniedException"
SECOND = "-b"
"""The end of the name of the second function, by which the emulator knows its start."""
_DELAYED_BEFORE = _on_start(times=1, delay=DELAY_SECONDS)
_DELAYED_AFTER = _on_start(times=1, delay=DELAY_SECONDS, after=True)
_START_FAULTS = (
    Fault("start-throttled", "StartExecution throttled twice", _on_start(times=2, code=_THROTTLED), is_harmless=True),
    Fault(
        "answer-lost",
        "StartExecution answers 500, and has started",
        _on_start(times=2, code="StepFunctions.ServiceException", after=True),
        is_harmless=True,
    ),
    Fault("start-closed", "StartExecution throttled throughout", _on_start(code=_THROTTLED)),
    Fault("denied", "StartExecution denied throughout", _on_start(code=_DENIED)),
    Fault("one-denied", "StartExecution denied for one function", _on_start(code=_DENIED, contains=SECOND)),
    Fault("stopped-before", "execution stopped, its start lands after", _DELAYED_BEFORE, OutsideAction.STOP),
    Fault("stopped-after", "execution stopped when it has started one", _DELAYED_AFTER, OutsideAction.STOP),
    Fault("time-out", "the state machine's time runs out", _DELAYED_AFTER, OutsideAction.TIME_OUT),
    Fault("aborted", "the command abort is given", _DELAYED_BEFORE, OutsideAction.ABORT),
)

STOPPED_IN_BAKE = Fault(
    "stopped-in-bake",
    "execution stopped when both functions are promoted and in their bake",
    {"action": STATE_WRITE, "times": 1, "delay": DELAY_SECONDS, "after": True},
    OutsideAction.STOP,
)
"""The fault delays the write by which the functions may be promoted; the program stops the execution when they are."""


def release_cells() -> Iterator[Cell]:
    """Yield the cells, in the order of the state machine."""
    by_name = {fault.name: fault for fault in FAULTS}
    prepare, judge, close = _STATES
    yield from (Cell(prepare, by_name[name]) for name in _NAMES)
    yield from (Cell(_START_ROLLOUTS, fault) for fault in _START_FAULTS)
    yield from (Cell(judge, by_name[name]) for name in _NAMES)
    yield Cell(judge, STOPPED_IN_BAKE)
    yield from (Cell(close, by_name[name]) for name in _NAMES)
