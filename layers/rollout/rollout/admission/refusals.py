"""Every reason there is to refuse a request, each with what was found, what is needed and what to do."""

from collections.abc import Iterator

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.request import RolloutRequest
from rollout.admission.tags import OPT_IN_TAG
from rollout.domain.errors import (
    AliasSplitError,
    AlreadyServedError,
    DifferentDeadLetterQueueError,
    DifferentRoleError,
    InvalidTagsError,
    NotOptedInError,
    OlderVersionError,
    ProvisionedConcurrencyInProgressError,
    RefusedError,
    UnknownAliasError,
    UnknownVersionError,
    VersionNotActiveError,
)
from rollout.domain.identity import Target
from rollout.judging.alarms import unknown_alarms
from rollout.policy.presets import ALL_AT_ONCE


def refusals(request: RolloutRequest, found: FunctionFacts) -> Iterator[RefusedError]:
    """Yield all that speaks against a request by what was found, the alias's own matters first."""
    yield from map(InvalidTagsError, found.tag_problems)
    if "alias" not in request.unreadable_fields:
        yield from _alias_refusals(found)
    if "version" not in request.unreadable_fields:
        yield from _version_refusals(request, found)
    yield from unknown_alarms(found.alarms)


def waiting_refusals(request: RolloutRequest, found: FunctionFacts) -> Iterator[RefusedError]:
    """Yield what speaks against a request whatever becomes of the alias until its turn."""
    yield from map(InvalidTagsError, found.tag_problems)
    yield from _opt_in_refusals(found)
    yield from _state_refusals(request, found)
    yield from unknown_alarms(found.alarms)


def _alias_refusals(found: FunctionFacts) -> Iterator[RefusedError]:
    target = found.target
    yield from _opt_in_refusals(found)
    if found.concurrency_in_progress:
        yield ProvisionedConcurrencyInProgressError(
            f"Lambda is still allocating the provisioned concurrency of {target.name}, and moves its weights until"
            " it is done: start again when its status is READY (aws lambda get-provisioned-concurrency-config"
            f" --function-name {target.function} --qualifier {target.alias})."
        )
    elif found.alias and found.alias.shares:
        yield AliasSplitError(
            f"{target.name} is already split: {found.alias.format()}. Another rollout or a person is at work; start"
            " again when it serves one version alone."
        )


def _opt_in_refusals(found: FunctionFacts) -> Iterator[RefusedError]:
    is_said_already = found.opted_in_alias is None and found.tag_problems
    if found.opted_in_alias != found.target.alias and not is_said_already:
        yield _not_opted_in(found)


def _not_opted_in(found: FunctionFacts) -> RefusedError:
    target = found.target
    tagging = f"tag the function (aws lambda tag-resource --resource <its ARN> --tags {OPT_IN_TAG}={target.alias})"
    if not found.opted_in_alias:
        return NotOptedInError(
            f"{target.function} has no tag {OPT_IN_TAG}, by which a function hands an alias over to Lambda Rollouts:"
            f" {tagging}."
        )
    remedy = f"name {found.opted_in_alias}, or {tagging}"
    if found.alias is None:
        return UnknownAliasError(
            f"{target.function} has no alias {target.alias}, and its tag {OPT_IN_TAG} names {found.opted_in_alias}:"
            f" {remedy}."
        )
    return NotOptedInError(
        f"{target.name} is not handed over to Lambda Rollouts; the tag {OPT_IN_TAG} of {target.function} names"
        f" {found.opted_in_alias}: {remedy}."
    )


def _state_refusals(request: RolloutRequest, found: FunctionFacts) -> Iterator[RefusedError]:
    canary = found.canary
    if canary is None:
        yield _unknown_version(request, found)
    elif canary.state not in ("Active", "Pending"):
        yield VersionNotActiveError(
            f"Version {canary.version} is {canary.state}{_because(canary)}, and has to be Active:"
            f" {_remedy(canary, found.target)}."
        )


def _unknown_version(request: RolloutRequest, found: FunctionFacts) -> RefusedError:
    function = found.target.function
    if found.newest_version is None:
        return UnknownVersionError(
            f"{function} has no published version: publish one (aws lambda publish-version --function-name {function})."
        )
    return UnknownVersionError(
        f"{function} has no version {request.version}; its newest is {found.newest_version}: name one that exists, or"
        " leave version out to take the newest."
    )


def _version_refusals(request: RolloutRequest, found: FunctionFacts) -> Iterator[RefusedError]:
    yield from _state_refusals(request, found)
    is_whole = found.alias and not found.alias.shares and "alias" not in request.unreadable_fields
    if is_whole and found.stable and found.canary and not found.is_first_version:
        yield from _order_refusals(found.canary, found.stable, found.target)
        if not request.policy.is_all_at_once:
            yield from _pairing_refusals(found.canary, found.stable)


def _because(canary: VersionFacts) -> str:
    return f" ({canary.state_reason})" if canary.state_reason else ""


def _remedy(canary: VersionFacts, target: Target) -> str:
    if canary.state == "Inactive":
        invoke = f"aws lambda invoke --function-name {target.function}:{canary.version} out.json"
        return f"it sleeps since nobody called it; wake it ({invoke}) and start again when it is Active"
    return "mend it, publish again and start with the new version"


def _order_refusals(canary: VersionFacts, stable: VersionFacts, target: Target) -> Iterator[RefusedError]:
    if canary.version == stable.version:
        yield AlreadyServedError(
            f"{target.name} already serves version {canary.version} alone: nothing is left to roll out. If whoever"
            f" published it also moved the alias, leave {target.alias} to Lambda Rollouts from now on."
        )
    elif int(canary.version) < int(stable.version):
        yield OlderVersionError(
            f"{target.name} serves version {stable.version}, which is newer than version {canary.version}: publish"
            " the older code again and roll that out."
        )


def _pairing_refusals(canary: VersionFacts, stable: VersionFacts) -> Iterator[RefusedError]:
    remedy = (
        f'Lambda splits an alias only over versions that agree in this: start again with "policy": "{ALL_AT_ONCE}",'
        " which promotes it at once and takes it back from the bake if it fails, or publish a version that agrees"
    )
    if canary.role != stable.role:
        yield DifferentRoleError(
            f"Version {canary.version} runs as {canary.role}, version {stable.version} as {stable.role}. {remedy}."
        )
    if canary.dead_letter_target != stable.dead_letter_target:
        yield DifferentDeadLetterQueueError(
            f"Version {canary.version} sends its failures to {canary.dead_letter_target or 'nowhere'}, version"
            f" {stable.version} to {stable.dead_letter_target or 'nowhere'}. {remedy}."
        )
