"""The subset of JSONPath, intrinsic functions and choice rules that the shipped state machine uses."""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

Document = dict[str, Any]


def fill_template(template: Document, document: Document, context: Document) -> Document:
    """Return the template with each path replaced by its value in the document or the context object."""
    filled: Document = {}
    for key, value in template.items():
        if isinstance(value, dict):
            filled[key] = fill_template(value, document, context)
        else:
            filled[key.removesuffix(".$")] = _value(value, document, context) if key.endswith(".$") else value
    return filled


def _value(path: str, document: Document, context: Document) -> Any:
    if call := re.fullmatch(r"States\.Format\('(.*)', (.*)\)", path):
        return call[1].format(*(_value(argument, document, context) for argument in call[2].split(", ")))
    if parsed := re.fullmatch(r"States\.StringToJson\((.*)\)", path):
        return json.loads(_value(parsed[1], document, context))
    value: Any = context if path.startswith("$$") else document
    for key in filter(None, path.lstrip("$").strip(".").split(".")):
        value = value[key]
    return value


def next_state(choice: Document, document: Document) -> str:
    """Return the state that a Choice state leads to."""
    rules = (rule for rule in choice["Choices"] if _applies(rule, document))
    return str(next(rules, {"Next": choice["Default"]})["Next"])


def _applies(rule: Document, document: Document) -> bool:
    if "And" in rule:
        return all(_applies(part, document) for part in rule["And"])
    value: Any = document
    for key in rule["Variable"].removeprefix("$.").split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if "IsPresent" in rule:
        return (value is not None) is rule["IsPresent"]
    if "StringMatches" in rule:
        return isinstance(value, str) and fnmatchcase(value, rule["StringMatches"])
    return bool(value == rule["StringEquals"])


def place_result(document: Document, path: str | None, result: Any) -> Document:
    """Return the document with a result at the place that ResultPath names."""
    if path is None:
        return document
    placed: Document = result if path == "$" else document | {path.removeprefix("$."): result}
    return placed
