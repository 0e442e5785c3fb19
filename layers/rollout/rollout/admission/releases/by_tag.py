"""Decides whether the versions that wait for a release by a tag are complete, and what their release is called."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from rollout.admission.releases.read_release import MOST_PARTS
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.text import format_minute, format_names
from rollout.state.releases.group import GroupDecision, GroupMove, ReleaseGroup, StartedRelease, WaitingVersion

RETRY_AFTER = timedelta(hours=1)
"""How long after a refusal the same versions are tried again, for example when a freeze has ended."""

RETRY_TIME = timedelta(days=1)
"""How long after its newest version a refused release is tried again."""

TAG_LAG = timedelta(hours=1)
"""How late the tagging API may list a function whose tag is new."""

_LONGEST_PREFIX = 50


def decide_group(group: ReleaseGroup, tagged: Iterable[Target], now: datetime, wait: timedelta) -> GroupDecision:
    """Return whether the release of a group starts now; `wait` is zero where its versions wait without an end.

    `tagged` are the functions that carry the tag. One that waits counts also where it is not listed yet.
    """
    waiting = {each.target for each in group.waiting}
    missing = tuple(sorted(each.name for each in {*tagged} - waiting))
    if reason := _hindrance(group, len(waiting) + len(missing), now):
        # A release that has started reports its own ending.
        is_reported = _is_late(group, now, wait) and group.started is None
        move = GroupMove.REPORT if is_reported else GroupMove.WAIT
        return GroupDecision(move=move, reason=reason, missing=missing)
    if not missing:
        count = len(group.waiting)
        reason = f"all {count} functions with the tag value {group.tag} have published a new version"
        return GroupDecision(move=GroupMove.START, reason=reason)
    return _wait_for(group, missing, now, wait)


def _hindrance(group: ReleaseGroup, size: int, now: datetime) -> str:
    """Return why no release of the group may start, however many have published; empty where one may."""
    if group.first_since is None:
        return f"no version with the tag value {group.tag} waits"
    if group.started:
        return f"the release {group.started.name} with the tag value {group.tag} has not ended"
    if size > MOST_PARTS:
        return (
            f"{size} functions have the tag value {group.tag}, but a release has at most {MOST_PARTS}: divide them by"
            " different values"
        )
    return _after_refusal(group, now)


def _after_refusal(group: ReleaseGroup, now: datetime) -> str:
    refused = group.refused
    if refused is None or refused.name != release_name(group):
        return ""
    what = f"the release {refused.name} was refused with {refused.error} at {format_minute(refused.at)}"
    if now >= max(each.since for each in group.waiting) + RETRY_TIME:
        return f"{what}, and is not started again by itself, because its newest version waits for more than a day"
    again = refused.at + RETRY_AFTER
    return f"{what}; it is started again at {format_minute(again)}" if now < again else ""


def _wait_for(group: ReleaseGroup, missing: tuple[str, ...], now: datetime, wait: timedelta) -> GroupDecision:
    since = group.first_since or now
    reason = (
        f"{format_names(missing)} with the tag value {group.tag} {'has' if len(missing) == 1 else 'have'} published no"
        f" new version since {format_minute(since)}; {len(group.waiting)} of {len(group.waiting) + len(missing)}"
        " functions have"
    )
    is_late = _is_late(group, now, wait)
    if is_late:
        reason += f", and {wait // timedelta(minutes=1)} minutes have passed: publish the others, or start the release"
    elif wait:
        reason += f"; from {format_minute(since + wait)} on, people are notified"
    return GroupDecision(move=GroupMove.REPORT if is_late else GroupMove.WAIT, reason=reason, missing=missing)


def _is_late(group: ReleaseGroup, now: datetime, wait: timedelta) -> bool:
    return bool(wait) and group.first_since is not None and now >= group.first_since + wait


def is_report_due(group: ReleaseGroup, wait: timedelta) -> bool:
    """Whether people have not been notified yet that the first version of a late group waits."""
    return group.first_since is not None and (group.reported_at is None or group.reported_at < group.first_since + wait)


def untagged(group: ReleaseGroup, tagged: Iterable[Target], now: datetime) -> list[WaitingVersion]:
    """Return the versions whose function has lost the tag: the tagging API has had time to list it."""
    listed = {*tagged}
    return [each for each in group.waiting if each.target not in listed and now - each.since > TAG_LAG]


def release_name(group: ReleaseGroup) -> str:
    """Return the name of the release of exactly these versions: the tag's value, and a suffix that they decide."""
    versions = sorted(f"{each.target.function}/{each.target.alias}/{each.version}" for each in group.waiting)
    identity = "\n".join([str(group.account_region), group.tag, *versions])
    prefix = re.sub(r"[^A-Za-z0-9._-]+", "-", group.tag).lstrip("._-")[:_LONGEST_PREFIX] or "release"
    return f"{prefix}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}"


def release_of(group: ReleaseGroup, home: AccountRegion) -> StartedRelease:
    """Return the release of the versions that wait, each pinned; after a refusal its execution has another name."""
    name, refused = release_name(group), group.refused
    again = f"-{refused.at:%m%d%H%M}" if refused and refused.name == name else ""
    functions = [_part(each, home) for each in group.waiting]
    return StartedRelease(
        name=name,
        execution=name + again,
        request=json.dumps({"release": name, "functions": functions, "skip_served": True}),
        versions=group.waiting,
    )


def _part(waiting: WaitingVersion, home: AccountRegion) -> dict[str, str]:
    target = waiting.target
    is_home = target.account_region == home
    function = target.function if is_home else function_arn(target.account_region, target.function)
    return {"function": function, "alias": target.alias, "version": waiting.version}
