"""The base classes of the values.

Validators are built when a model is first used (`defer_build`): a cold start builds only those of its own handler. For
the same reason, a default that is a model is made by a `default_factory`.
"""

from pydantic import BaseModel


class Value(BaseModel, frozen=True, defer_build=True):
    """An immutable value. It ignores unknown fields, so an execution can outlive a deployment."""


class Strict(BaseModel, frozen=True, extra="forbid", defer_build=True):
    """An immutable value that people write. It refuses unknown keys by name."""
