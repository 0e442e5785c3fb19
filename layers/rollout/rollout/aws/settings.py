"""What the stack tells its functions through their environment; a missing word fails at once, by name."""

import json
import os

from rollout.domain.identity import AccountRegion
from rollout.judging.window import Timing


def home() -> AccountRegion:
    """Return where the orchestrator runs."""
    account, region = os.environ["HOME_ACCOUNT_REGION"].split("/")
    return AccountRegion(account=account, region=region)


def member_role(account_region: AccountRegion) -> str:
    """Return the ARN of the role by which this Lambda works in another account or region."""
    return os.environ["MEMBER_ROLE"].format(**dict(account_region))


def member_external_id() -> str:
    """Return the word by which members know us; empty where this orchestrator has none."""
    return os.environ["MEMBER_EXTERNAL_ID"]


def timing() -> Timing:
    """Return how CloudWatch keeps time, from MetricPeriodSeconds and MetricLagSeconds of the stack."""
    return Timing(
        period_seconds=int(os.environ["METRIC_PERIOD_SECONDS"]),
        lag_seconds=int(os.environ["METRIC_LAG_SECONDS"]),
    )


def default_policy() -> object:
    """Return the stack's DefaultPolicy as JSON, not yet validated; its bare text, such as a name, where it is none."""
    try:
        return json.loads(os.environ["DEFAULT_POLICY"])
    except ValueError:
        return os.environ["DEFAULT_POLICY"]


def policy_path() -> str:
    """Return the path in Parameter Store under which policies are stored."""
    return os.environ["POLICY_PATH"]


def ledger_table() -> str:
    """Return the name of the ledger's table."""
    return os.environ["LEDGER_TABLE"]


def state_machine_arn() -> str:
    """Return the ARN of the state machine that carries rollouts."""
    return os.environ["STATE_MACHINE_ARN"]


def bus_name() -> str:
    """Return the name of the bus that carries our news."""
    return os.environ["BUS_NAME"]


def topic_arn() -> str:
    """Return the ARN of the topic that tells people."""
    return os.environ["TOPIC_ARN"]
