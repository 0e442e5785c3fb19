"""The problems with the tags by which a function opts in, each with the command that fixes it."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from rollout.domain.lambda_names import ALIAS_FORM
from rollout.domain.tags import (
    CHANNEL_FORM,
    CHANNEL_TAG,
    OPT_IN_TAG,
    POLICY_TAG,
    RELEASE_TAG,
    tag_command,
    tagged_alias,
    tagged_channel,
    untag_command,
)
from rollout.domain.validation import format_value

_EXAMPLES = {
    OPT_IN_TAG: "live",
    POLICY_TAG: "Canary10Percent5Minutes",
    CHANNEL_TAG: "checkout-team",
    RELEASE_TAG: "shop",
}
"""A valid value for each tag, for error messages."""

_MIN_SIMILARITY = 0.85
"""A key at least this similar to a tag is a typo of it; case and punctuation are ignored. `rollout:alais` and
`Rollout-Alias` are above the limit, while unrelated keys such as `rollout:date` are below it."""


def tag_problems(tags: Mapping[str, str], function_arn: str) -> Iterator[str]:
    """Yield one sentence for each problem with the tags: key, value and the command that fixes it."""
    typos = {key: tag for key in sorted(tags) if (tag := _intended_tag(key))}
    yield from _alias_problems(tags, function_arn)
    yield from _policy_problems(tags, function_arn, has_opt_in=OPT_IN_TAG in {*tags, *typos.values()})
    yield from _channel_problems(tags, function_arn)
    for key, tag in typos.items():
        yield _format_typo(key, tags[key], tag, function_arn, has_both=tag in tags)


def _format_typo(key: str, value: str, tag: str, function_arn: str, *, has_both: bool) -> str:
    typo = f"The tag {format_value(key)} (value {format_value(value)}) looks like a typo of {tag}"
    if has_both:
        return f"{typo}, which the function also has: remove this one ({untag_command(function_arn, key)})."
    add = tag_command(function_arn, tag, value or _EXAMPLES[tag])
    return f"{typo}: add the correct tag ({add}) and remove this one ({untag_command(function_arn, key)})."


def _alias_problems(tags: Mapping[str, str], function_arn: str) -> Iterator[str]:
    if OPT_IN_TAG in tags and tagged_alias(tags) is None:
        yield (
            f"The tag {OPT_IN_TAG} is {format_value(tags[OPT_IN_TAG])}, but it must name the alias that Lambda Rollouts"
            f" manages, and {ALIAS_FORM}: set it ({_example_command(function_arn, OPT_IN_TAG)})."
        )


def _policy_problems(tags: Mapping[str, str], function_arn: str, *, has_opt_in: bool) -> Iterator[str]:
    policy = tags.get(POLICY_TAG)
    if policy is None:
        return
    if not policy.strip():
        yield (
            f"The tag {POLICY_TAG} is {format_value(policy)}, but it must name a policy: set it"
            f" ({_example_command(function_arn, POLICY_TAG)}), or remove it to use the stack's DefaultPolicy"
            f" ({untag_command(function_arn, POLICY_TAG)})."
        )
    if not has_opt_in:
        yield (
            f"The tag {POLICY_TAG} is {format_value(policy)}, but the function has no tag {OPT_IN_TAG}, which opts an"
            f" alias in: add that tag ({_example_command(function_arn, OPT_IN_TAG)}), or remove this one"
            f" ({untag_command(function_arn, POLICY_TAG)})."
        )


def _channel_problems(tags: Mapping[str, str], function_arn: str) -> Iterator[str]:
    """Yield what is wrong with the channel. Without the opt-in tag it does no harm: a stack may tag every function."""
    if CHANNEL_TAG in tags and tagged_channel(tags) is None:
        yield (
            f"The tag {CHANNEL_TAG} is {format_value(tags[CHANNEL_TAG])}, but it must name the channel that gets the"
            f" function's notifications, and {CHANNEL_FORM}: set it ({_example_command(function_arn, CHANNEL_TAG)}), or"
            f" remove it ({untag_command(function_arn, CHANNEL_TAG)})."
        )


def _intended_tag(key: str) -> str | None:
    """Return the tag that a key is a typo of; None for a correct tag or an unrelated key."""
    if key in _EXAMPLES:
        return None
    return next((tag for tag in _EXAMPLES if _similarity(key, tag) >= _MIN_SIMILARITY), None)


def _similarity(key: str, tag: str) -> float:
    return SequenceMatcher(None, _letters(key), _letters(tag), autojunk=False).ratio()


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _example_command(function_arn: str, key: str) -> str:
    return tag_command(function_arn, key, _EXAMPLES[key])
