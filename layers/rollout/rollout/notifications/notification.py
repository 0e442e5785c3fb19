"""A notification before it is laid out: what happened, why, and what to do, for e-mail and for a chat."""

import re
from typing import Annotated

from pydantic import BeforeValidator

from rollout.domain.models import Value
from rollout.notifications.moments import Moment

MAX_SUBJECT_LENGTH = 99
"""SNS accepts fewer than 100 characters, ASCII without line breaks."""


_BREAK = re.compile(r"\s*[\n\r\v\f\x85\u2028\u2029]\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, which not every subscriber of a topic accepts, and those that change the direction of a text."""


def _as_line(text: object) -> object:
    return _CONTROL.sub("", _BREAK.sub(" ", text)) if isinstance(text, str) else text


Line = Annotated[str, BeforeValidator(_as_line)]
"""A text on one line without control characters: what comes from outside must not look like another part of it."""


class NextStep(Value):
    """Something to do, with the command for a shell that does it."""

    text: str
    command: str = ""


class Notification(Value):
    """What people read about one moment of a rollout."""

    moment: Moment
    event_type: str
    """The detail-type of the event."""
    id: str
    """The event's ID, the same for a repeated event."""
    thread: str
    """The same for every notification of one rollout."""
    title: Line
    """What happened, in a few words."""
    headline: Line
    """What happened and which version serves now, as a sentence."""
    reason: Line
    """Why, with the numbers."""
    details: tuple[Line, ...] = ()
    """Lines with the numbers behind the reason."""
    next_steps: tuple[NextStep, ...]
    facts: tuple[Line, ...]
    """Lines that say where: the function, its account and region."""
    resources: tuple[str, ...]
    """The ARNs of the alias and the execution."""
    url: str
    """Where the execution is seen."""
    url_of: str = "Execution"
    """What the URL shows."""
    attributes: dict[str, str]
    """What subscribers may filter by."""

    @property
    def subject(self) -> str:
        """The title as SNS accepts it as a subject."""
        plain = " ".join(self.title.encode("ascii", "replace").decode().split())
        return plain if len(plain) <= MAX_SUBJECT_LENGTH else plain[: MAX_SUBJECT_LENGTH - 3] + "..."

    @property
    def text(self) -> str:
        """The text of an e-mail: a phone shows the first lines, so they say what happened and why."""
        steps = [line for step in self.next_steps for line in (step.text, step.command) if line]
        blocks = [[self.headline], [f"Why: {self.reason}", *self.details], ["What to do:", *steps]]
        return "\n\n".join("\n".join(block) for block in [*blocks, [*self.facts, f"{self.url_of}: {self.url}"]])
