"""Removes what looks like a secret or a personal detail from a text, before anything is kept of it.

It errs towards masking: a long name that looks like a key is lost. A password in a plain sentence cannot be known and
stays. Each pattern bounds its repetitions, and a text is cut first, so that none takes long.
"""

import re

MASK = "***"
LONGEST = 600
"""The characters of a text that are read, far more than are kept of it."""
_NAMES = (
    r"passw(?:or)?d|passwd|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|account[-_]?key"
    r"|encryption[-_]?key|credential|cookie|signature|session[-_]?id|auth(?:orization)?|cvv|cvc|\bpin\b|\bssn\b"
)
_QUOTE = r"\\{0,3}[\"']"
_QUOTED = rf"(?P<quote>{_QUOTE})(?:(?!(?P=quote)).){{0,3000}}(?:(?P=quote))?"
"""A value between quotes, which JSON inside JSON escapes; one that was cut has no end."""

_OF_NAMES = re.compile(
    rf"((?:{_NAMES})[\w.-]{{0,40}}(?:{_QUOTE})?\s{{0,5}}(?:=>|[:=])\s{{0,5}})"
    rf"(?:{_QUOTED}|(?:(?:bearer|basic)\s)?[^\s,;&}}\])\"']{{1,3000}})",
    re.IGNORECASE,
)
"""`password=…`, `"apiKey": "…"` and the like."""

_HEADER = re.compile(
    rf"(\b(?:proxy-)?authorization(?:{_QUOTE})?\s{{0,5}}[:=]\s{{0,5}})(?:{_QUOTED}|[^\"']{{1,3000}})", re.IGNORECASE
)
"""A header without quotes has spaces and commas in it, so everything up to the next quote is masked."""

_SCHEME = re.compile(r"\b(bearer|basic|digest|negotiate)\s{1,5}[\w.~+/=-]{8,3000}", re.IGNORECASE)

_ALONE = (
    (r"-----BEGIN [A-Z ]{0,30}KEY.{0,20}?-----.*?(?:-----END [A-Z ]{0,30}KEY.{0,20}?-----|$)", MASK),
    (r"\beyJ[\w-]{5,3000}(?:\.[\w-]{0,3000}){0,4}", MASK),
    (r"(?<=://)[^/\s:@]{0,200}:[^/\s@]{1,400}@", f"{MASK}@"),
    (r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA|ABIA|ACCA)[A-Z0-9]{12,200}", MASK),
    (r"\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bgh[pousr]_\w{16,}|\bxox[a-z]-[\w-]{8,}|\bglpat-[\w-]{8,}", MASK),
    (r"(?<![\w.%+-])[\w.%+-]{1,200}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", "<email>"),
    (r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])", "<number>"),
    (r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32,3000}", MASK),
    (r"(?<![\w+/=-])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{28,3000}={0,2}", MASK),
    (r"(?<![\w=-])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])(?=[A-Za-z_-]*\d)[\w-]{28,3000}={0,2}", MASK),
    (r"(?<![\w-])(?=[a-zA-Z_]*\d)(?=[\d_]*[a-zA-Z])\w{36,3000}", MASK),
)
"""What is a secret without a name: private keys, JSON Web Tokens, passwords in URLs, keys of AWS and of others,
addresses, card numbers, hexadecimal digests, and base64, which has capitals, small letters and digits."""

_PATTERNS = (
    (_HEADER, rf"\g<1>{MASK}"),
    (_SCHEME, rf"\g<1> {MASK}"),
    (_OF_NAMES, rf"\g<1>{MASK}"),
    *((re.compile(pattern), replacement) for pattern, replacement in _ALONE),
)


def mask(text: str) -> str:
    """Return a text on one line, without control characters, and with everything masked that looks like a secret."""
    masked = _cut(one_line(text[: 2 * LONGEST]))
    for pattern, replacement in _PATTERNS:
        masked = pattern.sub(replacement, masked)
    return masked


def _cut(text: str) -> str:
    """Return the beginning of a text up to a whole word: the patterns do not know a part of a secret."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]


def one_line(text: str) -> str:
    """Return a text with its spaces and line breaks as single spaces, and without characters that are not printable."""
    spaced = re.sub(r"\s+", " ", text)
    return "".join(character for character in spaced if character.isprintable()).strip()
