"""Removes what looks like a secret or a personal detail from a text, before anything is kept of it.

It errs towards masking: a long name that looks like a key is lost. A password in a plain sentence is known by its
quotes, or by a digit or a sign in it; one of letters only looks like a word, and stays. Each pattern bounds
its repetitions, and a text is cut first, so that none takes long.
"""

import re

MASK = "***"
LONGEST = 600
"""The characters of a text that are read, far more than are kept of it."""
_NAMES = (
    r"passw|pass(?![a-z])|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|account[-_]?key"
    r"|encryption[-_]?key|credential|cookie|signature|sig(?![a-z])|sess(?:ion)?[-_]?id|sid(?![a-z])|[cx]srf|otp(?![a-z])"
    r"|auth(?:orization)?|cvv|cvc|\bpin\b|\bssn\b"
)
_NAME = rf"(?:{_NAMES})(?!\w{{0,40}}(?:Exception|Error)\b)[\w.-]{{0,40}}"
"""What a secret is called; `ExpiredTokenException: …` is an error with its message."""
_QUOTE = r"\\{0,3}[\"'`]"
_QUOTED = rf"(?P<quote>{_QUOTE})(?:(?!(?P=quote))(?:\\{{2,7}}[\"'`]|\\.|.)){{0,3000}}(?:(?P=quote))?"
"""A value between quotes, which JSON inside JSON escapes; one that was cut has no end."""

_LIST = r"\[[^\[\]]*\]?"
_OBJECT = r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}?"

_OF_NAMES = re.compile(
    rf"({_NAME}(?:{_QUOTE})?\]?\s{{0,5}}(?:=>|->|%3[AD]|[:=→\uff1a\uff1d])\s{{0,5}})"
    rf"(?:{_QUOTED}|{_LIST}|{_OBJECT}|(?<==)[^;=\s\"'][^;=\"']{{0,200}}(?=;)"
    r"|(?:(?:bearer|basic|[>|][+-]?)\s)?[^\s,;&}\])\"']{1,3000})",
    re.IGNORECASE,
)
"""`password=…`, `"apiKey": "…"` and the like; a value with spaces is known by its quotes, or a semicolon behind it."""

_OF_QUOTED_NAMES = re.compile(
    rf"({_NAME}{_QUOTE}\s{{0,5}},\s{{0,5}}(?:{_QUOTE}\w{{1,20}}{_QUOTE}\s{{0,5}}[:=]\s{{0,5}})?){_QUOTED}",
    re.IGNORECASE,
)
"""`("password", "…")` and `"key": "password", "value": "…"`."""

_OF_TAGS = re.compile(rf"(<[\w:.-]{{0,40}}{_NAME}(?:\s[^<>]{{0,200}})?>)[^<]{{1,3000}}", re.IGNORECASE)
"""`<password>…</password>`."""

_OF_OPTIONS = re.compile(
    rf"((?<!\S)(?:--?[\w-]{{0,40}}{_NAME}|-u|--user)\s)(?!-)(?:{_QUOTED}|\S{{1,3000}})", re.IGNORECASE
)
"""`--password …` and `-u name:…`."""

_OF_COMMANDS = re.compile(
    r"(\b(?:(?:mysql|mariadb)[\w-]{0,20}\b.{0,300}?[\s\"'](?-i:-p)(?=\S)|sshpass\s(?-i:-p)\s?|redis-cli\s.{0,300}?-a\s))"
    rf"(?:{_QUOTED}|[^\s\"'\],]{{1,3000}})",
    re.IGNORECASE,
)
"""`mysql -u bob -p…`, also as a list of arguments, and what other commands take as `-p …` and `-a …`."""

_FILLERS = (
    r"is|was|are|were|be|been|had|has|now|used|given|provided|entered|supplied|sent|got|you|we|they|he|she|i|that|which"
    r"|(?:(?:re)?set|changed|equal)\sto"
)
_ALGORITHM = r"(?:base|sha|md|utf|aes|argon|pbkdf|scram|bcrypt|v)[\w-]{0,12}\d"
_SECRET_LIKE = (
    rf"(?!{_ALGORITHM}\b|\w{{1,10}}://)"
    r"(?=[^\s\"'<>,;()]{0,200}(?:\d|[!#$%^&*@+=~?]\w))(?=[^\s\"'<>,;()]{0,200}[A-Za-z]|\d{4})[^\s\"'<>,;()]{4,3000}"
)
"""A word with a digit or a sign in it, or a number of four digits or more."""

_OF_SENTENCES = re.compile(
    r"((?:password|passwd|passphrase|passcode|pwd)s?(?![\w-])"
    r"(?>(?:\s(?:for|of)\s(?:the\s)?(?:(?:user|account|role|client|customer|database)\s)?[^\s,]{1,80})?)"
    rf"(?:,?\s(?:{_FILLERS})(?!\w)){{0,5}},?\s\(?|(?:secret|token|key)\s(?:is|was)\s)(?:{_QUOTED}|{_SECRET_LIKE})",
    re.IGNORECASE,
)
"""`password … was wrong`, `the password of user bob is …`, `token is …`."""

