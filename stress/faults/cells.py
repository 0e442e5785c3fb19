"""What is tried: every task of the state machine, with every fault that can meet it there."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Order = dict[str, Any]
ALIAS_WRITE = "lambda:UpdateAlias"
LEDGER_WRITE = "dynamodb:[PUDT]*"
METRICS = "cloudwatch:GetMetricData"
HOLD_SECONDS = 2.5
"""Long enough to do something meanwhile, and shorter than the five seconds boto3 waits for an answer."""


class Act(StrEnum):
    """What is done from outside as soon as the fault has struck."""

    NOTHING = "nothing"
    STOP = "stop"
    TIME_OUT = "time_out"
    EDIT = "edit"
    DELETE = "delete"
    REDELIVER = "redeliver"
    PUBLISH = "publish"


@dataclass(frozen=True)
class State:
    """A Task of the state machine, and what it takes to get there."""

    name: str
    write: str = ALIAS_WRITE
    is_code: bool = True
    """A function of ours; RestoreAlias is a call of Step Functions' own."""
    is_sick: bool = False
    """The canary has to fail for the rollout to come here."""
    beforehand: tuple[Order, ...] = ()

    @property
    def who(self) -> str:
        return f"{self.name}Function" if self.is_code else "aws-sdk"

    @property
    def role(self) -> str:
        """The logical id of the role it acts under."""
        return f"{self.name}FunctionRole" if self.is_code else "AliasWriterRole"


