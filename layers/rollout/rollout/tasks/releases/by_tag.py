"""Starts a release when every function with the same value of the tag `rollout:release` has published a version."""

from collections.abc import Iterable
from datetime import datetime

from rollout.admission.releases.by_tag import decide_group, release_of, untagged
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.release_groups import release_groups
from rollout.aws.dynamodb.releases import releases
from rollout.aws.lambda_.tagged_functions import tagged_functions
from rollout.aws.settings import home, release_wait
from rollout.aws.step_functions import RUNNING, release_executions
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.state.releases.group import (
    GroupDecision,
    GroupMove,
    RefusedRelease,
    ReleaseGroup,
    StartedRelease,
    WaitingVersion,
)

_SETTLED = ("SUCCEEDED", "ABORTED")
"""A person who stops a release before it is recorded does not want it started again."""


class CheckedGroup(Value):
    """A group after a check, and what was decided."""

    group: ReleaseGroup
    decision: GroupDecision
    execution: str = ""
    """The execution that was started; empty where none was."""


def wait_for_release(tag: str, target: Target, version: str, now: datetime) -> CheckedGroup | None:
    """Let a published version wait for the release of a tag; return what was decided, None in a member account.

    In a member account, the guardian starts the release, because only its role may list the functions there. Raises
    AwsUnavailableError.
    """
    release_groups().wait(tag, target, version, now)
    if target.account_region != home():
        return None
    group = _with_ending(release_groups().find(target.account_region, tag), now)
    return _decide(group, [*tagged_functions(group.account_region).of_release(tag)], now)


def check_group(found: ReleaseGroup, now: datetime) -> CheckedGroup | None:
    """Check a group in a sweep: leave out what no longer waits, and start its release if it is complete.

    None where none of its versions waits any more. Raises AwsUnavailableError.
    """
    group = _with_ending(release_groups().find(found.account_region, found.tag), now)
    tagged = [*tagged_functions(group.account_region).of_release(group.tag)]
    group = _without(group, [*untagged(group, tagged, now), *_rolled_out(group)], now)
    if not group.waiting and not group.started:
        release_groups().remove(group)
        return None
    return _decide(group, tagged, now)


def _decide(group: ReleaseGroup, tagged: list[Target], now: datetime) -> CheckedGroup:
    decision = decide_group(group, tagged, now, release_wait())
    if decision.move is GroupMove.START:
        current = _without(group, _rolled_out(group), now)
        if current.revision != group.revision:
            return _decide(current, tagged, now)
    release_groups().explain(group, decision.reason)
    execution = _start(group) if decision.move is GroupMove.START else ""
    return CheckedGroup(group=group, decision=decision, execution=execution)


def _start(group: ReleaseGroup) -> str:
    """Start the release of a group; return its execution, empty where another task has started it or changed it."""
    release = release_of(group, home())
    if not release_groups().start(group, release):
        return ""
    return release.execution if _run(release) else ""


def _run(release: StartedRelease) -> bool:
    return release_executions().start_once(release.execution, release.request)


def _with_ending(group: ReleaseGroup, now: datetime) -> ReleaseGroup:
    """Return the group after its started release has ended, if it has; one that was not started is started."""
    started = group.started
    if started is None:
        return group
    status, error = release_executions().find_result(started.execution)
    if status == "gone":
        # The task that recorded it has died before it started it, or Step Functions does not list it yet.
        _run(started)
    if status in RUNNING or status == "gone":
        return group
    is_settled = status in _SETTLED or bool(releases().find_last(started.name, home()))
    if is_settled:
        release_groups().drop(group, started.versions, now)
    refused = RefusedRelease(name=started.name, at=now, error=error or status)
    release_groups().end(group, None if is_settled else refused)
    return release_groups().find(group.account_region, group.tag)


def _rolled_out(group: ReleaseGroup) -> list[WaitingVersion]:
    """Return the versions that were rolled out otherwise meanwhile, such as by an operator."""
    if group.started:
        return []
    return [each for each in group.waiting if ledger().has_rollout_of(each.target, each.version)]


def _without(group: ReleaseGroup, versions: Iterable[WaitingVersion], now: datetime) -> ReleaseGroup:
    done = [*versions]
    if not done:
        return group
    release_groups().drop(group, done, now)
    return release_groups().find(group.account_region, group.tag)
