"""The base classes of the values."""

from pydantic import BaseModel


class Value(BaseModel, frozen=True):
    """An immutable value. It ignores unknown fields, so an execution can outlive a deployment."""


class Strict(BaseModel, frozen=True, extra="forbid"):
    """An immutable value that people write. It refuses unknown keys by name."""
