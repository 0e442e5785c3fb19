"""As much of JSONPath, intrinsic functions and choices as the shipped state machine has."""

import re
from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


def filled(template: Document, document: Document, context: Document) -> Document:
    """Return what a template makes of a document and the context."""
    made = {}
    for key, value in template.items():
        if isinstance(value, dict):
            made[key] = filled(value, document, context)
        else:
            made[key.removesuffix(".$")] = _value(value, document, context) if key.endswith(".$") else value
    return made


def _value(text: str, document: Document, context: Document) -> Any:
    if formatted := re.fullmatch(r"States\.Format\('(.*)', (.*)\)", text):
        return formatted[1].format(*(_value(one, document, context) for one in formatted[2].split(", ")))
    found: Any = context if text.startswith("$$") else document
    for key in text.lstrip("$").strip(".").split("."):
        found = found[key]
    return found


def chosen(state: Document, document: Document) -> str:
    """Return the state that a choice leads to."""
    for rule in state["Choices"]:
        found: Any = document
        for key in rule["Variable"].removeprefix("$.").split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        if (found is None) if "IsPresent" in rule else (found == rule["StringEquals"]):
            return rule["Next"]
    return state["Default"]


def placed(document: Document, path: str | None, result: Any) -> Document:
    """Return the document with a result where a ResultPath wants it."""
    if path is None:
        return document
    return result if path == "$" else document | {path.removeprefix("$."): result}
