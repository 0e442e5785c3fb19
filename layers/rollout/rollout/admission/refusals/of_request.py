"""Every reason to refuse a request: what was found, what is needed, and the command or edit that gets there."""

from collections.abc import Iterator

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.queue import ALIAS_WAIT_SECONDS
from rollout.admission.refusals.of_pairs import back_refusals, order_refusals, pairing_refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.durations import format_duration
from rollout.domain.errors import (
    AliasMissingError,
    AliasServesLatestError,
    AliasSplitError,
    InvalidTagsError,
    NotOptedInError,
    ProvisionedConcurrencyInProgressError,
    RefusedError,
    UnknownAliasError,
    UnknownVersionError,
    VersionNotActiveError,
)
from rollout.domain.identity import Target
from rollout.domain.lambda_names import is_version
from rollout.domain.tags import OPT_IN_TAG, tag_command
from rollout.judging.alarms import unknown_alarms
from rollout.state.alias import AliasState


def refusals(request: RolloutRequest, facts: FunctionFacts) -> Iterator[RefusedError]:
    """Yield every reason to refuse a request, those about the alias first."""
    yield from map(InvalidTagsError, facts.tag_problems)
    if "alias" not in request.unreadable_fields:
        yield from _alias_refusals(facts)
    if "version" not in request.unreadable_fields:
        yield from _version_refusals(request, facts)
    yield from unknown_alarms(facts.alarms)


def waiting_refusals(request: RolloutRequest, facts: FunctionFacts) -> Iterator[RefusedError]:
    """Yield the reasons to refuse a request that has to wait; they do not depend on the alias's state."""
    yield from map(InvalidTagsError, facts.tag_problems)
    yield from _opt_in_refusals(facts)
    yield from _state_refusals(request, facts)
    yield from unknown_alarms(facts.alarms)


def latest_refusals(target: Target, alias: AliasState | None, version: str | None) -> Iterator[RefusedError]:
    """Yield the reason to refuse an alias that serves $LATEST; `version` is a published one, None where there is none.

    An alias can serve $LATEST, but cannot be split with it, and there is no stable version to compare with.
    """
    if alias is None or is_version(alias.version):
        return
    publish = "" if version else f"publish a version (aws lambda publish-version --function-name {target.function}), "
    yield AliasServesLatestError(
        f"{target.name} serves {alias.version}, which is no published version, so there is nothing to compare with or"
        f" to roll back to: {publish}point the alias at a version (aws lambda update-alias --function-name"
        f" {target.function} --name {target.alias} --function-version {version or 'VERSION'}), and the versions"
        " published after it are rolled out."
    )


def _alias_refusals(facts: FunctionFacts) -> Iterator[RefusedError]:
    target = facts.target
    yield from _opt_in_refusals(facts)
    if facts.is_alias_missing and facts.alias_missing_seconds >= ALIAS_WAIT_SECONDS:
        yield _alias_missing(facts)
    yield from latest_refusals(target, facts.alias, facts.canary.version if facts.canary else facts.newest_version)
    if facts.concurrency_in_progress:
        yield ProvisionedConcurrencyInProgressError(
            f"Lambda is still allocating the provisioned concurrency of {target.name} and changes the alias's weights"
            " meanwhile: start again when its status is READY (aws lambda get-provisioned-concurrency-config"
            f" --function-name {target.function} --qualifier {target.alias})."
        )
    elif facts.alias and facts.alias.shares:
        yield AliasSplitError(
            f"{target.name} is already split: {facts.alias.format()}. A rollout needs an alias that serves one version"
            f" alone: wait for the rollout that split it, or restore it (aws lambda update-alias --function-name"
            f" {target.function} --name {target.alias} --function-version {facts.alias.version} --routing-config"
            " 'AdditionalVersionWeights={}')."
        )


def _alias_missing(facts: FunctionFacts) -> RefusedError:
    target = facts.target
    return AliasMissingError(
        f"{target.name} has not existed for {format_duration(ALIAS_WAIT_SECONDS)}, but had rollouts, so it is not"
        " created at a new version: create it at the version that it served (aws lambda"
        f" create-alias --function-name {target.function} --name {target.alias} --function-version"
        f" {facts.history[0].served}), and start the rollout again."
    )


def _opt_in_refusals(facts: FunctionFacts) -> Iterator[RefusedError]:
    has_invalid_tag = facts.opted_in_alias is None and facts.tag_problems
    if facts.opted_in_alias != facts.target.alias and not has_invalid_tag:
        yield _not_opted_in(facts)


def _not_opted_in(facts: FunctionFacts) -> RefusedError:
    target, tagged = facts.target, facts.opted_in_alias
    command = tag_command(facts.function_arn, OPT_IN_TAG, target.alias)
    if not tagged:
        return NotOptedInError(
            f"{target.function} has no tag {OPT_IN_TAG}, which opts an alias in to Lambda Rollouts: tag the function"
            f" ({command})."
        )
    remedy = f"use the alias {tagged}, or change the tag ({command})"
    if facts.alias is None:
        return UnknownAliasError(
            f"{target.function} has no alias {target.alias}, and its tag {OPT_IN_TAG} names {tagged}: {remedy}."
        )
    return NotOptedInError(
        f"{target.name} is not opted in to Lambda Rollouts, because the tag {OPT_IN_TAG} of {target.function} names"
        f" {tagged}: {remedy}."
    )


def _state_refusals(request: RolloutRequest, facts: FunctionFacts) -> Iterator[RefusedError]:
    canary = facts.canary
    if canary is None:
        yield _unknown_version(request, facts)
    elif canary.state not in ("Active", "Pending"):
        yield VersionNotActiveError(
            f"Version {canary.version} is {canary.state}{_format_reason(canary)}, but must be Active:"
            f" {_remedy(canary, facts.target)}."
        )


def _unknown_version(request: RolloutRequest, facts: FunctionFacts) -> RefusedError:
    function = facts.target.function
    if facts.newest_version is None:
        return UnknownVersionError(
            f"{function} has no published version: publish one (aws lambda publish-version --function-name {function})."
        )
    return UnknownVersionError(
        f"{function} has no version {request.version}; its newest is {facts.newest_version}: use a version that exists,"
        " or leave out version to use the newest."
    )


def _version_refusals(request: RolloutRequest, facts: FunctionFacts) -> Iterator[RefusedError]:
    yield from _state_refusals(request, facts)
    is_comparable = facts.alias and not facts.alias.shares and is_version(facts.alias.version)
    if "alias" in request.unreadable_fields or not is_comparable or facts.is_first_version:
        return
    if facts.stable and facts.canary:
        in_order = back_refusals if request.is_back else order_refusals
        yield from in_order(facts.canary, facts.stable, facts.target)
        if not request.policy.is_all_at_once:
            yield from pairing_refusals(facts.canary, facts.stable)


def _format_reason(canary: VersionFacts) -> str:
    return f" ({canary.state_reason})" if canary.state_reason else ""


def _remedy(canary: VersionFacts, target: Target) -> str:
    if canary.state == "Inactive":
        invoke = f"aws lambda invoke --function-name {target.function}:{canary.version} out.json"
        return f"invoke it ({invoke}) and start again when it is Active, because Lambda deactivates unused versions"
    return "fix the function, publish it again and start with the new version"
