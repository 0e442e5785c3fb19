"""Looks up whether a freeze of the stack or a closed window holds a rollout."""

from datetime import datetime

from rollout.aws.freezes import freezes
from rollout.aws.powertools import logger
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from rollout.policy.policy import Policy
from rollout.state.hold import Hold, hold_at
from rollout.state.rollout import Rollout


def find_hold(policy: Policy, override_freeze: str, now: datetime) -> Hold | None:
    """Return why no rollout with this policy begins now; None where one may, and where the request overrides it.

    Raises AwsUnavailableError or AwsRefusedError.
    """
    return None if override_freeze else hold_at(policy, freezes().find(), now)


def hold_of(rollout: Rollout, now: datetime) -> Hold | None:
    """Return why a live rollout gives its canary no more traffic now; None where it may.

    A freeze that cannot be read holds the share, because an evaluation must not fail for it, and unknown is not absent.
    """
    try:
        return find_hold(rollout.policy, rollout.override_freeze, now)
    except (AwsUnavailableError, AwsRefusedError) as error:
        logger.warning("Freeze not read", target=rollout.target.name, error=str(error))
        return Hold(reason=f"it is not known whether the stack is frozen ({str(error).rstrip('.')})")
