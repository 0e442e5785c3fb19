"""The parameters that make a rollout of the stack take seconds instead of minutes."""

import json
import time
from typing import Any

from sandbox.deploy import STACK

PERIOD_SECONDS = 2
POLICY: dict[str, Any] = {
    "steps": [{"percent": 50, "hold": PERIOD_SECONDS}],
    "bake": PERIOD_SECONDS,
    "interval": PERIOD_SECONDS,
    "min_invocations": 4,
    "max_extension": 20,
    "on_inconclusive": "roll_back",
    "metrics": ["errors", {"slow": {}, "mode": "advisory"}],
}
APPROVALS: dict[str, dict[str, Any]] = {
    "abort": {"timeout": 20, "on_timeout": "promote"},
    "approve": {"timeout": 40, "on_timeout": "roll_back"},
}
"""The approval for which a rollout waits that is given this command. Without it, the rollout does the opposite.

In 40 seconds, the calls of a canary that cannot be invoked are found missing.
"""
_PARAMETERS = {
    "MetricPeriodSeconds": str(PERIOD_SECONDS),
    "MetricLagSeconds": "1",
    "DefaultPolicy": json.dumps(POLICY),
}
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_UPDATE_SECONDS = 60


def shorten_periods(cloudformation: Any) -> None:  # noqa: ANN401 - a boto3 client
    """Update the stack's parameters and keep its template; raise TimeoutError if the update does not complete."""
    stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    parameters = [_parameter(parameter["ParameterKey"]) for parameter in stack["Parameters"]]
    cloudformation.update_stack(
        StackName=STACK, UsePreviousTemplate=True, Parameters=parameters, Capabilities=_CAPABILITIES
    )
    deadline = time.monotonic() + _UPDATE_SECONDS
    while (status := cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) != "UPDATE_COMPLETE":
        if time.monotonic() > deadline or "ROLLBACK" in status:
            raise TimeoutError(f"The stack is {status}; UPDATE_COMPLETE is needed. Run the program again.")
        time.sleep(0.2)


def store_policies(ssm: Any) -> None:  # noqa: ANN401 - a boto3 client
    """Store a policy with an approval under the name of each command, for functions whose tag names it."""
    for command, approval in APPROVALS.items():
        policy = json.dumps(POLICY | {"steps": [*POLICY["steps"], {"approval": approval}]})
        ssm.put_parameter(Name=f"/rollouts/policies/{command}", Value=policy, Type="String")


def _parameter(name: str) -> dict[str, Any]:
    value = {"ParameterValue": _PARAMETERS[name]} if name in _PARAMETERS else {"UsePreviousValue": True}
    return {"ParameterKey": name, **value}
