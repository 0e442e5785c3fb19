"""Parses a command to a release. The least is {"release": "2026-11-25.3", "command": "status"}."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, ValidationError, model_validator

from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.models import Strict
from rollout.domain.text import LONGEST_REASON, as_reason
from rollout.domain.together import read_with_rules
from rollout.domain.validation import format_problems
from rollout.state.releases.name import ReleaseName


class ReleaseOrder(StrEnum):
    """What an operator orders of a release; the last two only read."""

    ABORT = "abort"
    STATUS = "status"
    HISTORY = "history"


class ReleaseCommand(Strict):
    """A command to a release as an operator gives it."""

    release: ReleaseName
    command: ReleaseOrder
    why: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(as_reason)] = ""

    @model_validator(mode="wrap")
    @classmethod
    def _check_rules(cls, value: object, read: ModelWrapValidatorHandler["ReleaseCommand"]) -> Any:  # noqa: ANN401 - itself
        return read_with_rules(value, read, _broken_rules)


def _broken_rules(value: object) -> list[str]:
    if isinstance(value, ReleaseCommand) and value.command is ReleaseOrder.ABORT and not value.why:
        return ["why is missing: add the reason, which the ledger and the events keep"]
    return []


def names_release(request: object) -> bool:
    """Whether the input of a command names a release in place of a function."""
    return isinstance(request, dict) and "release" in request


def read_release_command(request: object) -> ReleaseCommand:
    """Return a command to a release. Raises InvalidCommandError, which names each invalid field with its value."""
    try:
        return ReleaseCommand.model_validate(request)
    except ValidationError as error:
        raise InvalidCommandError(
            f"The command is refused: {format_problems(error)}. A release takes abort, status and history, such as"
            ' {"release": "2026-11-25.3", "command": "abort", "why": "the database is slow"}.'
        ) from None
