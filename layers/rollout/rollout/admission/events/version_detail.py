"""The detail of an event that reports a published version: which function, version and alias it names."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from rollout.domain.lambda_names import read_function, read_version, version_text
from rollout.domain.text import shorten
from rollout.domain.together import read_with_rules
from rollout.domain.validation import format_problems, format_value

_LONGEST_NAME = 80


def _check_function(text: str) -> str:
    if read_function(text).qualifier == "$LATEST":
        raise ValueError("$LATEST is not a published version: name a version's number")
    return text


class _ResponseElements(BaseModel, defer_build=True):
    function_arn: str = Field(alias="functionArn")
    version: str


class _CloudTrailRecord(BaseModel, defer_build=True):
    response: _ResponseElements = Field(alias="responseElements")


def from_cloudtrail(detail: object) -> object:
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


class Detail(BaseModel, extra="allow", defer_build=True):
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
    fields = dict(detail) if isinstance(detail, Detail | dict) else {}
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
    return shorten(value, _LONGEST_NAME) if isinstance(value, str) else format_value(value)


def _qualified_field(qualifier: str) -> str:
    return "version" if qualifier.isdigit() else "alias"
