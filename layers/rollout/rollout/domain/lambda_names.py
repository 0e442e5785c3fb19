"""A function's name as people write it: plain, as an ARN or a part of one, with or without a qualifier."""

import re

from rollout.domain.durations import to_integer
from rollout.domain.identity import AccountRegion
from rollout.domain.models import Value

_FUNCTION = re.compile(
    r"(?:arn:[a-z-]+:lambda:(?P<region>[a-z0-9-]+):)?(?:(?P<account>[0-9]{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]{1,128}))?"
)
_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_FORMS = "a function's name or ARN, with or without a version or an alias behind it"


class FunctionName(Value):
    """A function as people write it, taken apart; what they left out is None."""

    name: str
    account: str | None = None
    region: str | None = None
    qualifier: str | None = None

    def account_region(self, otherwise: AccountRegion) -> AccountRegion:
        """Return where the function lies; what its name leaves out is as it is otherwise."""
        return AccountRegion(account=self.account or otherwise.account, region=self.region or otherwise.region)


def read_function(text: str) -> FunctionName:
    """Return the parts of a name, partial ARN or ARN; raises ValueError that says which forms are taken."""
    found = _FUNCTION.fullmatch(text)
    if not found:
        raise ValueError(f"write {_FORMS}")
    return FunctionName(**found.groupdict())


def function_arn(account_region: AccountRegion, name: str) -> str:
    """Return a function's ARN, in the partition its region belongs to."""
    partition = next(
        (partition for prefix, partition in _PARTITIONS.items() if account_region.region.startswith(prefix)), "aws"
    )
    return f"arn:{partition}:lambda:{account_region.region}:{account_region.account}:function:{name}"


ALIAS_FORM = "an alias is made of letters, digits, - and _, and is not a number"


def version_text(value: object) -> object:
    """Return a whole number as the text that Lambda has for it; anything else as it is."""
    number = to_integer(value)
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
