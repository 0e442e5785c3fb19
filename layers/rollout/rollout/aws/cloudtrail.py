"""Looks up in CloudTrail who wrote an alias."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from rollout.aws.boto import clients
from rollout.domain.identity import AccountRegion

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient

_EVENT_NAMES = ("UpdateAlias20150331", "UpdateAlias")
"""CloudTrail names the call with the date of its API version, and documents that the name may be without it."""

_LOOKBACK = timedelta(hours=1)


class CloudTrail:
    """The event history of one account and region."""

    def __init__(self, client: "CloudTrailClient") -> None:
        self._client = client

    def find_writer(self, revision_id: str, now: datetime) -> str:
        """Return who wrote a revision of an alias, and when, such as `arn:… at 12:03:05Z`; empty where unknown.

        Raises nothing: CloudTrail lags by minutes and may be unavailable, and a rollout closes without the name.
        """
        events = (event for name in _EVENT_NAMES for event in self._look_up(name, now))
        return next((_format_writer(event) for event in events if _wrote_revision(event, revision_id)), "")

    def _look_up(self, name: str, now: datetime) -> list[dict[str, Any]]:
        """Return the events with this name, the newest first; none where CloudTrail does not answer."""
        try:
            answer = self._client.lookup_events(
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}],
                StartTime=now - _LOOKBACK,
                EndTime=now,
            )
        except (BotoCoreError, ClientError):
            return []
        return [json.loads(event["CloudTrailEvent"]) for event in answer.get("Events", [])]


def _wrote_revision(event: Mapping[str, Any], revision_id: str) -> bool:
    return (event.get("responseElements") or {}).get("revisionId") == revision_id


def _format_writer(event: Mapping[str, Any]) -> str:
    return f"{event['userIdentity'].get('arn', 'an unknown identity')} at {event['eventTime']}"


def cloudtrail(account_region: AccountRegion) -> CloudTrail:
    """Return the adapter that reads CloudTrail."""
    return CloudTrail(clients.client_for(account_region, clients.cloudtrail_client))
