"""The demo's policy with a hook and an approval, and the command that approves a rollout."""

import json
import shlex
from typing import Any

from sandbox.demo.watch import Snapshot
from sandbox.hook import SMOKE_TEST, Hook
from sandbox.server import Sandbox

NAME = "approved"
"""The name of the stored policy, as the tag `rollout:policy` has it."""

_PATH = "/rollouts/policies/"
POLICY: dict[str, Any] = {
    "steps": [{"percent": 50, "hold": "10s"}, {"approval": {"timeout": "10m"}}],
    "bake": "10s",
    "interval": "5s",
    "min_invocations": 10,
    "guards": {"max_error_percent": 50},
    "hooks": {"before_traffic": [{"function": SMOKE_TEST}]},
}


def store_policy(sandbox: Sandbox) -> None:
    """Store the policy, and deploy the hook that it names."""
    Hook(sandbox).create()
    store = sandbox.client("ssm")
    store.put_parameter(Name=_PATH + NAME, Type="String", Value=json.dumps(POLICY), Overwrite=True)


class Approver:
    """Gives the command `approve` to a rollout that waits for it, once."""

    def __init__(self, sandbox: Sandbox, machine: str) -> None:
        self._states, self._machine = sandbox.client("stepfunctions"), machine
        self._is_approved = False

    def approve(self, snapshot: Snapshot) -> str:
        """Return the command that was given, as a shell would; empty where none is needed."""
        gate = snapshot.document.get("gate")
        if self._is_approved or not gate or not gate["is_published"]:
            return ""
        command = {
            "function": snapshot.document["target"]["function"],
            "command": "approve",
            "why": "the demo is quick",
        }
        self._states.start_execution(stateMachineArn=self._machine, input=json.dumps(command))
        self._is_approved = True
        words = ["aws", "stepfunctions", "start-execution", "--state-machine-arn", self._machine]
        return shlex.join([*words, "--input", json.dumps(command)])
