"""Makes errors that differ only by their call equal: without numbers, ids, times and quoted values."""

import re

_PARTS = (
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
    (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?", "<time>"),
    (r"\barn:[\w:/.*$-]+", "<arn>"),
    (r"\bhttps?://[^\s\"'<>)]+", "<url>"),
    (r"\b0x[0-9a-fA-F]+\b", "<hex>"),
    (r"\"[^\"]{0,500}\"|(?<!\w)'[^']{0,500}'(?!\w)|`[^`]{0,500}`", "<text>"),
    (r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b", "<id>"),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "<address>"),
    (r"(?<![A-Za-z_<])[-+]?\d+(?:[.,:]\d+)*(?:[eE][-+]?\d+)?", "<n>"),
    (r"<n>(?:[,;] ?<n>)+", "<n>"),
)
_COMPILED = tuple((re.compile(pattern), replacement) for pattern, replacement in _PARTS)


def signature_of(text: str) -> str:
    """Return the signature of an error that is masked already, such as `KeyError: <text> (app.py, line <n>)`."""
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text
