"""The limits of AWS that live rollouts share, by account and region, and where each is counted."""

from dataclasses import dataclass
from enum import StrEnum


class Api(StrEnum):
    """What a limit counts, by the second."""

    CONTROL_PLANE = "Lambda control plane"
    GET_FUNCTION = "Lambda GetFunction"
    GET_METRIC_DATA = "CloudWatch GetMetricData"
    DESCRIBE_ALARMS = "CloudWatch DescribeAlarms"
    GET_PARAMETER = "Parameter Store GetParameter"
    TRANSITIONS = "Step Functions state transitions"
    START_EXECUTION = "Step Functions StartExecution"
    CONCURRENCY = "Lambda concurrent calls"
    OPEN_INDEX = "DynamoDB write units of one index key"


@dataclass(frozen=True)
class Limit:
    """One limit: how much a second, in which accounts it counts, and whether AWS raises it."""

    per_second: float
    raised: str
    """How it can be raised, as a sentence part."""
    source: str
    at_target: bool
    """Whether the account of the function counts the call, not the orchestrator's."""


LIMITS: dict[Api, Limit] = {
    Api.CONTROL_PLANE: Limit(
        15, "never", "Lambda quotas, all calls but Invoke, GetFunction and GetPolicy", at_target=True
    ),
    Api.GET_FUNCTION: Limit(100, "never", "Lambda quotas", at_target=True),
    Api.GET_METRIC_DATA: Limit(50, "by a request", "CloudWatch quotas", at_target=True),
    Api.DESCRIBE_ALARMS: Limit(9, "by a request", "CloudWatch quotas; only with `guards.alarms`", at_target=True),
    Api.GET_PARAMETER: Limit(
        40, "to 10,000 by a setting, for a price", "Systems Manager quotas, from memory", at_target=False
    ),
    Api.TRANSITIONS: Limit(
        500, "by a request", "Step Functions quotas outside the three largest regions", at_target=False
    ),
    Api.START_EXECUTION: Limit(150, "by a request", "Step Functions quotas, as above", at_target=False),
    Api.CONCURRENCY: Limit(1000, "by a request", "Lambda quotas, the default of an account", at_target=False),
    Api.OPEN_INDEX: Limit(1000, "never", "DynamoDB, one partition", at_target=False),
}
"""As of November 2026. None has been measured on AWS by this project."""
