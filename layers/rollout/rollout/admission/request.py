"""What an operator or an event asks for, from as little as {"function": "my-api"}."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Strict, ValidationError

from rollout.admission.refusal_list import RefusalList
from rollout.domain.errors import InvalidRequestError, LatestVersionError
from rollout.domain.identity import AccountRegion, Execution, Target
from rollout.domain.lambda_names import read_alias, read_function, read_version, version_text
from rollout.domain.models import Value
from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy

DEFAULT_ALIAS = "live"


def _function_text(text: str) -> str:
    qualifier = read_function(text).qualifier
    if qualifier and qualifier.isdigit():
        read_version(qualifier)
    return text


def _version(text: str) -> str:
    return text if text == "$LATEST" else read_version(text)


_Function = Annotated[str, AfterValidator(_function_text)]


class _Fields(BaseModel, extra="forbid", defer_build=True):
    function: _Function | None = None
    alias: Annotated[str, AfterValidator(read_alias)] | None = None
    version: Annotated[str, BeforeValidator(version_text), AfterValidator(_version)] | None = None
    policy: object = None
    dry_run: Annotated[bool, Strict()] = False


class _Input(_Fields):
    function: _Function


class RolloutRequest(Value):
    """What is to be rolled out; None where the orchestrator is to choose."""

    account_region: AccountRegion
    function: str
    alias: str | None
    version: str | None
    policy: Policy
    policy_source: str = ""
    unreadable_fields: frozenset[str] = frozenset()
    """The fields that were refused; what stands in their place speaks neither for nor against anything."""

    def target(self, tagged_alias: str | None) -> Target:
        """Return the alias this is about: the one asked for, else the one the function's tag names, else `live`."""
        alias = self.alias or tagged_alias or DEFAULT_ALIAS
        return Target(**dict(self.account_region), function=self.function, alias=alias)


class ParsedRequest(Value):
    """What an execution's input asks for; its policy is as it was written, or a name, or None."""

    account_region: AccountRegion
    function: str | None = None
    """None where it cannot be read."""
    alias: str | None = None
    version: str | None = None
    policy: Any = None
    unreadable_fields: frozenset[str] = frozenset()

    def with_policy(self, policy: Policy, source: str) -> RolloutRequest:
        """Return the request to go by this policy."""
        return RolloutRequest(**dict(self) | {"policy": policy}, policy_source=source)

    def without(self, field: str) -> "ParsedRequest":
        """Return what is left to go by once a field is refused."""
        return self.model_copy(update={field: None, "unreadable_fields": self.unreadable_fields | {field}})


class Preparation(Value):
    """What PrepareRollout is given: the execution's input as it came, and the execution itself."""

    request: Any
    execution: Execution

    @property
    def is_dry_run(self) -> bool:
        """Whether it asks what would happen, and for nothing to happen."""
        return isinstance(self.request, dict) and self.request.get("dry_run") is True

    def parse(self, reasons: RefusalList) -> ParsedRequest:
        """Return what the input asks for, as far as it can be read; why the rest cannot be is among the reasons."""
        return read_request(self.request, self.execution, reasons)


def read_request(value: object, execution: Execution, reasons: RefusalList) -> ParsedRequest:
    """Return what an execution's input asks for; a function lies where the orchestrator does, unless its ARN says else.

    What cannot be read is left out and added to the reasons, each with its field and value.
    """
    fields, unreadable_fields = _read_fields(value, reasons)
    if fields.function is None:
        return ParsedRequest(account_region=execution.account_region, policy=fields.policy)
    function = read_function(fields.function)
    asked = ParsedRequest(
        account_region=function.account_region(execution.account_region),
        function=function.name,
        alias=fields.alias,
        version=fields.version,
        policy=fields.policy,
        unreadable_fields=unreadable_fields,
    )
    return _published(_qualified(asked, function.qualifier, reasons), reasons)


def _read_fields(value: object, reasons: RefusalList) -> tuple[_Fields, frozenset[str]]:
    """Return the fields that can be read, and the names of those that cannot."""
    try:
        return _Input.model_validate(value), frozenset()
    except ValidationError as error:
        reasons.add(
            InvalidRequestError(
                f'The input is refused: {format_problems(error)}. The least that is needed is {{"function": "my-api"}};'
                " alias, version, policy and dry_run may be added."
            )
        )
        unreadable_fields = frozenset(str(detail["loc"][0]) for detail in error.errors() if detail["loc"])
    written = value if isinstance(value, dict) else {}
    return _Fields.model_validate({name: written[name] for name in written.keys() - unreadable_fields}), unreadable_fields


def _qualified(asked: ParsedRequest, qualifier: str | None, reasons: RefusalList) -> ParsedRequest:
    """Return what is asked for with the version or the alias that stands behind the function's name."""
    if qualifier is None:
        return asked
    field = "version" if qualifier == "$LATEST" or qualifier.isdigit() else "alias"
    named = getattr(asked, field)
    if named in (None, qualifier):
        return asked.model_copy(update={field: qualifier})
    reasons.add(
        InvalidRequestError(
            f"{field} is {named}, but the function is written with :{qualifier} behind its name: name one of them."
        )
    )
    return asked.without(field)


def _published(asked: ParsedRequest, reasons: RefusalList) -> ParsedRequest:
    if asked.version != "$LATEST":
        return asked
    reasons.add(
        LatestVersionError(
            f"version is $LATEST, which an alias cannot give a share: publish a version and name that"
            f" (aws lambda publish-version --function-name {asked.function})."
        )
    )
    return asked.without("version")
