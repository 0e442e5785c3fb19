"""Reads the trails that cover the region of the stack."""

from typing import TYPE_CHECKING, Any

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.doctor.facts import Trail
from rollout.domain.errors import AwsRefusedError

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient


class Trails:
    """The trails of CloudTrail, with those of other regions and of the organization that cover this region."""

    def __init__(self, client: "CloudTrailClient") -> None:
        self._client = client

    def all(self) -> tuple[Trail, ...]:
        """Return every trail that covers the region."""
        with translate_aws_errors("listing the trails"):
            found = self._client.describe_trails(includeShadowTrails=True)["trailList"]
        return tuple(self._read(trail["Name"], trail["TrailARN"]) for trail in found)

    def _read(self, name: str, arn: str) -> Trail:
        with translate_aws_errors(f"reading the trail {name}"):
            is_logging = self._client.get_trail_status(Name=arn)["IsLogging"]
        return Trail(name=name, is_logging=is_logging, has_writes=self._has_writes(name, arn) if is_logging else None)

    def _has_writes(self, name: str, arn: str) -> bool | None:
        """Return whether a trail logs writes; None where CloudTrail refuses it, as for an organization's trail."""
        try:
            with translate_aws_errors(f"reading the events of the trail {name}"):
                selectors = self._client.get_event_selectors(TrailName=arn)
        except AwsRefusedError:
            return None
        basic = selectors.get("EventSelectors", [])
        advanced = selectors.get("AdvancedEventSelectors", [])
        return any(map(_takes_writes, basic)) or any(map(_takes_advanced_writes, advanced))


def _takes_writes(selector: Any) -> bool:  # noqa: ANN401 - a dictionary of the API
    return bool(selector["IncludeManagementEvents"]) and selector["ReadWriteType"] in ("All", "WriteOnly")


def _takes_advanced_writes(selector: Any) -> bool:  # noqa: ANN401 - a dictionary of the API
    wanted = {field["Field"]: field.get("Equals", []) for field in selector["FieldSelectors"]}
    return wanted.get("eventCategory") == ["Management"] and wanted.get("readOnly", ["false"]) == ["false"]


def trails() -> Trails:
    """Return the trails of the account and region of the stack."""
    return Trails(clients.cloudtrail_client())
