"""Looks up the alias and the version of a published version's rollout, and starts it."""

from datetime import datetime
from typing import NamedTuple

from rollout.admission.events.version_event import VersionPublished, execution_input, execution_name
from rollout.admission.tags import tag_problems
from rollout.aws.lambda_.functions import lookup
from rollout.aws.lambda_.versions import versions_of
from rollout.aws.step_functions import executions
from rollout.domain.identity import Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.tags import RELEASE_TAG, tagged_alias
from rollout.tasks.releases.by_tag import wait_for_release


class FoundVersion(NamedTuple):
    """The alias and the version of an event, or why no rollout of it starts."""

    alias: str | None
    version: str | None
    ignored: str = ""
    """Empty where a rollout starts."""
    release: str = ""
    """The value of the tag for whose release the version waits; empty where it waits for none, or for a person's."""


def resolve_alias_and_version(published: VersionPublished) -> FoundVersion:
    """Return the alias and the version of an event, from the function's tag and newest version where it has none.

    The alias is None without an opt-in tag, and empty with invalid tags, which PrepareRollout then refuses where people
    see it. The version is None where none is published. Raises UnknownFunctionError, TagsUnreadableError or
    AwsUnavailableError.
    """
    function = lookup(published.account_region, published.function)
    alias = published.alias or _tagged_alias(function.tags, published)
    version = published.version
    if alias is not None and not version:
        version = versions_of(published.target(alias)).find_newest()
    release = function.tags.get(RELEASE_TAG, "") if version and _waits(function.tags, alias) else ""
    return FoundVersion(alias, version, _why_ignored(published.function, function.tags, alias, version), release)


def _why_ignored(function: str, tags: dict[str, str], alias: str | None, version: str | None) -> str:
    if alias is None:
        return f"{function} has no opt-in tag"
    if not version:
        return f"{function} has no published version"
    if _waits(tags, alias):
        return f"{function} has the tag {RELEASE_TAG}, so its versions wait for a release"
    return ""


def _waits(tags: dict[str, str], alias: str | None) -> bool:
    """Whether versions for an alias wait for a release.

    With invalid tags, and for an alias that is not opted in, PrepareRollout refuses them where people see it.
    """
    return RELEASE_TAG in tags and bool(alias) and alias == tagged_alias(tags)


def start_once(published: VersionPublished, alias: str, version: str) -> tuple[str, bool]:
    """Start the execution of a version; return its name, and False where it already exists (P7)."""
    target = published.target(alias)
    name = execution_name(target, version)
    return name, executions().start_once(name, execution_input(target, version, published.other_fields))


def let_wait(published: VersionPublished, found: FoundVersion, now: datetime) -> tuple[str, bool]:
    """Let a version wait for the release of its tag; return why, and whether it was the last one, so that it starts.

    Raises AwsUnavailableError.
    """
    target = published.target(found.alias or "")
    checked = wait_for_release(found.release, target, _newest_from(found.version or "", target), now)
    if checked is None:
        return found.ignored, False
    if checked.execution:
        return f"release execution {checked.execution}", True
    return f"{found.ignored}: {checked.decision.reason}", False


def _newest_from(version: str, target: Target) -> str:
    """Return the newest version, at least this one: an event may arrive after newer versions were released."""
    newest = versions_of(target).find_newest_from(version)
    return max(version, newest.version, key=int) if newest else version


def _tagged_alias(tags: dict[str, str], published: VersionPublished) -> str | None:
    has_invalid_tags = any(tag_problems(tags, function_arn(published.account_region, published.function)))
    # An invalid tag may name an alias too, but the execution name of that alias stays free until the tags are fixed.
    return "" if has_invalid_tags else tagged_alias(tags)
