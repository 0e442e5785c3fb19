"""Reads what people hand over; what is wrong with it is said in a sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy, read_policy


class UnreadableError(Exception):
    """When a file cannot be used; the message says which, where, and what is needed."""


def read_policy_file(path: Path) -> Policy:
    """Return the policy in a JSON or YAML file; raises UnreadableError."""
    try:
        policy = read_policy(parse(path, read_text(path)), whose=f"The policy in {path}")
    except InvalidPolicyError as error:
        raise UnreadableError(str(error)) from error
    if policy.is_all_at_once:
        raise UnreadableError(f"The policy in {path} promotes at once: it has no step in which versions are compared.")
    return policy


def read_text(path: Path) -> str:
    """Return a file's text; raises UnreadableError."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{path} is not text in UTF-8.") from error


def parse(path: Path, text: str) -> object:
    """Return what a JSON or YAML file says, by its name's ending; raises UnreadableError."""
    parser = _PARSERS.get(path.suffix.lower())
    if parser is None:
        raise UnreadableError(f"{path} is neither JSON nor YAML by its name: call it .json, .yaml or .yml.")
    try:
        return parser(text)
    except (ValueError, yaml.YAMLError) as error:
        raise UnreadableError(f"{path} is not what its name says: {' '.join(str(error).split())}.") from error


_PARSERS: dict[str, Callable[[str], object]] = {
    ".json": json.loads,
    ".yaml": yaml.safe_load,
    ".yml": yaml.safe_load,
}
