"""A fault: what fails, and what happens outside the rollout at the same time."""

from dataclasses import dataclass, field
from enum import StrEnum

from stress.faults.matrix.states import FaultRequest

STATE_WRITE = "the state's write"
STATE_TASK = "the state's task"
"""Placeholders for an action: each state fills in its own call."""
METRICS = "cloudwatch:GetMetricData"
STOP = "states:StopExecution"
DELAY_SECONDS = 2.5
"""Long enough for an outside action, and shorter than the five seconds that boto3 waits for a response."""
HOOK_SECONDS = 3
"""How long a hook runs during which the program adds a fault, or acts."""


class OutsideAction(StrEnum):
    """What the program does as soon as the fault has occurred."""

    NOTHING = "nothing"
    STOP = "stop"
    TIME_OUT = "time_out"
    EDIT = "edit"
    EDIT_TO_LATEST = "edit_to_latest"
    DELETE = "delete"
    PRUNE = "prune"
    REDELIVER = "redeliver"
    PUBLISH = "publish"
    UNTAG = "untag"
    PERMIT = "permit"
    GHOST = "ghost"
    ABORT = "abort"
    COMMAND_AGAIN = "command_again"
    COMMAND_LATE = "command_late"
    FREEZE = "freeze"
    FREEZE_AND_ROLL_BACK = "freeze_and_roll_back"
    STOP_AND_REDRIVE = "stop_and_redrive"
    DELETE_HOOK = "delete_hook"
    UNTAG_HOOK = "untag_hook"
    THROTTLE_HOOK = "throttle_hook"


FREEZES = frozenset({OutsideAction.FREEZE, OutsideAction.FREEZE_AND_ROLL_BACK})
"""The actions that affect every rollout of the stack, so that no other cell may run at the same time."""


@dataclass(frozen=True)
class HookFault:
    """What a hook does, or what happens to it, and what the rollout says of it."""

    said: str = ""
    """A part of the reason of an evaluation; empty if the rollout has nothing to say of the hook."""
    answer: str = "hangs"
    """As `sandbox.hook` takes it: by default the hook is healthy after HOOK_SECONDS."""
    variables: dict[str, object] = field(default_factory=lambda: {"seconds": HOOK_SECONDS})
    timeout_seconds: int = 60
    is_bad: bool = False
    """Whether the hook has to stop the rollout."""


@dataclass(frozen=True)
class Fault:
    """A fault that can occur in any state."""

    name: str
    description: str
    request: FaultRequest
    outside_action: OutsideAction = OutsideAction.NOTHING
    is_harmless: bool = False
    """Whether the rollout must end as it does without the fault."""
    is_found: bool = False
    """Whether the fault is the canary's own, and the rollout must roll it back for that reason."""
    hook: HookFault | None = None
    """The fault of the hook of a state; None for every other fault."""
