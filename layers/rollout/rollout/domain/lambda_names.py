"""Names of functions, versions and aliases, in every form that Lambda accepts."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from rollout.domain.durations import to_integer
from rollout.domain.identity import AccountRegion
from rollout.domain.models import Value

_FUNCTION = (
    r"(?:arn:[a-z-]{1,20}:lambda:(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]{1,20}-[0-9]):)?"
    r"(?:(?P<account>[0-9]{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?"
)
Account = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
"""An account's number."""

Region = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
"""A region's name."""

_PARTITIONS = {
    "cn-": "aws-cn",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
}
"""The partitions other than `aws`, by the beginning of the names of their regions."""
_FORMS = "a function's name or ARN, with or without :version or :alias at its end"


class FunctionName(Value):
    """The parts of a function's name; a part that the name leaves out is None."""

    name: str
    account: str | None = None
    region: str | None = None
    qualifier: str | None = None

    def account_region(self, otherwise: AccountRegion) -> AccountRegion:
        """Return the function's account and region, each taken from `otherwise` where the name leaves it out."""
        return AccountRegion(account=self.account or otherwise.account, region=self.region or otherwise.region)


def read_function(text: str) -> FunctionName:
    """Return the parts of a name, partial ARN or ARN. Raises ValueError, which names the accepted forms."""
    match = re.fullmatch(_FUNCTION, text)
    if not match:
        raise ValueError(f"write {_FORMS}")
    return FunctionName(**match.groupdict())


def function_arn(account_region: AccountRegion, name: str) -> str:
    """Return a function's ARN, in the partition of its region."""
    region = account_region.region
    return f"arn:{partition_of(region)}:lambda:{region}:{account_region.account}:function:{name}"


def partition_of(region: str) -> str:
    """Return the partition of a region, such as `aws-cn` for cn-north-1."""
    return next((partition for prefix, partition in _PARTITIONS.items() if region.startswith(prefix)), "aws")


STABLE_ALIAS_PREFIX = "rollout-stable-"
"""How the names of the aliases begin that Lambda Rollouts keeps for itself."""

ALIAS_FORM = (
    f"an alias name has letters, digits, - and _, is not a number, and does not begin with {STABLE_ALIAS_PREFIX},"
    " which Lambda Rollouts keeps for itself"
)
"""The rule for an alias's name, for error messages: Lambda's, and the names of the stable aliases."""

_MAX_ALIAS_LENGTH = 128


def stable_alias_name(alias: str) -> str:
    """Return the name of the alias that points at stable while a rollout may still roll back, always the same one.

    A name that would be longer than Lambda allows ends with a hash of the alias instead of its last letters.
    """
    name = STABLE_ALIAS_PREFIX + alias
    if len(name) <= _MAX_ALIAS_LENGTH:
        return name
    tail = "-" + hashlib.sha256(alias.encode()).hexdigest()[:12]
    return name[: _MAX_ALIAS_LENGTH - len(tail)] + tail


def version_text(value: object) -> object:
    """Return a whole number as text, the form that Lambda uses for versions; return any other value unchanged."""
    number = to_integer(value)
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else value


def read_version(text: str) -> str:
    """Return the number of a published version. Raises ValueError, which shows an example."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", text):
        raise ValueError("write the number of a published version, such as 7")
    return text


def is_version(text: str) -> bool:
    """Whether the text is the number of a published version: not `$LATEST`, and not `$LATEST.PUBLISHED`."""
    return bool(re.fullmatch(r"[0-9]+", text))


class NewestVersion(Value):
    """The newest version that a search found."""

    version: str
    is_certain: bool
    """Whether there is no newer version; otherwise the search ended at its limit of calls."""


def newest_version(listed: Iterable[str]) -> str | None:
    """Return the highest of the numbers of published versions; None where there is none."""
    return max(filter(is_version, listed), key=int, default=None)


def is_alias_name(text: str) -> bool:
    """Whether the text can name an alias that is rolled out."""
    is_accepted_by_lambda = re.fullmatch(r"(?![0-9]+$)[A-Za-z0-9_-]{1,128}", text)
    return bool(is_accepted_by_lambda) and not text.startswith(STABLE_ALIAS_PREFIX)


def read_alias(text: str) -> str:
    """Return an alias's name. Raises ValueError, which states the rule."""
    if not is_alias_name(text):
        raise ValueError(ALIAS_FORM)
    return text
