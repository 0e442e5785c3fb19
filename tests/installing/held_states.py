"""What holds a rollout in the middle of each state, and how the rollout ends afterwards.

A task is first kept from its start (the gate), so that every task starts shortly before the deployment. Then the call
by which it changes something gets no response until the deployment is over (the hold). A gate names the function in the
task's input, a hold in the request: each is removed by that text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Fault = dict[str, Any]
"""The parameters of the sandbox's control request `add-fault`."""
GATE = '"function": "'
HOLD = "-held"
"""The end of the name of each function that is rolled out."""
PROMOTED, ROLLED_BACK = "promoted", "rolled_back"
HELD_HOOK, UNHEALTHY_HOOK = "late-hook", "unhealthy-hook"
_INVOKE, _UPDATE_ALIAS, _LEDGER_WRITE = "lambda:InvokeFunction", "lambda:UpdateAlias", "dynamodb:[PUDT]*"
_POLICY = {
    "steps": [{"percent": 10, "hold": "5s"}, {"percent": 50, "hold": "5s"}],
    "bake": "5s",
    "interval": "5s",
    "max_extension": "5s",
    "on_inconclusive": "promote",
    "min_invocations": 10,
}
_WAITING = {"interval": "60s", "bake": "5s", "max_extension": "5s"}


@dataclass(frozen=True)
class Case:
    """A state in which a rollout is held; without a hold, the state itself takes long enough."""

    state: str
    hold: Fault | None = None
    gate: str = ""
    """The state whose task is kept from its start until shortly before the deployment; empty for none."""
    hooks: tuple[tuple[str, str], ...] = ()
    """The hooks of the policy: each point, and the function."""
    policy: Mapping[str, Any] = field(default_factory=lambda: _POLICY)
    before: tuple[Fault, ...] = ()
    """Faults without which the rollout does not reach the state."""
    is_queued: bool = False
    """Whether another rollout of the function begins first, for which this one waits."""
    ends: str = PROMOTED

    @property
    def function(self) -> str:
        return f"{self.state}{HOLD}"

    @property
    def requested_policy(self) -> dict[str, Any]:
        hooks = {point: [{"function": name, "timeout": "10m"}] for point, name in self.hooks}
        return {**self.policy, **({"hooks": hooks} if hooks else {})}

    @property
    def faults(self) -> list[Fault]:
        """Every fault of the case, from the start of its rollout on."""
        gate = {"action": _INVOKE, "caller": f"{self.gate}Function", "held": True, "contains": f"{GATE}{self.function}"}
        held = [{**fault, "contains": self.function} for fault in (*self.before, self.hold) if fault]
        return [*([gate] if self.gate else []), *held]


def _task(state: str, write: str, **changes: Any) -> Case:
    """Return the case of a task whose write gets no response."""
    return Case(state, {"action": write, "caller": f"{state}Function", "held": True}, gate=state, **changes)


def _hooks(state: str, *hooks: tuple[str, str], ends: str = PROMOTED) -> Case:
    """Return the case of hooks that run until the deployment is over."""
    return Case(state, {"action": _INVOKE, "caller": HELD_HOOK, "held": True}, hooks=hooks, ends=ends)


_UNHEALTHY: dict[str, Any] = {"hooks": (("each_step", UNHEALTHY_HOOK),), "ends": ROLLED_BACK}
_CODE_CANNOT_RUN = {"action": _INVOKE, "caller": "RollBackFunction", "code": "Runtime.ImportModuleError"}
_THROTTLED = {"action": _UPDATE_ALIAS, "caller": "aws-sdk", "code": "Lambda.TooManyRequestsException"}
_READ = {"action": _INVOKE, "caller": "ReadCanaryLogsFunction", "held": True, "after": True}
"""The queries of ReadCanaryLogs wait for a few seconds only, so its own response is held."""
CASES = (
    Case("RestoreAlias", _THROTTLED, before=(_CODE_CANNOT_RUN,), **_UNHEALTHY),
    _hooks("RunBeforeTrafficHooks", ("before_traffic", HELD_HOOK)),
    _hooks("RunStepHooks", ("each_step", HELD_HOOK)),
    _hooks("RunAfterTrafficHooks", ("after_traffic", HELD_HOOK)),
    _hooks("RunRollbackHooks", ("each_step", UNHEALTHY_HOOK), ("on_rollback", HELD_HOOK), ends=ROLLED_BACK),
    Case("ReadCanaryLogs", _READ, gate="RollBack", **_UNHEALTHY),
    _task("RollBack", _UPDATE_ALIAS, **_UNHEALTHY),
    _task("CloseRollout", _LEDGER_WRITE),
    _task("PromoteVersion", _UPDATE_ALIAS),
    _task("JudgeCanary", _LEDGER_WRITE),
    _task("ShiftTraffic", _UPDATE_ALIAS),
    _task("PrepareRollout", _LEDGER_WRITE),
    Case("WaitForTurn", policy={**_POLICY, **_WAITING, "steps": "AllAtOnce"}, is_queued=True),
    Case("WaitForMetrics", policy={**_POLICY, **_WAITING, "steps": [{"percent": 10, "hold": "60s"}]}),
)
