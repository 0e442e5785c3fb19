"""Reads the request of an execution. A function's name is enough: {"function": "my-api"}."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, Strict, ValidationError

from rollout.admission.refusals.combine import RefusalList
from rollout.admission.request import ParsedRequest
from rollout.domain.durations import read_time
from rollout.domain.errors import InvalidRequestError, LatestVersionError
from rollout.domain.identity import Execution
from rollout.domain.json_values import plain_json
from rollout.domain.lambda_names import read_alias, read_function, read_version, version_text
from rollout.domain.models import Value
from rollout.domain.text import LONGEST_REASON, as_reason
from rollout.domain.validation import format_problems, read_as
from rollout.state.releases.part import ReleasePart
from rollout.state.rollout import Waiting


def _check_function(text: str) -> str:
    qualifier = read_function(text).qualifier
    if qualifier and qualifier != "$LATEST":
        read_version(qualifier) if qualifier.isdigit() else read_alias(qualifier)
    return text


def _check_version(text: str) -> str:
    return text if text == "$LATEST" else read_version(text)


FunctionText = Annotated[str, AfterValidator(_check_function)]
"""A function's name or ARN, with or without a version or an alias at its end."""


VersionText = Annotated[str, BeforeValidator(version_text), AfterValidator(_check_version)]
"""A version's number, also as a JSON number; $LATEST is refused later, with the command that publishes it."""


def _read_override(text: str) -> str:
    reason = as_reason(text)
    if not reason:
        raise ValueError("say why: write the reason, which the ledger keeps, or leave override_freeze out")
    return reason


OverrideText = Annotated[str, AfterValidator(_read_override), Field(max_length=LONGEST_REASON)]
"""Why a freeze or a closed window is overridden. A field without a reason is refused: it would override nothing."""


class _Fields(BaseModel, extra="forbid", defer_build=True):
    function: FunctionText | None = None
    alias: Annotated[str, AfterValidator(read_alias)] | None = None
    version: VersionText | None = None
    back_to: VersionText | None = None
    back: Annotated[bool, Strict()] = False
    override_freeze: OverrideText = ""
    published_at: Annotated[datetime, BeforeValidator(read_time)] | None = None
    policy: object = None
    dry_run: Annotated[bool, Strict()] = False
    release: ReleasePart | None = None
    """The release that starts this execution; people start a release with its own state machine."""


class _Input(_Fields):
    function: FunctionText


class Preparation(Value):
    """The event of PrepareRollout: the execution's input, not validated yet, and the execution."""

    request: Annotated[Any, BeforeValidator(plain_json)]
    execution: Execution
    previous: Any = None
    """The document of the try before; empty at the first try."""

    @property
    def waiting(self) -> Waiting:
        """What the execution knows from its earlier tries."""
        try:
            return Waiting.model_validate(self.previous["waiting"])
        except (ValidationError, TypeError, KeyError):
            return Waiting()

    @property
    def part(self) -> ReleasePart | None:
        """The place in the release that starts this execution; None where it cannot be read, or there is none."""
        try:
            return ReleasePart.model_validate(self.request["release"])
        except (ValidationError, TypeError, KeyError):
            return None

    @property
    def function_text(self) -> str:
        """The function as the request names it; empty where it names none."""
        return str(self.request.get("function", "")) if isinstance(self.request, dict) else ""

    @property
    def is_dry_run(self) -> bool:
        """Whether the input requests a dry run."""
        return isinstance(self.request, dict) and self.request.get("dry_run") is True

    def parse(self, refusals: RefusalList) -> ParsedRequest:
        """Return the readable fields of the input. Adds a refusal for the rest."""
        return read_request(self.request, self.execution, refusals)


def read_preparation(event: object) -> Preparation:
    """Return the event of PrepareRollout; its request is any JSON. Raises InvalidRequestError for another event."""
    return read_as(Preparation, event, "The event of PrepareRollout", InvalidRequestError)


def read_request(value: object, execution: Execution, refusals: RefusalList) -> ParsedRequest:
    """Return the readable fields of an execution's input. Adds a refusal that names each invalid field and its value.

    Without account and region in its name, the function is in those of the orchestrator.
    """
    fields, unreadable = _read_fields(value, refusals)
    if fields.function is None:
        return ParsedRequest(account_region=execution.account_region, policy=fields.policy)
    function = read_function(fields.function)
    request = ParsedRequest(
        account_region=function.account_region(execution.account_region),
        function=function.name,
        alias=fields.alias,
        version=fields.version,
        override_freeze=fields.override_freeze,
        published_at=fields.published_at,
        release=fields.release,
        policy=fields.policy,
        unreadable_fields=unreadable | ({"version"} if unreadable & {"back_to", "back"} else frozenset()),
    )
    request = _with_back(_with_qualifier(request, function.qualifier, refusals), fields, refusals)
    return _without_latest(request, refusals)


def _read_fields(value: object, refusals: RefusalList) -> tuple[_Fields, frozenset[str]]:
    """Return the readable fields, and the names of the unreadable ones."""
    try:
        return _Input.model_validate(value), frozenset()
    except ValidationError as error:
        refusals.add(
            InvalidRequestError(
                f'The input is refused: {format_problems(error)}. A request needs at least {{"function": "my-api"}};'
                " alias, version, back_to, back, policy, override_freeze, published_at and dry_run are optional."
            )
        )
        unreadable = frozenset(str(detail["loc"][0]) for detail in error.errors() if detail["loc"])
    fields = value if isinstance(value, dict) else {}
    return _Fields.model_validate({name: fields[name] for name in fields.keys() - unreadable}), unreadable


def _with_qualifier(request: ParsedRequest, qualifier: str | None, refusals: RefusalList) -> ParsedRequest:
    """Return the request with the version or alias from the end of the function's name."""
    if qualifier is None:
        return request
    field = "version" if qualifier == "$LATEST" or qualifier.isdigit() else "alias"
    requested = getattr(request, field)
    if requested in (None, qualifier):
        return request.model_copy(update={field: qualifier})
    refusals.add(
        InvalidRequestError(f"{field} is {requested}, but the function's name ends with :{qualifier}: use one of them.")
    )
    return request.without(field)


def _with_back(request: ParsedRequest, fields: _Fields, refusals: RefusalList) -> ParsedRequest:
    """Return the request that returns to an earlier version, if one of its fields says so."""
    given = {"version": request.version, "back_to": fields.back_to, "back": fields.back}
    names = [name for name, value in given.items() if value]
    if len(names) > 1:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        refusals.add(InvalidRequestError(f"{listed} each name the version to roll out: use one of them."))
        return request.without("version")
    if not fields.back_to and not fields.back:
        return request
    return request.model_copy(update={"version": fields.back_to, "is_back": True})


def _without_latest(request: ParsedRequest, refusals: RefusalList) -> ParsedRequest:
    if request.version != "$LATEST":
        return request
    refusals.add(
        LatestVersionError(
            "version is $LATEST, but an alias cannot split traffic with $LATEST: publish a version and use its number"
            f" (aws lambda publish-version --function-name {request.function})."
        )
    )
    return request.without("version")
