"""The cells of the matrix: every Task state with every fault, and the reason why some cells cannot exist."""

from collections.abc import Iterator
from dataclasses import dataclass

from stress.faults.matrix.fault import STATE_TASK, STATE_WRITE, STOP, Fault, OutsideAction
from stress.faults.matrix.fault_list import FAULTS
from stress.faults.matrix.states import AFTER_TRAFFIC, ALIAS_WRITE, STATES, FaultRequest, State

_STEP_FUNCTIONS_ERRORS = {
    "TooManyRequestsException": "Lambda.TooManyRequestsException",
    "ServiceException": "Lambda.ServiceException",
    "AccessDeniedException": "Lambda.LambdaException",
}
"""The error names that Step Functions gives to Lambda's errors when it calls Lambda directly."""
_STATES_WITH_UNSERVED_CANARY = (
    "PrepareRollout",
    "ShiftTraffic",
    "ReadCanaryLogs",
    "CloseRollout",
    "JudgeCanary-before-traffic",
)


@dataclass(frozen=True)
class Cell:
    """One fault in one state."""

    state: State
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.state.label}:{self.fault.name}"

    @property
    def action(self) -> str:
        """The call in which the fault occurs, as IAM names it."""
        placeholders = {
            STATE_WRITE: self.state.write,
            STATE_TASK: "lambda:InvokeFunction" if self.state.is_function else ALIAS_WRITE,
        }
        action: str = self.fault.request["action"]
        return placeholders.get(action, action)

    @property
    def fault_requests(self) -> list[FaultRequest]:
        """The faults to set in the emulator before the rollout starts."""
        request = {"caller": self.state.caller, **self.fault.request, "action": self.action}
        if not self.state.is_function and "code" in request:
            request["code"] = _STEP_FUNCTIONS_ERRORS.get(request["code"], request["code"])
        return [*self.state.preceding_faults, request]

    @property
    def is_added_late(self) -> bool:
        """Whether the fault is added only once the rollout waits for its command, or calls its hook."""
        is_of_hooks = self.fault.hook is not None or (bool(self.state.hook_point) and self.fault.is_found)
        return bool(self.state.command or self.state.hook_point) and not is_of_hooks

    @property
    def is_canary_unhealthy(self) -> bool:
        """Whether the canary fails; only a rolled back canary can be deleted in CloseRollout."""
        is_deleted_at_end = (self.state.name, self.fault.outside_action) == ("CloseRollout", OutsideAction.DELETE)
        return self.state.needs_unhealthy_canary or is_deleted_at_end

    def impossible(self, allowed: frozenset[str]) -> str:
        """Return why the cell cannot exist, given the actions of the state's role; empty if it can.

        Raise ValueError if the role does not allow the state's own write.
        """
        if reason := self._reason_against():
            return reason
        if self.fault.is_found:
            return ""
        if self._is_allowed(allowed):
            return ""
        if self.action == self.state.write:
            raise ValueError(
                f"{self.state.name} writes by {self.action}, but {self.state.role} does not allow that action:"
                f" correct the state's `write` or `role` in stress/faults/matrix/states.py"
            )
        return f"its role may not call {'DynamoDB' if self._is_on_ledger else self.action}"

    def _reason_against(self) -> str:
        """Return why the fault cannot occur in the state, whatever its role allows; empty if it can."""
        state, action, is_found = self.state, self.fault.outside_action, self.fault.is_found
        is_call_of_function = self.action == "lambda:InvokeFunction" or "kill" in self.fault.request
        is_given_again = action is OutsideAction.COMMAND_AGAIN
        reasons = {
            "no hook of a cell is called here": self.fault.hook is not None and not state.hook_point,
            "no function runs here: it is a call of Step Functions' own": not state.is_function and is_call_of_function,
            "Lambda refuses to delete a version that an alias serves": (
                action is OutsideAction.DELETE and state.label not in _STATES_WITH_UNSERVED_CANARY
            ),
            "only JudgeCanary can find it": is_found and state.name != "JudgeCanary",
            "such a canary does not come to the end of a step": is_found and state.hook_point == AFTER_TRAFFIC,
            "no command is given here": is_given_again and not state.takes_command,
            "only the command abort stops an execution": self.action == STOP and state.label != "TakeCommand-abort",
        }
        return next((reason for reason, applies in reasons.items() if applies), "")

    @property
    def _is_on_ledger(self) -> bool:
        return self.action.startswith("dynamodb:")

    def _is_allowed(self, allowed: frozenset[str]) -> bool:
        if self._is_on_ledger:
            return any(action.startswith("dynamodb:") for action in allowed)
        return self.action == "lambda:InvokeFunction" or self.action in allowed


def cells() -> Iterator[Cell]:
    """Yield every combination of a state and a fault."""
    return (Cell(state, fault) for state in STATES for fault in FAULTS)
