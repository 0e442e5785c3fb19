"""The events that report a published version, and the name and input of the execution that each one starts."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ModelWrapValidatorHandler, model_validator

from rollout.admission.events.version_detail import Detail, from_cloudtrail
from rollout.domain.durations import read_time
from rollout.domain.errors import InvalidEventError
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import Account, Region, function_arn, read_function
from rollout.domain.together import read_with_rules
from rollout.domain.validation import read_as

_MAX_NAME_LENGTH = 80

MAX_INPUT_BYTES = 200_000
"""The largest input of an execution. Step Functions allows 262,144 bytes, also for what PrepareRollout makes of it."""


def _time_if_readable(value: object) -> datetime | None:
    """Return the time of an event; None where it has none that can be read, because only a metric needs it."""
    try:
        return read_time(value)
    except ValueError:
        return None


class VersionPublished(BaseModel, defer_build=True):
    """An EventBridge event that reports a published version, from CloudTrail or from a pipeline.

    Account and region come from the envelope, which EventBridge writes. The sender writes the detail, so it is not
    trusted with them.
    """

    account: Account
    region: Region
    detail: Annotated[Detail, BeforeValidator(from_cloudtrail)]
    time: Annotated[datetime | None, BeforeValidator(_time_if_readable)] = None
    """When the version was published, by CloudTrail's record, or when a pipeline sent its event."""

    @model_validator(mode="wrap")
    @classmethod
    def _check_account(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        published: Self = read_with_rules(value, read, _other_account)
        return published

    @property
    def account_region(self) -> AccountRegion:
        """The account and region that the event comes from."""
        return AccountRegion(account=self.account, region=self.region)

    @property
    def function(self) -> str:
        """The function's name."""
        return read_function(self.detail.function).name

    @property
    def version(self) -> str | None:
        """The number of the published version; None if a pipeline means the newest one."""
        return self.detail.version

    @property
    def alias(self) -> str | None:
        """The alias that a pipeline requests; None if the function's tag decides."""
        return self.detail.alias

    @property
    def other_fields(self) -> dict[str, Any]:
        """The other fields of the request: when the version was published, and a pipeline's, such as its policy."""
        published_at = {"published_at": f"{self.time:%Y-%m-%dT%H:%M:%SZ}"} if self.time else {}
        return published_at | (self.detail.model_extra or {})

    def target(self, alias: str) -> Target:
        """Return the alias to serve the version, in the account and region of the event."""
        return Target(account=self.account, region=self.region, function=self.function, alias=alias)


def _other_account(event: object) -> Iterator[str]:
    """Yield what is wrong where an event, read or as it was written, names a function of another account or region."""
    if not isinstance(event, VersionPublished):
        return
    named = read_function(event.detail.function).account_region(otherwise=event.account_region)
    if named != event.account_region:
        yield (
            f"function is {event.detail.function}, in {named}, but the event is from {event.account_region}: an event"
            " may name only functions of its own account and region"
        )


def read_event(event: object) -> VersionPublished:
    """Return an event about a published version. Raises InvalidEventError, which names each unreadable field."""
    return read_as(VersionPublished, event, "The event", InvalidEventError)


def execution_name(target: Target, version: str, suffix: str = "") -> str:
    """Return the name of the only execution that events start for this version, at most 80 characters.

    Step Functions accepts a name once in 90 days, so a repeated event starts nothing. `suffix` makes another name, for
    an execution that died before the rollout began.
    """
    tail = _identity(target, version) + suffix
    return target.function[: _MAX_NAME_LENGTH - len(tail)] + tail


def is_started_by_event(name: str, target: Target, version: str) -> bool:
    """Whether an event or a sweep started the execution of this name, or the one whose place it took in the queue."""
    return _identity(target, version) in name


def _identity(target: Target, version: str) -> str:
    """Return the part of an execution's name that identifies the version, its alias, its account and its region."""
    identity = f"{target.account}/{target.region}/{target.function}/{target.alias}/{version}"
    return f"-{version}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


def execution_input(target: Target, version: str, other_fields: dict[str, Any] | None = None) -> str:
    """Return the execution's input as JSON. A repeated event gives exactly the same text.

    The input has the function's ARN, so a function of the same name in another account or region is never used. It has
    the alias unless the target's alias is empty. Raises InvalidEventError for a request that does not fit.
    """
    arn = function_arn(target.account_region, target.function)
    alias = {"alias": target.alias} if target.alias else {}
    return _write_input({"function": arn} | alias | {"version": version} | (other_fields or {}))


def _write_input(request: dict[str, Any]) -> str:
    try:
        text = json.dumps(request, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise InvalidEventError("The event has NaN or Infinity, which JSON does not have: write numbers.") from None
    if (size := len(text.encode())) > MAX_INPUT_BYTES:
        raise InvalidEventError(
            f"The event's request has {size:,} bytes, but at most {MAX_INPUT_BYTES:,} are possible: store the policy in"
            " Parameter Store, and send its name."
        )
    return text
