"""The tags by which a function opts in: the alias to manage and the policy to use."""

import shlex
from collections.abc import Mapping

from rollout.domain.lambda_names import is_alias_name

OPT_IN_TAG = "rollout:alias"
"""The function's tag that names the alias to manage."""

POLICY_TAG = "rollout:policy"
"""The function's tag that names its policy: a preset or a stored policy."""


HOOK_TAG = "rollout:hook"
"""The tag that lets rollouts call a function as a hook; its value is free."""


def tagged_alias(tags: Mapping[str, str]) -> str | None:
    """Return the alias that the tags name; None without the tag or with an invalid value."""
    alias = tags.get(OPT_IN_TAG, "")
    return alias if is_alias_name(alias) else None


def tag_command(function_arn: str, key: str, value: str) -> str:
    """Return the AWS CLI command that sets a function's tag."""
    return f"aws lambda tag-resource --resource {function_arn} --tags {shlex.quote(f'{key}={value}')}"


def untag_command(function_arn: str, key: str) -> str:
    """Return the AWS CLI command that removes a function's tag."""
    return f"aws lambda untag-resource --resource {function_arn} --tag-keys {shlex.quote(key)}"
