"""Looks up in CloudTrail who moved an alias."""

from datetime import datetime

from rollout.aws.cloudtrail import cloudtrail
from rollout.domain.errors import RolloutError
from rollout.domain.identity import Target


def writer_if_known(target: Target, revision_id: str, before: datetime) -> str:
    """Return who wrote a revision of an alias; empty where CloudTrail has no name, or does not answer."""
    try:
        return cloudtrail(target.account_region).find_writer(revision_id, before)
    except RolloutError:
        return ""
