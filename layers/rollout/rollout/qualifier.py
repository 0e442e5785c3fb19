"""What may stand behind a function's name, and be written by itself: the number of a version, or an alias."""

import re

from rollout.duration import whole

ALIAS_FORM = "an alias is made of letters, digits, - and _, and is not a number"


def version_text(value: object) -> object:
    """Return a whole number as the text that Lambda has for it; anything else as it is."""
    number = whole(value)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else value


def read_version(text: str) -> str:
    """Return the number of a published version; raises ValueError that says what one looks like."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise ValueError("write the number of a published version, such as 7")
    return text


def is_alias_name(text: str) -> bool:
    """Whether Lambda takes this for an alias's name."""
    return bool(re.fullmatch(r"(?![0-9]+$)[A-Za-z0-9_-]{1,128}", text))


def read_alias(text: str) -> str:
    """Return an alias's name; raises ValueError that says what one looks like."""
    if not is_alias_name(text):
        raise ValueError(ALIAS_FORM)
    return text
