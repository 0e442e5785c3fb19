"""What the verification found: one row of its table, and of the file to send back."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One question, and what AWS did."""

    name: str
    """The question's name in docs/aws-behaviour.md, or the story's."""
    expected: str
    found: str
    holds: bool | None
    """None where AWS gave no answer."""

    @property
    def mark(self) -> str:
        """The result as one word: `yes`, `no` or `unknown`."""
        return {True: "yes", False: "no", None: "unknown"}[self.holds]

    def document(self) -> dict[str, Any]:
        """Return the finding for the file."""
        return asdict(self)
