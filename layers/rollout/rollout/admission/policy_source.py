"""Chooses the policy of a rollout: from the execution's input, else the function's tag, else the stack's default."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rollout.domain.enums import OnNewerVersion
from rollout.domain.errors import InvalidPolicyError, UnknownPolicyError
from rollout.domain.json_values import MAX_LEVELS, JsonTooDeepError, read_json
from rollout.domain.models import Value
from rollout.domain.tags import POLICY_TAG
from rollout.domain.validation import format_value
from rollout.policy.criteria import Guards
from rollout.policy.policy import Policy, policy_parts
from rollout.policy.presets import FORMS, is_near_preset, is_preset
from rollout.policy.read_policy import read_policy
from rollout.policy.steps import Step

_STORED_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")

MAX_ALARMS = 40
"""The most alarms of a valid policy: 20 of its guards and 20 of its metrics."""


class Origin(StrEnum):
    """Where a policy or its name is written, as the subject of an error message."""

    EXECUTION = "The policy"
    TAG = f"The tag {POLICY_TAG}"
    DEFAULT = "The stack's DefaultPolicy"


_SOURCES = {
    Origin.EXECUTION: "the execution's input",
    Origin.TAG: f"the tag {POLICY_TAG}",
    Origin.DEFAULT: "the stack's DefaultPolicy",
}


class StoredPolicy(Value):
    """The content of a policy's parameter in Parameter Store."""

    parameter: str
    text: str | None
    """None if the parameter does not exist."""


class PolicyChoice(Value):
    """A policy, or the name of one, with its origin."""

    value: Any
    """A policy as JSON, the name of a preset, or the name of a stored policy; not validated yet."""
    origin: Origin

    @property
    def stored_name(self) -> str | None:
        """The name to look up in Parameter Store; None for a preset or a policy as JSON.

        Raises InvalidPolicyError for an invalid name.
        """
        if not isinstance(self.value, str) or is_preset(self.value):
            return None
        if is_near_preset(self.value):
            raise self._refused(f"name a preset: {FORMS}")
        if not _STORED_NAME.fullmatch(self.value):
            raise self._refused("write a policy as JSON, the name of a preset or the name of a stored policy")
        return self.value

    def resolve(self, stored: StoredPolicy | None) -> Policy:
        """Return the policy. Raises InvalidPolicyError, which names field and value, or UnknownPolicyError."""
        if stored is None:
            return read_policy(_expand_preset(self.value), self.origin)
        if stored.text is None:
            raise UnknownPolicyError(
                f"{self.origin} is {format_value(self.value)}, but there is no parameter {stored.parameter}: store the"
                f" policy there as JSON (aws ssm put-parameter --type String --name {stored.parameter} --value"
                f" file://policy.json), or name a preset: {FORMS}."
            )
        subject = f"The parameter {stored.parameter}, named by {_SOURCES[self.origin]},"
        return read_policy(_expand_preset(_read_stored(stored.text, subject)), subject)

    def describe_source(self, stored: StoredPolicy | None) -> str:
        """Return where the policy comes from, as a sentence part."""
        source = _SOURCES[self.origin]
        if stored:
            return f"the parameter {stored.parameter}, named by {source}"
        return f"the preset {self.value}, named by {source}" if isinstance(self.value, str) else source

    def _refused(self, remedy: str) -> InvalidPolicyError:
        return InvalidPolicyError(f"{self.origin} is refused: policy is {format_value(self.value)}: {remedy}.")


def placeholder_policy(written: object = None) -> Policy:
    """Return the policy that replaces a refused one, so that the function can still be checked.

    It requires what the readable parts of the refused policy require: an alias to split, the alarms, and its turn.
    """
    parts = policy_parts(_expand_preset(written))
    return Policy.model_construct(
        steps=[Step(percent=1, hold=0)] if parts.steps else [],
        guards=Guards.model_construct(alarms=parts.alarms[:MAX_ALARMS]),
        on_newer_version=parts.on_newer_version or OnNewerVersion.QUEUE,
    )


def choose_policy(requested: object, tags: Mapping[str, str], default: object) -> PolicyChoice:
    """Return the requested policy, else the one that the function's tag names, else the stack's default."""
    if requested is not None:
        return PolicyChoice(value=requested, origin=Origin.EXECUTION)
    if tagged := tags.get(POLICY_TAG):
        return PolicyChoice(value=tagged, origin=Origin.TAG)
    return PolicyChoice(value=default, origin=Origin.DEFAULT)


def _read_stored(text: str, subject: str) -> object:
    """Return the content of a parameter: a policy as JSON or a preset's name."""
    if is_preset(text.strip()):
        return text.strip()
    try:
        return read_json(text)
    except JsonTooDeepError:
        needed = f"write at most {MAX_LEVELS} levels of lists and objects"
    except ValueError:
        needed = "write JSON or the name of a preset"
    raise InvalidPolicyError(f"{subject} is refused: policy is {format_value(text)}: {needed}.")


def _expand_preset(value: object) -> object:
    """Return a preset's name as a policy; return any other value unchanged."""
    return {"steps": value} if isinstance(value, str) and is_preset(value) else value