_OF_QUERIES = re.compile(r"([?&](?:key|code|hash)=)[^\s&#\"']{6,3000}", re.IGNORECASE)
"""What is secret in a URL, and elsewhere a word of an error."""

_OF_NAMED = (_OF_NAMES, _OF_QUOTED_NAMES, _OF_TAGS, _OF_OPTIONS, _OF_COMMANDS, _OF_SENTENCES, _OF_QUERIES)

_HEADER = re.compile(
    rf"(\b(?:(?:proxy-)?authorization|(?:set-)?cookie)(?:{_QUOTE})?\s{{0,5}}[:=]\s{{0,5}})(?:{_QUOTED}|[^\"']{{1,3000}})",
    re.IGNORECASE,
)
"""A header without quotes has spaces and commas in it, so everything up to the next quote is masked."""

_SCHEME = re.compile(r"\b(bearer|basic|digest|negotiate)\s{1,5}[\w.~+/=-]{8,3000}", re.IGNORECASE)

_VENDORS = (
    r"(?:sk|pk|rk)_(?:live|test)_\w{8,}",
    r"sk-[\w-]{12,}",
    r"whsec_\w{8,}",
    r"gh[pousr]_\w{16,}",
    r"github_pat_\w{8,}",
    r"glpat-[\w-]{8,}",
    r"(?:xox[a-z]|xapp)-[\w-]{8,}",
    r"AIza[\w-]{20,}",
    r"ya29\.[\w.-]{5,}",
    r"GOCSPX-[\w-]{8,}",
    r"SG\.[\w.-]{16,}",
    r"npm_\w{20,}",
    r"pypi-Ag[\w-]{8,}",
    r"hv[sbr]\.[\w-]{8,}",
    r"shp(?:at|ca|pa|ss)_\w{8,}",
    r"dapi[0-9a-f]{16,}",
)
"""The tokens of others than AWS, by their beginnings."""

_ALONE = (
    (r"-----BEGIN [A-Z ]{0,30}KEY.{0,20}?-----.*?(?:-----END [A-Z ]{0,30}KEY.{0,20}?-----|$)", MASK),
    (r"\beyJ[\w-]{5,3000}(?:\.[\w-]{0,3000}){0,4}", MASK),
    (r"(?<=://)[^/\s:@\"']{0,200}:(?!\d{1,5}(?:[/?#\s]|$))[^\s\"'<>]{1,400}@", f"{MASK}@"),
    (r"((?:hooks\.slack\.com|webhook\.office\.com|/webhooks)/)[^\s\"'<>]{1,400}", rf"\g<1>{MASK}"),
    (r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA|AIPA|ABIA|ACCA)[A-Z0-9]{12,200}", MASK),
    (rf"\b(?:{'|'.join(_VENDORS)})", MASK),
    (r"(?:\"[^\"@]{1,64}\"|(?<![\w.%+-])[\w.%+-]{1,200})(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", "<email>"),
    (r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])", "<number>"),
    (r"(?<=[A-Za-z_])[3-6]\d{12,18}(?!\w)|(?<![\w.-])\d{4}(?:\.\d{4}){3}(?![\w-])", "<number>"),
    (r"(?<![\w-])[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])", "<number>"),
    (r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])|(?<![\w)])\+\d(?:[ ().-]{0,2}\d){8,13}(?!\w)", "<number>"),
    (r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32,3000}", MASK),
    (r"(?<![A-Z0-9_-])(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{24,3000}={0,6}", MASK),
    (r"(?<![\w+/=-])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*\d)[A-Za-z0-9+/]{28,3000}={0,2}", MASK),
    (r"(?<![\w=-])(?=[a-z0-9_-]*[A-Z])(?=[A-Z0-9_-]*[a-z])(?=[A-Za-z_-]*\d)[\w-]{28,3000}={0,2}", MASK),
    (r"(?<![\w-])(?=[a-zA-Z_]*\d)(?=[\d_]*[a-zA-Z])\w{36,3000}", MASK),
)
"""What is a secret without a name: private keys, JSON Web Tokens, passwords in URLs, keys of AWS and of others,
addresses, the numbers of cards, accounts and telephones, hexadecimal digests, base32, and base64, which has capitals,
small letters and digits."""

_ESCAPE = re.compile(r"\x1b\[[0-?]{0,20}[ -/]{0,5}[@-~]")
"""The colours of a terminal, of which only the first character is not printable."""

_PATTERNS = (
    (_HEADER, rf"\g<1>{MASK}"),
    (_SCHEME, rf"\g<1> {MASK}"),
    *((pattern, rf"\g<1>{MASK}") for pattern in _OF_NAMED),
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
    spaced = re.sub(r"\s+", " ", _ESCAPE.sub("", text))
    return "".join(character for character in spaced if character.isprintable()).strip()
