"""Looks up who started an execution."""

from datetime import timedelta

from rollout.aws.cloudtrail import cloudtrail
from rollout.domain.errors import RolloutError
from rollout.domain.identity import Execution

_CLOCK_SKEW = timedelta(minutes=1)
"""How much later than Step Functions CloudTrail may date the call."""


def starter_of(execution: Execution, *, is_over: bool) -> str:
    """Return who started an execution, and when; empty where CloudTrail does not name a caller.

    At the end of the search, no answer of CloudTrail is no name. Raises what CloudTrail's adapter raises before.
    """
    try:
        return cloudtrail(execution.account_region).find_starter(execution.arn, execution.started_at + _CLOCK_SKEW)
    except RolloutError:
        if is_over:
            return ""
        raise
