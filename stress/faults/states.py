"""The Task states of the two state machines, with what a rollout needs to reach each of them."""

from dataclasses import dataclass
from typing import Any

FaultRequest = dict[str, Any]
"""The parameters of a fault, as the emulator's `add-fault` request takes them."""
ALIAS_WRITE = "lambda:UpdateAlias"
LEDGER_WRITE = "dynamodb:[PUDT]*"


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

    @property
    def label(self) -> str:
        """The name in the table: with the command, such as `TakeCommand-abort`."""
        return f"{self.name}-{self.command}" if self.command else self.name

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
    State("CloseRollout", write=LEDGER_WRITE),
    State("TakeCommand", write=LEDGER_WRITE, command="abort"),
    State("TakeCommand", write=LEDGER_WRITE, command="approve"),
    State("JudgeCanary", write=LEDGER_WRITE, command="approve"),
)
