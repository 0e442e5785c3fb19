"""Names roles of CloudFormation as AWS does, and refuses one whose name or path IAM refuses; MiniStack accepts any."""

import hashlib
import re

from ministack.core import responses
from ministack.services.cloudformation import provisioners

from sandbox.emulator.seams import Original, Record, extends

_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_PATH = re.compile(r"/|/[!-~]{1,510}/")


def refusal(properties: Record) -> str | None:
    """Return IAM's reason to refuse the properties of a role; None if it accepts them."""
    name, path = properties.get("RoleName", "role"), properties.get("Path", "/")
    if not _NAME.fullmatch(name):
        return (
            f"1 validation error detected: Value '{name}' at 'roleName' failed to satisfy constraint: Member must have"
            " length less than or equal to 64"
        )
    return None if _PATH.fullmatch(path) else f"The specified value for path is invalid: {path}"


@extends(provisioners, "_validate_iam_role_trust_policy")
def _validate_role(original: Original, properties: Record) -> None:
    """MiniStack calls this before it creates or updates a role."""
    original(properties)
    if reason := refusal(properties):
        raise ValueError(reason)


@extends(provisioners, "_physical_name")
def _name_by_region(original: Original, *arguments: object, **options: object) -> str:
    """IAM has no regions: MiniStack gives the roles of one stack name in two regions the same name."""
    name, region = original(*arguments, **options), hashlib.sha256(responses.get_region().encode()).hexdigest()[:4]
    return f"{name[:-4]}{region if name.islower() else region.upper()}"
