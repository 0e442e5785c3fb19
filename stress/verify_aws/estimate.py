"""What the verification makes, how long it takes, and what it costs."""

from stress.verify_aws.account import AwsAccount
from stress.verify_aws.pace import Pace
from stress.verify_aws.stories import STORIES

_DEPLOY_SECONDS = 360
_PERIODS_PER_STORY = 12
_DOLLARS_PER_CALL = 0.0000002 + 0.05 * 0.125 * 0.0000166667
"""A request, and 50 ms of 128 MB."""
_DOLLARS_PER_STORY = 0.02
"""The upper bound of docs/cost.md for a rollout of an hour, rounded up."""
_DOLLARS_FIXED = 0.05
"""S3, DynamoDB, logs, and a key for a day."""


def duration_seconds(pace: Pace) -> int:
    """Return about how long it takes, in seconds."""
    return _DEPLOY_SECONDS + len(STORIES) * _PERIODS_PER_STORY * pace.period


def dollars(pace: Pace) -> float:
    """Return about what it costs at list price, in US dollars."""
    calls = duration_seconds(pace) * pace.calls_per_second
    return _DOLLARS_FIXED + len(STORIES) * _DOLLARS_PER_STORY + calls * _DOLLARS_PER_CALL


def announcement(account: AwsAccount, stack: str, pace: Pace) -> str:
    """Return what a person must know before it starts."""
    return (
        f"This makes the stack {stack}, a bucket and two functions in account {account.account}, region"
        f" {account.region}, as {account.principal}.\nIt takes about {duration_seconds(pace) / 60:.0f} minutes, costs"
        f" about {dollars(pace):.2f} US dollars, and removes everything at its end."
    )
