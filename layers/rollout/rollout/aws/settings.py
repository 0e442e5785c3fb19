"""The settings that the stack passes in environment variables; a missing variable raises KeyError with its name."""

import os
from datetime import timedelta

from rollout.domain.identity import AccountRegion
from rollout.domain.json_values import read_json
from rollout.judging.window import Timing


def home() -> AccountRegion:
    """Return the account and region of the orchestrator."""
    account, region = os.environ["HOME_ACCOUNT_REGION"].split("/")
    return AccountRegion(account=account, region=region)


def member_role(account_region: AccountRegion) -> str:
    """Return the ARN of the role that this Lambda assumes in a member account and region."""
    return os.environ["MEMBER_ROLE"].format(**dict(account_region))


def alias_roles(region: str) -> frozenset[str]:
    """Return the names of the roles that write aliases in every account with a stack, in a region."""
    return frozenset(os.environ["ALIAS_ROLES"].format(region=region).split(","))


def writing_roles() -> frozenset[str]:
    """Return the names of the roles of the functions that write aliases of the orchestrator's own account."""
    return frozenset(os.environ["WRITING_ROLES"].split(","))


def member_external_id() -> str:
    """Return the external ID that member accounts require; empty where the orchestrator serves no member accounts."""
    return os.environ["MEMBER_EXTERNAL_ID"]


def timing() -> Timing:
    """Return the period and the lag of CloudWatch, from the parameters MetricPeriodSeconds and MetricLagSeconds."""
    return Timing(
        period_seconds=int(os.environ["METRIC_PERIOD_SECONDS"]),
        lag_seconds=int(os.environ["METRIC_LAG_SECONDS"]),
    )


def longest_alias_read_seconds() -> int:
    """Return the longest time between two reads of an alias by its rollout, from the parameter AliasReadSeconds."""
    return int(os.environ["ALIAS_READ_SECONDS"])


def default_policy() -> object:
    """Return the stack's DefaultPolicy, not yet validated: parsed JSON, or its text where it is a name."""
    try:
        return read_json(os.environ["DEFAULT_POLICY"])
    except ValueError:
        return os.environ["DEFAULT_POLICY"]


def policy_path() -> str:
    """Return the path of the stored policies in Parameter Store."""
    return os.environ["POLICY_PATH"]


def freeze_parameter() -> str:
    """Return the name of the parameter that freezes every rollout of the stack."""
    return os.environ["FREEZE_PARAMETER"]


def reads_canary_logs() -> bool:
    """Return whether the log of a canary is read after a rollback, from the parameter CanaryLogs."""
    return os.environ["CANARY_LOGS"] == "on"


def ledger_table() -> str:
    """Return the name of the ledger table."""
    return os.environ["LEDGER_TABLE"]


def state_machine_arn() -> str:
    """Return the ARN of the rollout state machine."""
    return os.environ["STATE_MACHINE_ARN"]


def release_state_machine_arn() -> str:
    """Return the ARN of the release state machine."""
    return os.environ["RELEASE_STATE_MACHINE_ARN"]


def release_wait() -> timedelta:
    """Return how long a release by a tag waits for its last function; zero where it waits without an end."""
    return timedelta(minutes=int(os.environ["RELEASE_WAIT_MINUTES"]))


def command_state_machine_arn() -> str:
    """Return the ARN of the command state machine."""
    return os.environ["COMMAND_STATE_MACHINE_ARN"]


def stack_name() -> str:
    """Return the name of the stack."""
    return os.environ["STACK_NAME"]


def starter() -> str:
    """Return the name of the function StartRollout."""
    return os.environ["STARTER"]


def stack_functions() -> list[str]:
    """Return the names of the functions of the stack."""
    return os.environ["STACK_FUNCTIONS"].split(",")


def stack_alarms() -> list[str]:
    """Return the names of the alarms of the stack."""
    return os.environ["STACK_ALARMS"].split(",")


def version_sweep_every() -> str:
    """Return how often the guardian looks for missed versions, such as `1 hour`."""
    return os.environ["VERSION_SWEEP_EVERY"]


def alarm_topic_arn() -> str:
    """Return the ARN of the topic for alarms."""
    return os.environ["ALARM_TOPIC_ARN"]


def dashboard_name() -> str:
    """Return the name of the stack's dashboard; empty where it has none."""
    return os.environ["DASHBOARD_NAME"]


def has_metrics_by_function() -> bool:
    """Whether the metrics of endings are also written by function, from the parameter MetricsByFunction."""
    return os.environ["METRICS_BY_FUNCTION"] == "true"


def bus_name() -> str:
    """Return the name of the bus for rollout events."""
    return os.environ["BUS_NAME"]


def topic_arn() -> str:
    """Return the ARN of the topic for notifications."""
    return os.environ["TOPIC_ARN"]


def take_command_arn() -> str:
    """Return the ARN of the alias by which buttons call TakeCommand."""
    return os.environ["TAKE_COMMAND_ARN"]


def chat_topic_arn() -> str:
    """Return the ARN of the topic for chats."""
    return os.environ["CHAT_TOPIC_ARN"]


def notify_on() -> str:
    """Return the stack's NotifyOn, not yet validated: the moments to notify, separated by commas."""
    return os.environ["NOTIFY_ON"]
