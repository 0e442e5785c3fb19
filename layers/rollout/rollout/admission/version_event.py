"""The events that say a version was published, and the execution one starts."""

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError, model_validator

from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import function_arn, read_function, read_version, version_text
from rollout.domain.validation import format_problems, format_value

_LONGEST_NAME = 80


def _readable(text: str) -> str:
    if read_function(text).qualifier == "$LATEST":
        raise ValueError("$LATEST is no published version")
    return text


class _Published(BaseModel, defer_build=True):
    function_arn: str = Field(alias="functionArn")
    version: str


class _Recorded(BaseModel, defer_build=True):
    published: _Published = Field(alias="responseElements")


def _as_told(detail: object) -> object:
    """Read CloudTrail's record. Callers spell a function as they like; Lambda's answer has its ARN, which is taken."""
    if not isinstance(detail, dict) or "responseElements" not in detail:
        return detail
    try:
        published = _Recorded.model_validate(detail).published
    except ValidationError as error:
        raise ValueError(f"CloudTrail's record names no version: {format_problems(error)}") from error
    return {"function": published.function_arn, "version": published.version}


class _Told(BaseModel, extra="allow", defer_build=True):
    """What was published. Only what names an execution is read here: PrepareRollout refuses the rest in the open."""

    function: Annotated[str, AfterValidator(_readable)]
    version: Annotated[str, BeforeValidator(version_text), AfterValidator(read_version)] | None = None
    alias: str | None = None
    dry_run: object = None

    @model_validator(mode="after")
    def _ask_for_the_rollout_itself(self) -> Self:
        """A version has one execution by its events: a dry run would use it up, and must not become the real one."""
        if self.dry_run:
            raise ValueError(f"dry_run is {format_value(self.dry_run)}: no event asks that; start an execution by hand")
        return self

    @model_validator(mode="after")
    def _take_what_stands_behind_the_name(self) -> Self:
        """Read my-api:7 and my-api:live."""
        if qualifier := read_function(self.function).qualifier:
            field = "version" if qualifier.isdigit() else "alias"
            if getattr(self, field) not in (None, qualifier):
                raise ValueError(f"{field} is {getattr(self, field)}, but the function is written with :{qualifier}")
            setattr(self, field, qualifier)
        return self


class VersionPublished(BaseModel, defer_build=True):
    """Word that a version was published, as EventBridge delivers it: CloudTrail's, or a pipeline's own.

    Account and region come from the envelope, which EventBridge writes; the detail is the caller's word.
    """

    account: str
    region: str
    detail: Annotated[_Told, BeforeValidator(_as_told)]

    @model_validator(mode="after")
    def _speak_of_no_other_account(self) -> Self:
        named = read_function(self.detail.function).account_region(otherwise=self.account_region)
        if named != self.account_region:
            raise ValueError(
                f"function is {self.detail.function}, in {named}, and the event is from {self.account_region}: an"
                " event may name only functions of its own account and region"
            )
        return self

    @property
    def account_region(self) -> AccountRegion:
        """Where it was published."""
        return AccountRegion(account=self.account, region=self.region)

    @property
    def function(self) -> str:
        """The function's name."""
        return read_function(self.detail.function).name

    @property
    def version(self) -> str | None:
        """The number of the version that was published; None where a pipeline leaves it out and means the newest."""
        return self.detail.version

    @property
    def alias(self) -> str | None:
        """The alias a pipeline asks for; None where the function's tag is to say it."""
        return self.detail.alias

    @property
    def other_fields(self) -> dict[str, Any]:
        """What else a pipeline asks for, such as its policy."""
        return self.detail.model_extra or {}

    def target(self, alias: str) -> Target:
        """Return the alias that is to serve the version, in the account and region the event came from."""
        return Target(account=self.account, region=self.region, function=self.function, alias=alias)


def execution_name(target: Target, version: str, again: str = "") -> str:
    """Return the name of the one execution that may roll out this version, at most 80 characters.

    Step Functions takes a name once in 90 days, so an event that comes twice starts nothing the second time. `again`
    makes another name, for an execution that was lost before it could begin.
    """
    identity = f"{target.account}/{target.region}/{target.function}/{target.alias}/{version}"
    tail = f"-{version}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}{again}"
    return target.function[: _LONGEST_NAME - len(tail)] + tail


def execution_input(target: Target, version: str, further: dict[str, Any] | None = None) -> str:
    """Return the request an event makes, the same to the letter each time the event comes.

    It names account and region, so that an event from elsewhere is never taken for a function of the same name here;
    and the alias, unless the target leaves it empty.
    """
    arn = function_arn(target.account_region, target.function)
    alias = {"alias": target.alias} if target.alias else {}
    return json.dumps({"function": arn} | alias | {"version": version} | (further or {}))
