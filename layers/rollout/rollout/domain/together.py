"""Checks the rules about several fields even where one of them is invalid, so that one answer has every reason."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

RULE = "rule"
"""The type of an error about several fields; its sentence begins with the name of a field."""


def read_with_rules(
    value: object,
    read: ValidatorFunctionWrapHandler,
    rules: Callable[[object], Iterable[str]],
    kind: str = RULE,
) -> Any:  # noqa: ANN401 - what the validator returns
    """Return what a validator reads. Raises its errors together with the sentences of the rules.

    The rules get the value as it was read, or as it was written if it cannot be read. `kind` is the type of their
    errors.
    """
    errors: list[InitErrorDetails] = []
    result = value
    try:
        result = read(value)
    except ValidationError as error:
        errors = [_again(detail) for detail in error.errors(include_url=False)]
    errors += [_broken(kind, sentence, value) for sentence in rules(result)]
    if errors:
        raise ValidationError.from_exception_data("input", errors)
    return result


def _broken(kind: str, sentence: str, value: object) -> InitErrorDetails:
    return {"type": PydanticCustomError(kind, "{error}", {"error": sentence}), "loc": (), "input": value}


def _again(detail: ErrorDetails) -> InitErrorDetails:
    # A custom error keeps the type, the sentence and the context of any error.
    kind = PydanticCustomError(detail["type"], detail["msg"], detail.get("ctx"))
    return {"type": kind, "loc": detail["loc"], "input": detail["input"]}
