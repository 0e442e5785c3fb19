"""What all values of a rollout have in common."""

from pydantic import BaseModel


class Value(BaseModel, frozen=True):
    """Something that does not change; fields it does not know are ignored, so an execution outlives a deploy."""


class Strict(BaseModel, frozen=True, extra="forbid"):
    """Something a person writes; unknown keys are refused by name."""
