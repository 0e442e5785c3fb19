"""Lengths of time as people write them: 90, "90s", "5m", "2h"."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PATTERN = r"^\d+[smhd]$"
_LONGEST_SECONDS = 30 * 86400


def parse_duration(value: object) -> int:
    """Return whole seconds; raises ValueError with the accepted forms for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.match(_PATTERN, value):
        return int(value[:-1]) * _UNITS[value[-1]]
    raise ValueError('write whole seconds, or a number with its unit such as "90s", "5m" or "2h"')


def say_duration(seconds: float) -> str:
    """Return a length of time in its largest whole unit, so that 300 reads as 5m."""
    for unit, size in reversed(_UNITS.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"


Seconds = Annotated[
    int,
    BeforeValidator(parse_duration),
    Field(ge=0, le=_LONGEST_SECONDS),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _PATTERN}]},
    ),
]
