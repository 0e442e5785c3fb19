"""Which policy a rollout goes by: the execution's, else the function's own by its tag, else the stack's default."""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rollout.admission.tags import POLICY_TAG
from rollout.domain.errors import InvalidPolicyError, UnknownPolicyError
from rollout.domain.models import Value
from rollout.domain.validation import format_value
from rollout.policy.policy import Policy, read_policy
from rollout.policy.presets import ALL_AT_ONCE, FORMS, is_near_preset, is_preset

PLACEHOLDER_POLICY = Policy(steps=ALL_AT_ONCE)
"""Stands in for a policy that was refused, so that what speaks against its function can be said beside it: there is
nothing that it asks of a function."""

_STORED_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")


class Origin(StrEnum):
    """Who says by which policy to go."""

    EXECUTION = "The policy"
    TAG = f"The tag {POLICY_TAG}"
    DEFAULT = "The stack's DefaultPolicy"


_SAID = {
    Origin.EXECUTION: "the execution's input",
    Origin.TAG: f"the tag {POLICY_TAG}",
    Origin.DEFAULT: "the stack's DefaultPolicy",
}


class StoredPolicy(Value):
    """What Parameter Store has under a policy's name."""

    parameter: str
    text: str | None
    """None where there is no such parameter."""


class PolicyChoice(Value):
    """A policy as somebody wrote it, or its name."""

    value: Any
    origin: Origin

    @property
    def stored_name(self) -> str | None:
        """The name to look up in Parameter Store; None where the policy is value out, or a preset.

        Raises InvalidPolicyError for what can be no name.
        """
        if not isinstance(self.value, str) or is_preset(self.value):
            return None
        if is_near_preset(self.value):
            raise self._refused(f"presets are {FORMS}")
        if not _STORED_NAME.fullmatch(self.value):
            raise self._refused("write a policy as JSON, a preset's name or a stored policy's")
        return self.value

    def resolve(self, stored: StoredPolicy | None) -> Policy:
        """Return the policy; raises InvalidPolicyError that names field and value, or UnknownPolicyError."""
        if stored is None:
            return read_policy(_spelt_out(self.value), self.origin)
        if stored.text is None:
            raise UnknownPolicyError(
                f"{self.origin} is {format_value(self.value)}, and there is no parameter {stored.parameter}: put the policy"
                f" there as JSON (aws ssm put-parameter --type String --name {stored.parameter} --value file://…), or"
                f" name a preset: {FORMS}."
            )
        whose = f"The parameter {stored.parameter}, named by {_SAID[self.origin]},"
        return read_policy(_spelt_out(_read(stored.text, whose)), whose)

    def describe_source(self, stored: StoredPolicy | None) -> str:
        """Return where the policy came from, in words."""
        said = _SAID[self.origin]
        if stored:
            return f"the parameter {stored.parameter}, named by {said}"
        return f"the preset {self.value}, named by {said}" if isinstance(self.value, str) else said

    def _refused(self, needed: str) -> InvalidPolicyError:
        return InvalidPolicyError(f"{self.origin} is refused: policy is {format_value(self.value)}: {needed}.")


def choose_policy(asked: object, tags: Mapping[str, str], default: object) -> PolicyChoice:
    """Return the policy to go by: the execution's, else the one the function's tag names, else the stack's."""
    if asked is not None:
        return PolicyChoice(value=asked, origin=Origin.EXECUTION)
    if tagged := tags.get(POLICY_TAG):
        return PolicyChoice(value=tagged, origin=Origin.TAG)
    return PolicyChoice(value=default, origin=Origin.DEFAULT)


def _read(text: str, whose: str) -> object:
    """Return what a parameter holds, which is JSON or a preset's name."""
    if is_preset(text.strip()):
        return text.strip()
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidPolicyError(
            f"{whose} is refused: policy is {format_value(text)}: JSON, or a preset's name, is needed."
        ) from error


def _spelt_out(value: object) -> object:
    """Return a preset as the policy it stands for; anything else as it is."""
    return {"steps": value} if isinstance(value, str) and is_preset(value) else value
