"""Keeps sentences short enough to be read, whatever names and values they quote."""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Annotated

from pydantic import BeforeValidator

MAX_SENTENCE_LENGTH = 3900
"""The longest text of a Cause, an event, a notification or a ledger entry, in characters."""

_NAMES_SHOWN = 5
_MAX_NAME_LENGTH = 64


LONGEST_REASON = 500
"""The longest reason that a person may write, in characters."""


def shorten(text: str, limit: int = MAX_SENTENCE_LENGTH) -> str:
    """Return a text of at most `limit` characters: the beginning and the end of a longer one."""
    if len(text) <= limit:
        return text
    note = f" … ({len(text):,} characters in all) … "
    kept = max(limit - len(note), 2)
    return f"{text[: kept - kept // 3]}{note}{text[len(text) - kept // 3 :]}"[:limit]


def shorten_bytes(text: str, limit: int) -> str:
    """Return a text of at most `limit` bytes in UTF-8, shortened as by `shorten`."""
    short = shorten(text, limit)
    while (size := len(short.encode(errors="replace"))) > limit:
        short = shorten(text, len(short) * limit // size)
    return short


def as_sentence(text: object) -> str:
    """Return a text, such as an error of AWS, with one full stop at its end, so that another sentence can follow."""
    return f"{str(text).rstrip().removesuffix('.')}."


def format_minute(at: datetime) -> str:
    """Return a time in UTC for a sentence, such as `2026-03-01T12:00Z`."""
    return f"{at:%Y-%m-%dT%H:%MZ}"


def as_reason(text: str) -> str:
    """Return what a person wrote as a reason, on one line and without the full stop, because a sentence quotes it."""
    return re.sub(r"\s+", " ", text).strip().removesuffix(".")


def join_within(sentences: Sequence[str], separator: str, noun: str, limit: int) -> str:
    """Return the first sentences that fit into `limit` characters, and the number of the others.

    The first one is always there, shortened if necessary.
    """
    ends = accumulate(len(sentence) + len(separator) for sentence in sentences)
    shown = max(sum(end <= limit for end in ends), 1)
    first, left = [shorten(sentence, limit) for sentence in sentences[:shown]], len(sentences) - shown
    return separator.join([*first, f"and {left:,} more {noun}{'' if left == 1 else 's'}"] if left else first)


def format_names(names: Iterable[str]) -> str:
    """Return the first five names, each shortened to 64 characters, and the number of the others."""
    every = [*names]
    shown = ", ".join(shorten(name, _MAX_NAME_LENGTH) for name in every[:_NAMES_SHOWN])
    return f"{shown} and {len(every) - _NAMES_SHOWN:,} more" if len(every) > _NAMES_SHOWN else shown


def format_count(number: float, noun: str, plural: str = "") -> str:
    """Return such as `1 alarm` and `1,203 alarms`; `plural` is for a noun whose plural has no `s`."""
    return f"{number:,.0f} {noun if number == 1 else plural or f'{noun}s'}"


def _shorten_text(value: object) -> object:
    return shorten(value) if isinstance(value, str) else value


Sentence = Annotated[str, BeforeValidator(_shorten_text)]
"""A text that people read, shortened to 3,900 characters."""


def format_evidence(evidence: float) -> str:
    """Return evidence for a sentence: two digits, a whole number, or from 10,000 on a power of ten, such as `10^9`."""
    return format_log_evidence(math.log(evidence) if evidence > 0 else -math.inf)


def format_log_evidence(log_evidence: float) -> str:
    """Return evidence of this natural logarithm for a sentence; it may have hundreds of digits."""
    tens = log_evidence / math.log(10)
    if tens >= 4:  # noqa: PLR2004 - up to 9,999 the number itself is readable
        return f"10^{tens:.0f}"
    if tens >= 1:
        return f"{math.exp(log_evidence):,.0f}"
    return f"{math.exp(log_evidence):.2g}" if tens >= -2 else "below 0.01"  # noqa: PLR2004 - no evidence at all
