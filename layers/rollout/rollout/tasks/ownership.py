"""Looks up whether a rollout still owns its alias."""

from rollout.aws.wiring import alias_of, claims, ledger
from rollout.lifecycle.ownership import Standing
from rollout.state.rollout import Rollout


def standing_of(rollout: Rollout) -> Standing:
    """Return how a rollout stands with its alias; raises AwsUnavailableError."""
    claim = claims().find(rollout.target)
    is_held = claim is not None and claim.belongs_to(rollout.execution.arn)
    return Standing(
        alias=alias_of(rollout.target).find(),
        claim=claim,
        ended=None if is_held else ledger().ended(rollout.target, rollout.execution),
    )
