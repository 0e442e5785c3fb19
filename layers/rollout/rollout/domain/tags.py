"""The tags by which a function opts in: the alias to manage, the policy to use and the channel to notify."""

import re
import shlex
from collections.abc import Mapping

from rollout.domain.lambda_names import is_alias_name

OPT_IN_TAG = "rollout:alias"
"""The function's tag that names the alias to manage."""

POLICY_TAG = "rollout:policy"
"""The function's tag that names its policy: a preset or a stored policy."""

CHANNEL_TAG = "rollout:channel"
"""The function's tag that names its channel, by which subscribers filter the notifications."""

CHANNEL_FORM = "a channel has 1 to 100 letters, digits and ._-/:@, and begins with a letter or a digit"
"""What a channel looks like, for error messages. Spaces and commas would be easy to miss in a filter policy."""

_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,99}")

RELEASE_TAG = "rollout:release"
"""The function's tag that lets its versions wait for a release; with a value, such as the name of the
system, the release starts by itself when all functions with this value have published."""

HOOK_TAG = "rollout:hook"
"""The tag that lets rollouts call a function as a hook; its value is free."""


def tagged_alias(tags: Mapping[str, str]) -> str | None:
    """Return the alias that the tags name; None without the tag or with an invalid value."""
    alias = tags.get(OPT_IN_TAG, "")
    return alias if is_alias_name(alias) else None


def tagged_channel(tags: Mapping[str, str]) -> str | None:
    """Return the channel that the tags name; None without the tag or with an invalid value."""
    channel = tags.get(CHANNEL_TAG, "")
    return channel if _CHANNEL.fullmatch(channel) else None


def tag_command(function_arn: str, key: str, value: str) -> str:
    """Return the AWS CLI command that sets a function's tag."""
    return f"aws lambda tag-resource --resource {function_arn} --tags {shlex.quote(f'{key}={value}')}"


def untag_command(function_arn: str, key: str) -> str:
    """Return the AWS CLI command that removes a function's tag."""
    return f"aws lambda untag-resource --resource {function_arn} --tag-keys {shlex.quote(key)}"
