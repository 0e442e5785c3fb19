"""Questions about CloudTrail, asked last, because its event history is minutes late."""

from datetime import UTC, datetime, timedelta

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_LOOKBACK = timedelta(hours=2)
_NAMES = ("UpdateAlias20150331", "UpdateAlias")


def _writer(stage: Stage) -> Answer:
    found = {name: _count(stage, name) for name in _NAMES}
    shown = ", ".join(f"{name}: {count} events" for name, count in found.items())
    return Answer(shown, any(found.values()))


def _count(stage: Stage, name: str) -> int:
    answer = stage.account.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}],
        StartTime=datetime.now(UTC) - _LOOKBACK,
        EndTime=datetime.now(UTC),
    )
    return sum(stage.shop.name in event["CloudTrailEvent"] for event in answer["Events"])


TRAIL_PROBES = (Probe("writer-of-an-alias", "LookupEvents lists the writes of an alias", _writer),)
