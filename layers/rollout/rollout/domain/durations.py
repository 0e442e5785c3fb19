"""Durations and times as people write them: 90, "90s", "5m", "2h", "2026-12-01T08:00Z"."""

import math
import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PATTERN = r"^[0-9]{1,7}[smhd]$"
MAX_DURATION_SECONDS = 30 * _UNITS["d"]


def parse_duration(value: object, *, least: int = 0, most: int = MAX_DURATION_SECONDS) -> int:
    """Return a duration in whole seconds. Raises ValueError, which names the accepted forms or the bounds."""
    seconds = _seconds(value)
    if seconds is None:
        raise ValueError('write whole seconds, or a number with a unit such as "90s", "5m" or "2h"')
    if not least <= seconds <= most:
        raise ValueError(f"write a duration from {format_duration(least) if least else 0} to {format_duration(most)}")
    return seconds


def format_duration(seconds: float) -> str:
    """Return a duration in its largest whole unit: 5m for 300 seconds."""
    for unit, size in reversed(_UNITS.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"


def to_integer(value: object) -> object:
    """Return 50 for 50.0, because JSON treats both as the same number; return any other value unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _seconds(value: object) -> int | None:
    number = to_integer(value)
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    if isinstance(value, str) and re.fullmatch(_PATTERN, value):
        return int(value[:-1]) * _UNITS[value[-1]]
    return None


def format_rounded_duration(seconds: float) -> str:
    """Return a duration rounded up to one or two digits of a suitable unit, such as 7m or 2h."""
    for unit, size in (("s", 1), ("m", 60), ("h", 3600)):
        if seconds <= 90 * size:
            return f"{math.ceil(seconds / size)}{unit}"
    return f"{math.ceil(seconds / _UNITS['d'])}d"


Seconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(ge=0, le=MAX_DURATION_SECONDS),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MAX_DURATION_SECONDS},
                {"type": "string", "pattern": _PATTERN},
            ]
        },
    ),
]
"""A duration in whole seconds, read from any form that `parse_duration` accepts."""


def read_time(value: object) -> datetime:
    """Return a time in UTC. Raises ValueError for anything but a time in ISO format with its zone."""
    try:
        at = datetime.fromisoformat(str(value))
        # Without a zone, astimezone would take the zone of the machine. A time of the first or the last year of the
        # calendar may have no time in UTC.
        in_utc = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        in_utc = None
    if in_utc is None:
        raise ValueError('write a time with its zone, such as "2026-12-01T08:00Z"')
    return in_utc
