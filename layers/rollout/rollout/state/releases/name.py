"""The name of a release."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def _require_form(value: object) -> object:
    """Return the value; raises ValueError for a text that is no name, in words rather than as a pattern."""
    if isinstance(value, str) and not re.match(_PATTERN, value):
        reason = "write at most 64 letters, digits and ._-, of which the first is a letter or a digit"
        raise ValueError(reason)
    return value


ReleaseName = Annotated[str, BeforeValidator(_require_form), Field(pattern=_PATTERN)]
"""A release's name: letters, digits and ._-, at most 64 of them. The pattern stands in the schemas."""
