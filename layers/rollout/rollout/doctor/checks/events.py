"""Whether published versions start rollouts: the trail, and what has arrived."""

from collections.abc import Sequence

from rollout.doctor.facts import Activity, Trail
from rollout.doctor.finding import Check, Finding, Grade, good
from rollout.domain.text import format_names

DAYS = 14
"""How far back events are counted, in days: CloudWatch keeps its minutes for 15."""

_WITHOUT_TRAIL = (
    "deploy with VersionSweepEvery='5 minutes', or let the pipeline send the event Version Published"
    " (docs/installing.md)"
)
_CREATE = (
    "Create a trail: aws cloudtrail create-trail --name management --s3-bucket-name BUCKET --is-multi-region-trail,"
    f" then aws cloudtrail start-logging --name management. Without one, {_WITHOUT_TRAIL}."
)


def check_trail(trails: Sequence[Trail], sweep_every: str) -> Finding:
    """Return whether a trail sends the management events that write to EventBridge."""
    if useful := [trail.name for trail in trails if trail.is_logging and trail.has_writes]:
        return good(Check.TRAIL, f"{len(useful)} of {len(trails)} trails log writes: {format_names(useful)}.")
    unread = [trail.name for trail in trails if trail.is_logging and trail.has_writes is None]
    if unread:
        return Finding(
            check=Check.TRAIL,
            grade=Grade.UNKNOWN,
            found=f"{format_names(unread)} logs, but this account may not read which events: it may be an"
            " organization's trail.",
            fix="Look whether it logs management events that write: publish a version, and run the check again.",
        )
    stopped = [trail.name for trail in trails if not trail.is_logging]
    return _no_trail(len(trails), stopped, sweep_every)


def _no_trail(count: int, stopped: list[str], sweep_every: str) -> Finding:
    found = (
        f"None of {count} trails logs management events that write, so no event names a published version; sweeps come"
        f" every {sweep_every}, and the second one after publishing starts the rollout."
    )
    fix = f"Start logging: aws cloudtrail start-logging --name {stopped[0]}." if stopped else _CREATE
    grade = Grade.WARNING if sweep_every != "1 hour" else Grade.BAD
    return Finding(check=Check.TRAIL, grade=grade, found=found, fix=fix)


def check_published_versions(activity: Activity) -> Finding:
    """Return whether events of published versions have arrived."""
    starts, missed = activity.starts or 0, activity.missed or 0
    numbers = f"{starts:,.0f} events of published versions arrived in {DAYS} days, and sweeps found {missed:,.0f} more"
    if missed and not starts:
        return Finding(
            check=Check.PUBLISHED_VERSIONS,
            grade=Grade.BAD,
            found=f"{numbers}: no event arrives.",
            fix="Correct the trail (above), and look at the rule of StartRollout and its dead-letter queue"
            " (docs/runbook.md#the-alarm-of-missed-versions).",
        )
    if not starts:
        return Finding(
            check=Check.PUBLISHED_VERSIONS,
            grade=Grade.UNKNOWN,
            found=f"{numbers}: nothing shows yet that events arrive.",
            fix="Publish a version of any function, wait 15 minutes, and run the check again:"
            " aws lambda publish-version --function-name FUNCTION.",
        )
    if missed:
        return Finding(
            check=Check.PUBLISHED_VERSIONS,
            grade=Grade.WARNING,
            found=f"{numbers}: not every event arrives.",
            fix="Read why in docs/faq.md, and in the log of the guardian which versions they were.",
        )
    return good(Check.PUBLISHED_VERSIONS, f"{numbers}.")
