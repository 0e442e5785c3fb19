"""Reads a policy as people write it, and names every reason to refuse it."""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from rollout.domain.errors import InvalidPolicyError
from rollout.domain.json_values import plain_json
from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy

MAX_CHARACTERS = 32_768
"""The longest policy as JSON. It is a part of the document, which Step Functions limits to 262,144 bytes."""


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