_ROLLBACK_CANNOT_RUN = {
    "action": "lambda:InvokeFunction",
    "who": "RollBackFunction",
    "code": "Runtime.ImportModuleError",
}
STATES = (
    State("PrepareRollout", write=LEDGER_WRITE),
    State("ShiftTraffic"),
    State("JudgeCanary", write=LEDGER_WRITE),
    State("PromoteVersion"),
    State("RollBack", is_sick=True),
    State("RestoreAlias", is_code=False, is_sick=True, beforehand=(_ROLLBACK_CANNOT_RUN,)),
    State("CloseRollout", write=LEDGER_WRITE),
)


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong in a state."""

    name: str
    says: str
    order: Order
    act: Act = Act.NOTHING
    is_harmless: bool = False
    """A rollout has to end as if nothing had happened."""


def _task(code: str, **order: Any) -> Order:
    return {"action": "lambda:InvokeFunction", "code": code, "times": 1, **order}


def _write(**order: Any) -> Order:
    return {"action": "the write", **order}


_TOO_MANY = {"code": "TooManyRequestsException", "status": 429}
_HELD = {"times": 1, "delay": HOLD_SECONDS}
FAULTS = (
    Fault("raises-before", "raises before it writes", _task("UnforeseenError")),
    Fault("raises-after", "raises after it has written", _task("UnforeseenError", after=True)),
    Fault("killed-before", "killed as it writes", _write(kill=True, times=1), is_harmless=True),
    Fault("killed-after", "killed when it has written", _write(kill=True, times=1, after=True), is_harmless=True),
    Fault("hangs-before", "runs out of time before it writes", _task("Sandbox.Timedout"), is_harmless=True),
    Fault(
        "hangs-after", "runs out of time after it has written", _task("Sandbox.Timedout", after=True), is_harmless=True
    ),
    Fault(
        "task-timeout",
        "the task's time runs out",
        {"action": "the task", "code": "States.Timeout", "times": 1},
        is_harmless=True,
    ),
    Fault(
        "lambda-throttled",
        "Lambda throttles it three times",
        _task("Lambda.TooManyRequestsException", times=3),
        is_harmless=True,
    ),
    Fault("lambda-closed", "Lambda throttles it throughout", _task("Lambda.TooManyRequestsException", times=1000)),
    Fault("denied", "its write is denied throughout", _write(code="AccessDeniedException", status=403)),
    Fault(
        "alias-throttled",
        "UpdateAlias throttled twice",
        {"action": ALIAS_WRITE, "times": 2, **_TOO_MANY},
        is_harmless=True,
    ),
    Fault("alias-closed", "UpdateAlias throttled throughout", {"action": ALIAS_WRITE, **_TOO_MANY}),
    Fault(
        "answer-lost",
        "UpdateAlias answers 500, and has written",
        {"action": ALIAS_WRITE, "times": 1, "after": True, "code": "ServiceException", "status": 500},
        is_harmless=True,
    ),
    Fault(
        "answers-lost",
        "UpdateAlias answers 500 throughout, and writes",
        {"action": ALIAS_WRITE, "after": True, "code": "ServiceException", "status": 500},
    ),
    Fault(
        "metrics-throttled",
        "GetMetricData throttled throughout",
        {"action": METRICS, "code": "Throttling", "status": 400},
    ),
    Fault("metrics-partial", "GetMetricData gives PartialData throughout", {"action": METRICS, "cut": "partial"}),
    Fault("metrics-broken", "GetMetricData gives InternalError throughout", {"action": METRICS, "cut": "error"}),
    Fault("metrics-empty", "GetMetricData gives nothing throughout", {"action": METRICS, "cut": "empty"}),
    Fault(
        "ledger-throttled",
        "DynamoDB throttled throughout",
        {"action": "dynamodb:*", "code": "ProvisionedThroughputExceededException"},
    ),
    Fault("stopped-before", "execution stopped, its write lands after", _write(**_HELD), Act.STOP),
    Fault("stopped-after", "execution stopped when it has written", _write(**_HELD, after=True), Act.STOP),
    Fault("time-out", "the state machine's time runs out", _write(**_HELD, after=True), Act.TIME_OUT),
    Fault(
        "told-twice", "the version's event comes again", _write(**_HELD, after=True), Act.REDELIVER, is_harmless=True
    ),
    Fault("overtaken", "a newer version is published", _write(**_HELD, after=True), Act.PUBLISH, is_harmless=True),
    Fault("edited", "the alias is edited by hand", _write(**_HELD), Act.EDIT),
    Fault("deleted", "the canary is deleted", _write(**_HELD), Act.DELETE),
)


@dataclass(frozen=True)
class Cell:
    """One fault in one state."""

    state: State
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.state.name}:{self.fault.name}"

    @property
    def action(self) -> str:
        """The call the fault meets, as IAM names it."""
        named = {
            "the write": self.state.write,
            "the task": "lambda:InvokeFunction" if self.state.is_code else ALIAS_WRITE,
        }
        ordered: str = self.fault.order["action"]
        return named.get(ordered, ordered)

    @property
    def orders(self) -> list[Order]:
        """What the emulator is told beforehand."""
        order = {**self.fault.order, "action": self.action, "who": self.state.who}
        if not self.state.is_code and "code" in order:
            order["code"] = _AS_STEP_FUNCTIONS_SAYS.get(order["code"], order["code"])
        return [*self.state.beforehand, order]

    @property
    def is_sick(self) -> bool:
        """Whether the canary fails; one that is to be deleted at the end must have been taken back."""
        return self.state.is_sick or (self.state.name, self.fault.act) == ("CloseRollout", Act.DELETE)

    def impossible(self, allowed: frozenset[str]) -> str:
        """Return why there is no such cell, given what the state's role is allowed; empty if there is one."""
        if not self.state.is_code and (self.action == "lambda:InvokeFunction" or "kill" in self.fault.order):
            return "no function runs here: it is a call of Step Functions' own"
        if self.fault.act is Act.DELETE and self.state.name not in _CANARY_UNSERVED:
            return "Lambda refuses to delete a version that an alias serves"
        service = self.action.partition(":")[0]
        if self.action == "lambda:InvokeFunction" or self.action in allowed:
            return ""
        if service == "dynamodb" and any(action.startswith("dynamodb:") for action in allowed):
            return ""
        if self.action == self.state.write:
            raise ValueError(
                f"{self.state.name} writes by {self.action}, and {self.state.role} may not: which role is it?"
            )
        return f"its role may not call {'DynamoDB' if service == 'dynamodb' else self.action}"


_AS_STEP_FUNCTIONS_SAYS = {
    "TooManyRequestsException": "Lambda.TooManyRequestsException",
    "ServiceException": "Lambda.ServiceException",
    "AccessDeniedException": "Lambda.LambdaException",
}
_CANARY_UNSERVED = ("PrepareRollout", "ShiftTraffic", "CloseRollout")


def cells() -> Iterator[Cell]:
    return (Cell(state, fault) for state in STATES for fault in FAULTS)
