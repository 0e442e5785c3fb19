"""The events that report a published version, and the name and input of the execution that each one starts."""

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import function_arn, read_function, read_version, version_text
from rollout.domain.validation import format_problems, format_value

_MAX_NAME_LENGTH = 80


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

    @model_validator(mode="after")
    def _refuse_dry_run(self) -> Self:
        """Refuse a dry run: events start one execution per version, and a dry run would take its place."""
        if self.dry_run:
            raise ValueError(
                f"dry_run is {format_value(self.dry_run)}, but an event cannot start a dry run: start an execution by"
                " hand"
            )
        return self

    @model_validator(mode="after")
    def _apply_qualifier(self) -> Self:
        """Read the version or alias from a name such as my-api:7 or my-api:live."""
        if qualifier := read_function(self.function).qualifier:
            field = "version" if qualifier.isdigit() else "alias"
            if getattr(self, field) not in (None, qualifier):
                raise ValueError(
                    f"{field} is {getattr(self, field)}, but the function's name ends with :{qualifier}: use one of"
                    " them"
                )
            setattr(self, field, qualifier)
        return self


class VersionPublished(BaseModel, defer_build=True):
    """An EventBridge event that reports a published version, from CloudTrail or from a pipeline.

    Account and region come from the envelope, which EventBridge writes. The sender writes the detail, so it is not
    trusted with them.
    """

    account: str
    region: str
    detail: Annotated[_Detail, BeforeValidator(_from_cloudtrail)]

    @model_validator(mode="after")
    def _refuse_other_accounts(self) -> Self:
        named = read_function(self.detail.function).account_region(otherwise=self.account_region)
        if named != self.account_region:
            raise ValueError(
                f"function is {self.detail.function}, in {named}, but the event is from {self.account_region}: an event"
                " may name only functions of its own account and region"
            )
        return self

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
    the alias unless the target's alias is empty.
    """
    arn = function_arn(target.account_region, target.function)
    alias = {"alias": target.alias} if target.alias else {}
    return json.dumps({"function": arn} | alias | {"version": version} | (other_fields or {}))
