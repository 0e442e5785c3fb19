"""What the canary's own log lines say about a rollback: a few errors, each with samples. Secrets are masked.

Every text is one line without control characters, and comes from the function's log: escape it where it is rendered.
This is an example, as it stands in the document, in the ledger entry (attribute `canary_logs`), and in the event:

    {
      "sentence": "version 4 logs 1 error that version 3 does not log",
      "scope": "read all 41 error lines of version 4; all 12 error lines of version 3; in /aws/lambda/my-api from
        2026-03-01T12:00:00Z to 2026-03-01T12:07:00Z; lines of the last seconds may be missing",
      "findings": [
        {
          "change": "new",
          "signature": "KeyError: <text> (app.py, line <n>, in handler)",
          "canary_lines": 41,
          "stable_lines": 0,
          "sentence": "new: 41 lines in 1,203 calls of version 4 (3.4 per 100 calls), none in 9,870 calls of version 3",
          "samples": [
            {
              "at": "2026-03-01T12:01:07.123Z",
              "request_id": "8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44",
              "line": "KeyError: 'customer' (app.py, line 3, in handler)"
            }
          ]
        }
      ],
      "further": 0
    }
"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from rollout.domain.enums import LogChange
from rollout.domain.models import Value
from rollout.domain.text import shorten

MOST_FINDINGS = 5
MOST_SAMPLES = 3
LONGEST_LINE = 240
"""The most characters of a signature or of a sample: findings of this size are a few kilobytes."""
LONGEST_SENTENCE = 700


def _shortened(limit: int) -> BeforeValidator:
    return BeforeValidator(lambda value: shorten(value, limit) if isinstance(value, str) else value)


Line = Annotated[str, _shortened(LONGEST_LINE)]
"""A text of the log, shortened to 240 characters."""
LogSentence = Annotated[str, _shortened(LONGEST_SENTENCE)]


class LogSample(Value):
    """A line of the canary's log."""

    at: datetime = Field(description="When the line was written.")
    request_id: Line = Field(default="", description="The request that wrote it; empty where the line names none.")
    line: Line = Field(description="The error in the line: its type, message and place, without secrets, shortened.")


class LogFinding(Value):
    """An error that the canary logs and stable does not, or that it logs more often."""

    change: LogChange
    signature: Line = Field(description="The error without numbers, ids and quoted values, which differ by call.")
    canary_lines: int = Field(description="How many of the lines that were read have this signature.")
    stable_lines: int
    sentence: LogSentence = Field(description="The lines and the calls of both versions.")
    samples: tuple[LogSample, ...] = Field(default=(), description="At most three lines, the first ones.")

    @property
    def title(self) -> str:
        """The error as a person reads it: the sample where all have the same text, else the signature."""
        lines = {sample.line for sample in self.samples}
        return lines.pop() if len(lines) == 1 else self.signature


class CanaryLogs(Value):
    """What the log says about the canary, and how much of the log was read."""

    sentence: LogSentence = Field(description="The result, or why there is none.")
    scope: LogSentence = Field(
        default="", description="Which lines of which minutes were read, and whether all; empty where none were."
    )
    findings: tuple[LogFinding, ...] = Field(
        default=(), description="At most five: new errors first, then by the number of the canary's lines."
    )
    further: int = Field(default=0, description="How many errors are new or more frequent besides.")


def unread(version: str, reason: str) -> CanaryLogs:
    """Return that the canary's log was not read, and why."""
    return CanaryLogs(sentence=f"the log of version {version} was not read: {reason}")
