"""What a function's tags ask of us: nothing, an alias handed over, or something that nobody can have meant."""

import re
import shlex
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from rollout.domain.lambda_names import ALIAS_FORM, is_alias_name
from rollout.domain.validation import format_value

OPT_IN_TAG = "rollout:alias"
"""The function's tag that hands an alias over to us; its value is the alias's name."""

POLICY_TAG = "rollout:policy"
"""The function's tag that names its policy, a preset or a stored one."""

_VALUES = {OPT_IN_TAG: "live", POLICY_TAG: "Canary10Percent5Minutes"}
"""A value for each tag of ours that a person can start from."""

_LIKENESS = 0.85
"""A key that is this like one of ours, beyond case and punctuation, is a slip: rollout:alais, Rollout-Alias. Other
people's keys that begin with the same word, such as rollout:date, are less like it."""


def tagged_alias(tags: Mapping[str, str]) -> str | None:
    """Return the alias the tags name; None without the tag, and where its value can be no alias's name."""
    named = tags.get(OPT_IN_TAG, "")
    return named if is_alias_name(named) else None


def tag_problems(tags: Mapping[str, str], function_arn: str) -> Iterator[str]:
    """Yield a sentence for all that is wrong with our tags on a function: key, value and remedy."""
    slips = {key: meant for key in sorted(tags) if (meant := _meant(key))}
    yield from _alias_problems(tags, function_arn)
    yield from _policy_problems(tags, function_arn, is_alias_meant=OPT_IN_TAG in {*tags, *slips.values()})
    for key, meant in slips.items():
        yield _slip(key, tags[key], meant, function_arn, is_double=meant in tags)


def _slip(key: str, value: str, meant: str, function_arn: str, *, is_double: bool) -> str:
    said = f"The tag {format_value(key)} (value {format_value(value)}) is no tag of ours, and looks like {meant}"
    if is_double:
        return f"{said}, which the function has as well: take it away ({_untagging(function_arn, key)})."
    spelt = _tagging(function_arn, meant, value or _VALUES[meant])
    return f"{said}: spell it so ({spelt}) and take the other away ({_untagging(function_arn, key)})."


def _alias_problems(tags: Mapping[str, str], function_arn: str) -> Iterator[str]:
    if OPT_IN_TAG in tags and tagged_alias(tags) is None:
        yield (
            f"The tag {OPT_IN_TAG} is {format_value(tags[OPT_IN_TAG])}, and has to name the alias that is handed over to"
            f" Lambda Rollouts; {ALIAS_FORM}: name it ({_tagging(function_arn, OPT_IN_TAG, _VALUES[OPT_IN_TAG])})."
        )


def _policy_problems(tags: Mapping[str, str], function_arn: str, *, is_alias_meant: bool) -> Iterator[str]:
    policy = tags.get(POLICY_TAG)
    if policy is None:
        return
    if not policy.strip():
        yield (
            f"The tag {POLICY_TAG} is {format_value(policy)}, and has to name a policy:"
            f" name one ({_tagging(function_arn, POLICY_TAG, _VALUES[POLICY_TAG])}), or take the tag away to go by the"
            f" stack's ({_untagging(function_arn, POLICY_TAG)})."
        )
    if not is_alias_meant:
        yield (
            f"The tag {POLICY_TAG} is {format_value(policy)}, but without the tag {OPT_IN_TAG} no alias is handed over to"
            f" Lambda Rollouts: name the alias ({_tagging(function_arn, OPT_IN_TAG, _VALUES[OPT_IN_TAG])}), or take the"
            f" tag away ({_untagging(function_arn, POLICY_TAG)})."
        )


def _meant(key: str) -> str | None:
    """Return the tag of ours that a key was to be; None where it is one of ours, or somebody else's."""
    if key in _VALUES:
        return None
    return next((tag for tag in _VALUES if _likeness(key, tag) >= _LIKENESS), None)


def _likeness(key: str, tag: str) -> float:
    return SequenceMatcher(None, _letters(key), _letters(tag), autojunk=False).ratio()


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _tagging(function_arn: str, key: str, value: str) -> str:
    return f"aws lambda tag-resource --resource {function_arn} --tags {shlex.quote(f'{key}={value}')}"


def _untagging(function_arn: str, key: str) -> str:
    return f"aws lambda untag-resource --resource {function_arn} --tag-keys {shlex.quote(key)}"
