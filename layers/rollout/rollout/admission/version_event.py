"""The events that report a published version, and the name and input of the execution that each one starts."""

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from rollout.domain.errors import InvalidEventError
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import Account, Region, function_arn, read_function, read_version, version_text
from rollout.domain.text import shorten
from rollout.domain.together import read_with_rules
from rollout.domain.validation import format_problems, format_value, read_as

_MAX_NAME_LENGTH = 80

MAX_INPUT_BYTES = 200_000
"""The largest input of an execution. Step Functions allows 262,144 bytes, also for what PrepareRollout makes of it."""


def _check_function(text: str) -> str:
    if read_function(text).qualifier == "$LATEST":
        raise ValueError("$LATEST is not a published version: name a version's number")
    return text


class _ResponseElements(BaseModel, defer_build=True):
    function_arn: str = Field(alias="functionArn")
    version: str


class _CloudTrailRecord(BaseModel, defer_build=True):
    response: _ResponseElements = Field(alias="responseElements")


def _from_cloudtrail(detail: object) -> object:
    """Return function and version of a CloudTrail record; return any other detail unchanged.

    The record's request has the function's name in any form, but Lambda's response always has its ARN.
    """
    if not isinstance(detail, dict) or "responseElements" not in detail:
        return detail
    try:
        response = _CloudTrailRecord.model_validate(detail).response
    except ValidationError as error:
        raise ValueError(f"the CloudTrail record has no version: {format_problems(error)}") from error
    return {"function": response.function_arn, "version": response.version}


class _Detail(BaseModel, extra="allow", defer_build=True):
    """The published version. Only the fields that name an execution are validated; PrepareRollout refuses the rest."""

    function: Annotated[str, AfterValidator(_check_function)]
    version: Annotated[str, BeforeValidator(version_text), AfterValidator(read_version)] | None = None
    alias: str | None = None
    dry_run: object = None

    @model_validator(mode="wrap")
    @classmethod
    def _check_rules(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        detail: Self = read_with_rules(value, read, _broken_rules)
        if qualifier := read_function(detail.function).qualifier:
            setattr(detail, _qualified_field(qualifier), qualifier)
        return detail


def _broken_rules(detail: object) -> Iterator[str]:
    """Yield what contradicts itself in a detail, read or as it was written; the function may end with :7 or :live."""
    fields = dict(detail) if isinstance(detail, _Detail | dict) else {}
    if fields.get("dry_run"):
        # Events start one execution per version, and a dry run would take its place.
        yield (
            f"dry_run is {format_value(fields['dry_run'])}, but an event cannot start a dry run: start an execution by"
            " hand"
        )
    qualifier = _qualifier(fields.get("function"))
    field = _qualified_field(qualifier or "")
    if qualifier and version_text(fields.get(field)) not in (None, qualifier):
        yield (
            f"{field} is {_unquoted(fields[field])}, but the function's name ends with :{qualifier}: use one of them"
        )


def _qualifier(function: object) -> str | None:
    try:
        return read_function(function).qualifier if isinstance(function, str) else None
    except ValueError:
        return None


def _unquoted(value: object) -> str:
    return shorten(value, _MAX_NAME_LENGTH) if isinstance(value, str) else format_value(value)


def _qualified_field(qualifier: str) -> str:
    return "version" if qualifier.isdigit() else "alias"


class VersionPublished(BaseModel, defer_build=True):
    """An EventBridge event that reports a published version, from CloudTrail or from a pipeline.

    Account and region come from the envelope, which EventBridge writes. The sender writes the detail, so it is not
    trusted with them.
    """

    account: Account
    region: Region
    detail: Annotated[_Detail, BeforeValidator(_from_cloudtrail)]

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
        """The other fields of a pipeline's request, such as its policy."""
        return self.detail.model_extra or {}

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
