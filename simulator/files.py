"""Reads the files that a command takes, and describes what is wrong with them."""

import json
from collections.abc import Callable
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy


class InvalidInputError(Exception):
    """When a command cannot use its input; the message says what was found, what is needed, and how to get there."""


def read_policy_file(path: Path) -> Policy:
    """Return the policy in a JSON or YAML file; raises InvalidInputError."""
    try:
        policy = read_policy(parse(path, read_text(path)), subject=f"The policy in {path}")
    except InvalidPolicyError as error:
        raise InvalidInputError(str(error)) from error
    if policy.is_all_at_once:
        raise InvalidInputError(
            f"The policy in {path} promotes at once, so no step compares the versions."
            " Add a step, such as {percent: 10, hold: 10m}."
        )
    return policy


def read_text(path: Path) -> str:
    """Return a file's text; raises InvalidInputError."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be read: {error.strerror}. Give the path of a readable file."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error


def parse(path: Path, text: str) -> object:
    """Return the value in a JSON or YAML file, by the file's extension; raises InvalidInputError."""
    parser = _PARSERS.get(path.suffix.lower())
    if parser is None:
        raise InvalidInputError(
            f"The extension of {path} is neither JSON's nor YAML's. Rename it to end in .json, .yaml or .yml."
        )
    try:
        return parser(text)
    except (ValueError, yaml.YAMLError) as error:
        format_name = "JSON" if path.suffix.lower() == ".json" else "YAML"
        raise InvalidInputError(f"{path} is not valid {format_name}: {' '.join(str(error).split())}.") from error


_PARSERS: dict[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}
