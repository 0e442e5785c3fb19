"""Freezes of the stack, and windows of a policy: whether a rollout may begin or grow."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from rollout.domain.durations import read_time
from rollout.domain.json_values import read_json
from rollout.domain.models import Strict, Value
from rollout.domain.text import format_minute
from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy
from rollout.policy.windows import opening_after
from rollout.state.past_rollout import FROZEN


class FreezeMode(StrEnum):
    """What a freeze of the stack does."""

    HOLD = "hold"
    """No rollout begins, and no canary gets more traffic."""
    ROLL_BACK = "roll_back"
    """No rollout begins, and each live one rolls back."""
    NO_NEW = "no_new"
    """No rollout begins; live ones go on."""


def _read_reason(text: object) -> object:
    return text.strip().removesuffix(".") if isinstance(text, str) else text


class Freeze(Strict):
    """A freeze of the whole stack, as the parameter in Parameter Store has it."""

    reason: Annotated[str, BeforeValidator(_read_reason), Field(min_length=1, max_length=500)]
    until: Annotated[datetime, BeforeValidator(read_time)] | None = None
    """When it ends by itself; None where a person has to end it."""
    mode: FreezeMode = FreezeMode.HOLD


class Hold(Value):
    """Why no rollout begins or gives its canary more traffic now."""

    reason: str
    """As a sentence part."""
    until: datetime | None = None
    """When it ends; None where that is not known."""
    mode: FreezeMode = FreezeMode.HOLD
    is_freeze: bool = False
    """Whether a person froze the stack: not for closed windows, nor where the freeze cannot be read."""


class StandingFreeze(Value):
    """A freeze that holds a rollout, from the first evaluation that it kept from going on."""

    number: int
    """The evaluation at which it began to hold, so that a repeated task publishes the same event."""
    since: datetime
    """When the command was taken, or when the freeze of the stack began to hold the rollout."""
    reason: str
    """As a sentence part."""
    until: datetime | None = None
    """When it ends by itself; None where a person has to end it."""
    command: str = ""
    """The ARN of the execution of the command; empty for a freeze of the stack."""
    is_published: bool = False
    """Whether an event or a notification of it has gone out."""


def read_freeze(text: str, parameter: str) -> Freeze:
    """Return the freeze of a parameter's text. One that cannot be read holds every rollout, and says what to write."""
    try:
        return Freeze.model_validate(read_json(text))
    except Exception as error:  # noqa: BLE001 - whatever the text raises, a person wanted to freeze the stack
        problems = format_problems(error) if isinstance(error, ValidationError) else "it is no JSON"
    example = '{"reason": "...", "until": "2026-12-01T08:00Z", "mode": "hold"}'
    return Freeze(reason=f"the parameter {parameter} is refused: {problems}; write {example}, or delete it"[:500])


def hold_at(policy: Policy, freeze: Freeze | None, now: datetime) -> Hold | None:
    """Return why nothing may begin or grow at a time; None where it may."""
    if freeze and (freeze.until is None or now < freeze.until):
        until = f" until {format_minute(freeze.until)}" if freeze.until else ""
        return Hold(reason=f"{FROZEN}{until}: {freeze.reason}", until=freeze.until, mode=freeze.mode, is_freeze=True)
    opens = opening_after(policy.windows, now)
    if opens is None:
        return None
    return Hold(reason=f"the policy's windows are closed until {format_minute(opens)}", until=opens)
