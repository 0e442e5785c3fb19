"""Recognizes the command `doctor`, which is for the stack and for no rollout. The least is {"command": "doctor"}."""

from collections.abc import Mapping

from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.text import format_names

DOCTOR = "doctor"
_FIELDS = ("command", "why")


def is_doctor(request: object) -> bool:
    """Whether a request is the command `doctor`. Raises InvalidCommandError where it has fields of other commands."""
    if not isinstance(request, Mapping) or request.get("command") != DOCTOR:
        return False
    if others := [str(name) for name in request if name not in _FIELDS]:
        raise InvalidCommandError(
            f"The command {DOCTOR} examines the whole stack, and has no {format_names(others)}: send"
            f' {{"command": "{DOCTOR}"}}.'
        )
    return True
