"""What an operator or an event asks for, from as little as {"function": "my-api"}."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError

from rollout.duration import whole
from rollout.errors import BadRequestError, LatestVersionError
from rollout.function_name import read_function
from rollout.models import Execution, Place, Target, Value
from rollout.policy import Policy
from rollout.problems import problems

DEFAULT_ALIAS = "live"


def _function_text(text: str) -> str:
    qualifier = read_function(text).qualifier
    if qualifier and qualifier.isdigit():
        _version(qualifier)
    return text


def _version_text(value: object) -> object:
    number = whole(value)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else value


def _version(text: str) -> str:
    if text != "$LATEST" and not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise ValueError("write the number of a published version, such as 7")
    return text


def _alias(text: str) -> str:
    if not re.fullmatch(r"(?![0-9]+$)[A-Za-z0-9_-]{1,128}", text):
        raise ValueError("an alias is made of letters, digits, - and _, and is not a number")
    return text


class _Input(BaseModel, extra="forbid"):
    function: Annotated[str, AfterValidator(_function_text)]
    alias: Annotated[str, AfterValidator(_alias)] | None = None
    version: Annotated[str, BeforeValidator(_version_text), AfterValidator(_version)] | None = None
    policy: object = None


class RolloutRequest(Value):
    """What is to be rolled out; None where the orchestrator is to choose."""

    place: Place
    function: str
    alias: str | None
    version: str | None
    policy: Policy
    policy_source: str = ""

    def target(self, tagged_alias: str | None) -> Target:
        """Return the alias this is about: the one asked for, else the one the function's tag names, else `live`."""
        alias = self.alias or tagged_alias or DEFAULT_ALIAS
        return Target(**dict(self.place), function=self.function, alias=alias)


class Asked(Value):
    """What an execution's input asks for; its policy is as it was written, or a name, or None."""

    place: Place
    function: str
    alias: str | None
    version: str | None
    policy: Any

    def by(self, policy: Policy, source: str) -> RolloutRequest:
        """Return the request to go by this policy."""
        return RolloutRequest(**dict(self) | {"policy": policy}, policy_source=source)


class Preparation(Value):
    """What PrepareRollout is given: the execution's input as it came, and the execution itself."""

    request: Any
    execution: Execution

    def read(self) -> Asked:
        """Return what the input asks for; raises a RefusedError for what cannot be read."""
        return read_request(self.request, self.execution)


def read_request(value: object, execution: Execution) -> Asked:
    """Return what an execution's input asks for; a function lies where the orchestrator does, unless its ARN says else.

    Raises BadRequestError or LatestVersionError; each names field and value.
    """
    asked = _read_input(value)
    function = read_function(asked.function)
    version, alias = _qualified(asked, function.qualifier)
    if version == "$LATEST":
        raise LatestVersionError(
            f"version is $LATEST, which an alias cannot give a share: publish a version and name that"
            f" (aws lambda publish-version --function-name {function.name})."
        )
    place = function.place(execution.place)
    return Asked(place=place, function=function.name, alias=alias, version=version, policy=asked.policy)


def _read_input(value: object) -> _Input:
    try:
        return _Input.model_validate(value)
    except ValidationError as error:
        raise BadRequestError(
            f'The input is refused: {problems(error)}. The least that is needed is {{"function": "my-api"}};'
            " alias, version and policy may be added."
        ) from error


def _qualified(asked: _Input, qualifier: str | None) -> tuple[str | None, str | None]:
    """Return version and alias, each from its own field or from what stands behind the function's name."""
    if qualifier is None:
        return asked.version, asked.alias
    if qualifier == "$LATEST" or qualifier.isdigit():
        return _agreed("version", asked.version, qualifier), asked.alias
    return asked.version, _agreed("alias", asked.alias, qualifier)


def _agreed(field: str, named: str | None, qualifier: str) -> str:
    if named not in (None, qualifier):
        raise BadRequestError(
            f"{field} is {named}, but the function is written with :{qualifier} behind its name: name one of them."
        )
    return qualifier
