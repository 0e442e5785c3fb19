"""Asks CloudTrail who wrote an alias; where it cannot or does not tell, nobody is named."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient

_UPDATE = "UpdateAlias20150331"
_LOOKED_BACK = timedelta(hours=1)


class CloudTrail:
    """CloudTrail's memory of one account and region."""

    def __init__(self, client: "CloudTrailClient") -> None:
        self._client = client

    def who_wrote(self, revision_id: str, now: datetime) -> str:
        """Return who brought an alias to a revision, and when, such as `arn:… at 12:03:05Z`; empty for nobody.

        CloudTrail is some minutes behind, and need not be there at all: whatever goes wrong, a rollout is closed
        without a name rather than not closed.
        """
        try:
            answer = self._client.lookup_events(
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": _UPDATE}],
                StartTime=now - _LOOKED_BACK,
                EndTime=now,
            )
        except (BotoCoreError, ClientError):
            return ""
        told = (json.loads(event["CloudTrailEvent"]) for event in answer.get("Events", []))
        return next((_said(event) for event in told if _wrote(event, revision_id)), "")


def _wrote(event: Mapping[str, Any], revision_id: str) -> bool:
    return (event.get("responseElements") or {}).get("revisionId") == revision_id


def _said(event: Mapping[str, Any]) -> str:
    return f"{event['userIdentity'].get('arn', 'somebody')} at {event['eventTime']}"
