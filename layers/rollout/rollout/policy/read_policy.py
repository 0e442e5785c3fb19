"""Reads a policy: as people write it, with every reason to refuse it, and as a document or the ledger keeps it.

A release that is rolled back meets documents of the newer one. Every key of a policy is kept, so a key that this
release does not know is there even where no team uses it. Such a key is left out if its value is empty; any other
value is what a team wants of the rollout, and is refused by name, so that the rollout does not go on without it.
"""

import json
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from pydantic import ValidationError, WrapValidator

from rollout.domain.errors import InvalidPolicyError
from rollout.domain.json_values import plain_json
from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy

MAX_CHARACTERS = 32_768
"""The longest policy as JSON. It is a part of the document, which Step Functions limits to 262,144 bytes."""

_UNKNOWN = "extra_forbidden"
_EMPTY: tuple[object, ...] = (None, False, "", [], {})


def read_policy(value: object, subject: str = "The policy") -> Policy:
    """Return the policy. Raises InvalidPolicyError, which names the subject and each invalid field with its value."""
    value = plain_json(value)
    problems = [*_too_large(value)]
    try:
        policy = Policy.model_validate(value)
    except ValidationError as error:
        problems.append(format_problems(error, "policy"))
    if problems:
        refusal = InvalidPolicyError(f"{subject} is refused: {'; '.join(problems)}.")
        refusal.written = value
        raise refusal
    return policy


def _too_large(value: object) -> Iterator[str]:
    size = len(json.dumps(value))
    if size > MAX_CHARACTERS:
        yield f"policy has {size:,} characters as JSON: write at most {MAX_CHARACTERS:,}"


def read_kept(value: Any, read: Callable[[Any], Any]) -> Policy:  # noqa: ANN401 - any JSON value
    """Return a kept policy, without keys that this release does not know and that are empty."""
    try:
        policy: Policy = read(value)
    except ValidationError as error:
        policy = read(_without_unused(value, error))
    return policy


def policy_of_json(text: str) -> Policy:
    """Return a policy that the ledger keeps. Raises ValidationError."""
    return read_kept(json.loads(text), Policy.model_validate)


KeptPolicy = Annotated[Policy, WrapValidator(read_kept)]
"""A policy in a document."""


def _without_unused(value: object, error: ValidationError) -> object:
    unused = [each["loc"] for each in error.errors() if each["type"] == _UNKNOWN and _is_empty(each["input"])]
    if not unused:
        raise error
    kept = json.loads(json.dumps(value))
    for *parents, name in unused:
        holder = kept
        for parent in parents:
            holder = holder[parent]
        del holder[name]
    return kept


def _is_empty(value: object) -> bool:
    return any(value == empty and type(value) is type(empty) for empty in _EMPTY)
