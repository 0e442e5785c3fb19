"""What people write by hand."""

from pydantic import BaseModel


class Strict(BaseModel, frozen=True, extra="forbid"):
    """Something a person writes; unknown keys are refused by name."""
