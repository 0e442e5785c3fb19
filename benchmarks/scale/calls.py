"""The calls that each state and function makes, which `make load` counts in the local AWS."""

from collections import Counter
from collections.abc import Mapping

from benchmarks.scale.limits import Api

ACTIONS = {
    Api.CONTROL_PLANE: (
        "lambda:GetAlias",
        "lambda:UpdateAlias",
        "lambda:CreateAlias",
        "lambda:DeleteAlias",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:ListVersionsByFunction",
        "lambda:GetFunctionConfiguration",
    ),
    Api.GET_FUNCTION: ("lambda:GetFunction",),
    Api.GET_METRIC_DATA: ("cloudwatch:GetMetricData",),
    Api.GET_PARAMETER: ("ssm:GetParameter",),
}
"""IAM's names of the actions that a limit counts."""

READS = ("dynamodb:GetItem", "dynamodb:Query")
WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")

CALLS: dict[str, dict[str, int]] = {
    "PrepareRollout": {
        "lambda:GetAlias": 2,
        "lambda:CreateAlias": 1,
        "lambda:GetProvisionedConcurrencyConfig": 1,
        "lambda:GetFunction": 3,
        "ssm:GetParameter": 1,
    },
    "ShiftTraffic": {"lambda:UpdateAlias": 1},
    "PromoteVersion": {"lambda:UpdateAlias": 1},
    "JudgeCanary": {
        "lambda:GetAlias": 1,
        "lambda:GetFunction": 1,
        "cloudwatch:GetMetricData": 1,
        "ssm:GetParameter": 1,
    },
    "RollBack": {"lambda:GetAlias": 1, "lambda:UpdateAlias": 1},
    "CloseRollout": {"lambda:GetAlias": 1, "lambda:DeleteAlias": 1},
}
"""By state: once for each time that it is entered, if nothing is throttled and the alias is read."""


def calls_of(state: str, api: Api) -> int:
    """Return the calls of a state that a limit counts."""
    return sum(CALLS[state].get(action, 0) for action in ACTIONS[api])


def predicted(states: Mapping[str, int]) -> Counter[str]:
    """Return the calls by action of executions that entered each state so often."""
    counted: Counter[str] = Counter()
    for state, calls in CALLS.items():
        for action, count in calls.items():
            counted[action] += count * states.get(state, 0)
    return counted


def observed(calls: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """Return the calls by action that the same functions made, by what `make load` counted."""
    counted: Counter[str] = Counter()
    for state in CALLS:
        counted.update(calls.get(state, {}))
    return counted
