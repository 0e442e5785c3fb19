"""Makes JSON from outside safe to handle: no deep nesting, no text that UTF-8 cannot express, no repeated key."""

import json
import re
from typing import Any

MAX_LEVELS = 32
"""How deep lists and objects may be nested. A valid policy has seven levels, and DynamoDB allows 32."""

REPEATED = "\n(repeated)"
"""The end of a key that repeats another key of its object. No key may have a line break, so it is refused by name."""

_MAX_DIGITS = 300
"""A longer number is beyond every number that JSON readers agree on, and Python does not write one of 4,300 digits."""

_SURROGATE = "[\ud800-\udfff]"
_STRING = r'(?s)"(?:[^"\\]|\\.)*"?'


class JsonTooDeepError(ValueError):
    """When a JSON text is nested more than 32 levels deep."""


def plain_json(value: object, levels: int = MAX_LEVELS) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value as it is, except for what no field accepts and no AWS service stores.

    Lists and objects below 32 levels become a text that says so, lone surrogates become the replacement character, and
    a number of more than 300 digits becomes infinity. The models then refuse the field by name.
    """
    match value:
        case dict() | list() | tuple() if levels == 0:
            return f"nested more than {MAX_LEVELS} levels deep"
        case dict():
            return {_plain_key(key): plain_json(item, levels - 1) for key, item in value.items()}
        case list() | tuple():
            return [plain_json(item, levels - 1) for item in value]
        case str():
            return _plain_text(value)
        case int() if abs(value) >= 10**_MAX_DIGITS:
            return float("inf") if value > 0 else float("-inf")
    return value


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value of a JSON text as `plain_json` does; a repeated key gets the ending REPEATED.

    Raises JsonTooDeepError for a text with more than 32 levels, and ValueError for a text that is no JSON.
    """
    if _levels(text) > MAX_LEVELS:
        raise JsonTooDeepError
    return plain_json(json.loads(text, object_pairs_hook=_keep_repeated))


def _levels(text: str) -> int:
    """Return how deep the brackets of a JSON text are nested, strings left out."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[{}\]]", re.sub(_STRING, "", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _keep_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content: dict[str, object] = {}
    for key, value in pairs:
        content[f"{key}{REPEATED}" if key in content else key] = value
    return content


def _plain_key(key: object) -> str:
    return _plain_text(key) if isinstance(key, str) else str(plain_json(key))


def _plain_text(text: str) -> str:
    return text if text.isascii() else re.sub(_SURROGATE, "\ufffd", text)
