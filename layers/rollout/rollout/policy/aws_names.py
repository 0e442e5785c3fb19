"""Names that end in a call of AWS, within the limits of the services: what CloudWatch refuses is refused here."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Field

MAX_DIMENSIONS = 30

_LONGEST = {"{function}": 64, "{alias}": 128, "{version}": 18}
"""The placeholders of a dimension's value, and the most characters that replace each."""

# Editors read these patterns from the JSON Schema, so they use no syntax that only Python has.
_CONTROL = r"\u0000-\u001f\u007f-\u009f\ufffd"
_NO_CONTROL = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
_ASCII = r"^[ -~]*[!-~][ -~]*$"
_ASCII_WITHOUT_COLON = r"^([!-9;-~]| +[!-~])[ -~]*$"


def _matching(pattern: str, needed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        # `$` also matches before a line break at the end, which no name may have.
        if text.endswith("\n") or not re.match(pattern, text):
            raise ValueError(needed)
        return text

    return check


def _check_growth(text: str) -> str:
    longest = len(text) + sum(text.count(name) * (length - len(name)) for name, length in _LONGEST.items())
    if longest > 1024:  # noqa: PLR2004 - CloudWatch's DimensionValue
        raise ValueError(f"write at most 1,024 characters; with its placeholders replaced it may have {longest:,}")
    return text


_PRINTABLE = "write at least one visible character, and no control characters"
_PRINTABLE_ASCII = "write ASCII characters, at least one of them visible, and no control characters"
_NO_COLON = f"{_PRINTABLE_ASCII}; the first one is no colon"

AlarmName = Annotated[
    str,
    Field(min_length=1, max_length=255, json_schema_extra={"pattern": _NO_CONTROL}),
    AfterValidator(_matching(_NO_CONTROL, _PRINTABLE)),
]
"""The name of a CloudWatch alarm."""

MetricName = AlarmName
"""The name of a CloudWatch metric."""

Label = Annotated[
    str,
    Field(min_length=1, max_length=64, json_schema_extra={"pattern": _NO_CONTROL}),
    AfterValidator(_matching(_NO_CONTROL, _PRINTABLE)),
]
"""A name that a policy gives to a metric."""

Namespace = Annotated[
    str,
    Field(min_length=1, max_length=255, json_schema_extra={"pattern": _ASCII_WITHOUT_COLON}),
    AfterValidator(_matching(_ASCII_WITHOUT_COLON, _NO_COLON)),
]
"""The namespace of a CloudWatch metric."""

DimensionName = Annotated[
    str,
    Field(min_length=1, max_length=255),
    AfterValidator(_matching(_ASCII_WITHOUT_COLON, _NO_COLON)),
]
"""The name of a metric's dimension."""

DIMENSION_NAMES: dict[str, int | float | str | list[Any] | dict[str, Any] | None] = {
    "minLength": 1,
    "maxLength": 255,
    "pattern": _ASCII_WITHOUT_COLON,
}
"""The rule of DimensionName in a JSON Schema."""

DimensionValue = Annotated[
    str,
    Field(min_length=1, max_length=1024, json_schema_extra={"pattern": _ASCII}),
    AfterValidator(_matching(_ASCII, _PRINTABLE_ASCII)),
    AfterValidator(_check_growth),
]
"""The value of a metric's dimension, with its placeholders."""


def is_alarm_name(text: str) -> bool:
    """Whether CloudWatch accepts the text as an alarm's name."""
    return len(text) <= 255 and re.match(_NO_CONTROL, text) is not None  # noqa: PLR2004 - CloudWatch's AlarmName
