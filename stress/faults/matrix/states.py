"""The Task states of the two state machines, with what a rollout needs to reach each of them."""

from dataclasses import dataclass
from typing import Any

FaultRequest = dict[str, Any]
"""The parameters of a fault, as the emulator's `add-fault` request takes them."""
ALIAS_WRITE = "lambda:UpdateAlias"
LEDGER_WRITE = "dynamodb:[PUDT]*"
LOG_QUERY = "logs:StartQuery"
"""ReadCanaryLogs writes nothing; its first call that costs something stands for it."""
BEFORE_TRAFFIC, EACH_STEP, AFTER_TRAFFIC = "before_traffic", "each_step", "after_traffic"
"""The points of a rollout at which hooks decide, as a policy names them."""
HOOK = "-hook"
"""The end of the name of each cell's hook, by which the emulator knows the calls of it."""


@dataclass(frozen=True)
class State:
    """A Task state."""

    name: str
    write: str = ALIAS_WRITE
    """The first call by which the task changes something, as IAM names it."""
    is_function: bool = True
    """False for RestoreAlias, which calls Lambda directly."""
    needs_unhealthy_canary: bool = False
    """Whether only a rollout with a failing canary reaches the state."""
    preceding_faults: tuple[FaultRequest, ...] = ()
    """Further faults without which the rollout does not reach the state."""
    command: str = ""
    """The command that the program gives to the rollout, which waits for an approval; empty for none."""
    hook_point: str = ""
    """The point at which the cell has a hook, whose answer the state reads; empty for a rollout without hooks."""

    @property
    def label(self) -> str:
        """The name in the table: with the command or the point, such as `TakeCommand-abort`."""
        return "-".join(filter(None, [self.name, self.command, self.hook_point.replace("_", "-")]))

    @property
    def is_before_traffic(self) -> bool:
        return self.hook_point == BEFORE_TRAFFIC

    @property
    def hooks_state(self) -> str:
        """The state that calls the hook; empty for a rollout without hooks."""
        return _HOOKS_STATES.get(self.hook_point, "")

    @property
    def is_at_end(self) -> bool:
        """Whether the ending has been decided when the state writes."""
        return self.name in ("ReadCanaryLogs", "CloseRollout") or self.hook_point == AFTER_TRAFFIC

    @property
    def takes_command(self) -> bool:
        """Whether the state is TakeCommand, so that the fault occurs in the command itself."""
        return self.name == "TakeCommand"

    @property
    def caller(self) -> str:
        """The name by which the emulator knows the caller of the state's AWS calls."""
        return f"{self.name}Function" if self.is_function else "aws-sdk"

    @property
    def role(self) -> str:
        """The logical id of the role that the state's AWS calls use."""
        return f"{self.name}FunctionRole" if self.is_function else "RestorerRole"


_HOOKS_STATES = {
    BEFORE_TRAFFIC: "RunBeforeTrafficHooks",
    EACH_STEP: "RunStepHooks",
    AFTER_TRAFFIC: "RunAfterTrafficHooks",
}
_ROLL_BACK_CANNOT_RUN: FaultRequest = {
    "action": "lambda:InvokeFunction",
    "caller": "RollBackFunction",
    "code": "Runtime.ImportModuleError",
}
STATES = (
    State("PrepareRollout", write=LEDGER_WRITE),
    State("ShiftTraffic"),
    State("JudgeCanary", write=LEDGER_WRITE),
    State("PromoteVersion"),
    State("RollBack", needs_unhealthy_canary=True),
    State("RestoreAlias", is_function=False, needs_unhealthy_canary=True, preceding_faults=(_ROLL_BACK_CANNOT_RUN,)),
    State("ReadCanaryLogs", write=LOG_QUERY, needs_unhealthy_canary=True),
    State("CloseRollout", write=LEDGER_WRITE),
    State("TakeCommand", write=LEDGER_WRITE, command="abort"),
    State("TakeCommand", write=LEDGER_WRITE, command="approve"),
    State("JudgeCanary", write=LEDGER_WRITE, command="approve"),
    *[State("JudgeCanary", write=LEDGER_WRITE, hook_point=point) for point in _HOOKS_STATES],
)
