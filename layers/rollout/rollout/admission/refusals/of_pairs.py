"""The reasons to refuse a pair of versions: their order, and what Lambda requires of two that share an alias."""

from collections.abc import Iterator

from rollout.admission.facts import VersionFacts
from rollout.domain.errors import (
    AlreadyServedError,
    DifferentDeadLetterQueueError,
    DifferentRoleError,
    NoEarlierVersionError,
    OlderVersionError,
    RefusedError,
)
from rollout.domain.identity import Target
from rollout.policy.presets import ALL_AT_ONCE


def order_refusals(canary: VersionFacts, stable: VersionFacts, target: Target) -> Iterator[RefusedError]:
    """Yield the reason why the canary is no newer version than the one that the alias serves."""
    if canary.version == stable.version:
        yield AlreadyServedError(
            f"{target.name} already serves version {canary.version} alone, so there is nothing to roll out: publish a"
            f" new version. If the publisher also moves the alias, let only Lambda Rollouts move {target.alias}."
        )
    elif int(canary.version) < int(stable.version):
        yield OlderVersionError(
            f"{target.name} serves version {stable.version}, which is newer than version {canary.version}: to return"
            f' to it, write "back_to": {canary.version} in place of the version.'
        )


def back_refusals(canary: VersionFacts, stable: VersionFacts, target: Target) -> Iterator[RefusedError]:
    """Yield the reason why the alias cannot return to the canary: it is no earlier version."""
    if canary.version == stable.version:
        yield AlreadyServedError(
            f"{target.name} already serves version {canary.version} alone, so there is nothing to return from: name"
            " an earlier version with back_to."
        )
    elif int(canary.version) > int(stable.version):
        yield NoEarlierVersionError(
            f"{target.name} serves version {stable.version}, and version {canary.version} is newer: write"
            f' "version": {canary.version} in place of back_to to roll it out.'
        )


def pairing_refusals(canary: VersionFacts, stable: VersionFacts) -> Iterator[RefusedError]:
    """Yield every reason why Lambda does not split an alias between the two versions."""
    at_once = (
        f'or start again with "policy": "{ALL_AT_ONCE}", which promotes at once and rolls back during the bake if the'
        " version fails"
    )
    if canary.role != stable.role:
        yield DifferentRoleError(
            f"Version {canary.version} runs as {canary.role}, version {stable.version} as {stable.role}. Lambda splits"
            f" an alias only between versions with the same role: publish a version with that role, {at_once}."
        )
    if canary.dead_letter_target != stable.dead_letter_target:
        yield DifferentDeadLetterQueueError(
            f"Version {canary.version} sends failed events to {canary.dead_letter_target or 'no target'}, version"
            f" {stable.version} to {stable.dead_letter_target or 'no target'}. Lambda splits an alias only between"
            f" versions with the same dead-letter target: publish a version with that target, {at_once}."
        )
