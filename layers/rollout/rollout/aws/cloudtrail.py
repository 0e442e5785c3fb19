"""Looks up in CloudTrail who wrote an alias, and who started an execution."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import RolloutError
from rollout.domain.identity import AccountRegion

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient

_ALIAS_EVENTS = ("UpdateAlias20150331", "UpdateAlias")
"""CloudTrail names the call with the date of its API version, and documents that the name may be without it."""

_START_EVENTS = ("StartExecution",)

_LOOKBACK = timedelta(days=1)

_MOST_PAGES = 3
"""The most pages of 50 events that are read by one name: LookupEvents allows two calls per second."""


class CloudTrail:
    """The event history of one account and region."""

    def __init__(self, client: "CloudTrailClient") -> None:
        self._client = client

    def find_writer(self, revision_id: str, before: datetime) -> str:
        """Return who wrote a revision of an alias, and when, such as `arn:… at 12:03:05Z`; empty where unknown.

        Where it is unknown and a call fails, raises AwsUnavailableError, AwsRefusedError or MemberAccessDeniedError.
        """
        return self._find("the writer of an alias", _ALIAS_EVENTS, ("revisionId", revision_id), before)

    def find_starter(self, execution_arn: str, before: datetime) -> str:
        """Return who started an execution, and when; empty where unknown. Raises what `find_writer` raises."""
        return self._find("who started an execution", _START_EVENTS, ("executionArn", execution_arn), before)

    def _find(self, subject: str, names: Sequence[str], answered: tuple[str, str], before: datetime) -> str:
        """Return who made the call whose answer has this field with this value; the calls have one of the names."""
        field, value = answered
        failures: list[RolloutError] = []
        for name in names:
            try:
                for event in self._look_up(subject, name, before):
                    if (event.get("responseElements") or {}).get(field) == value:
                        return _format_caller(event)
            except RolloutError as error:
                failures.append(error)
        for failure in failures:
            raise failure
        return ""

    def _look_up(self, subject: str, name: str, before: datetime) -> Iterator[dict[str, Any]]:
        """Yield the events with this name in the day before a time, the newest first."""
        pages = self._client.get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}],
            StartTime=before - _LOOKBACK,
            EndTime=before,
        )
        with translate_aws_errors(f"looking up {subject}"):
            for page in islice(pages, _MOST_PAGES):
                yield from (json.loads(event["CloudTrailEvent"]) for event in page.get("Events", []))


def _format_caller(event: Mapping[str, Any]) -> str:
    return f"{event['userIdentity'].get('arn', 'an unknown identity')} at {event['eventTime']}"


def cloudtrail(account_region: AccountRegion) -> CloudTrail:
    """Return the adapter that reads CloudTrail."""
    return CloudTrail(clients.client_for(account_region, clients.cloudtrail_client))
