"""Whether published versions start rollouts: the trail, and what has arrived."""

from collections.abc import Sequence

from rollout.doctor.facts import Activity, Trail
from rollout.doctor.finding import Check, Finding, Grade, bad, good, warning
from rollout.domain.text import format_count, format_names

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
        log = "logs" if len(useful) == 1 else "log"
        return good(
            Check.TRAIL, f"{len(useful)} of {format_count(len(trails), 'trail')} {log} writes: {format_names(useful)}."
        )
    unread = [trail.name for trail in trails if trail.is_logging and trail.has_writes is None]
    if unread:
        log, it_is = ("logs", "it is") if len(unread) == 1 else ("log", "they are")
        return Finding(
            check=Check.TRAIL,
            grade=Grade.UNKNOWN,
            found=f"{format_names(unread)} {log}, but this account may not read which events: perhaps {it_is} an"
            " organization's.",
            fix="Look whether management events that write are logged: publish a version, and run the check again.",
        )
    stopped = [trail.name for trail in trails if not trail.is_logging]
    return _no_trail(len(trails), stopped, sweep_every)


def _no_trail(count: int, stopped: list[str], sweep_every: str) -> Finding:
    every = sweep_every.removeprefix("1 ")
    found = (
        f"None of {format_count(count, 'trail')} logs management events that write, so no event names a published"
        f" version; sweeps come every {every}, and the second one after publishing starts the rollout."
    )
    fix = f"Start logging: aws cloudtrail start-logging --name {stopped[0]}." if stopped else _CREATE
    return (bad if sweep_every == "1 hour" else warning)(Check.TRAIL, found, fix)


def check_published_versions(activity: Activity) -> Finding:
    """Return whether events of published versions have arrived."""
    check, starts, missed = Check.PUBLISHED_VERSIONS, activity.starts or 0, activity.missed or 0
    events = format_count(starts, "event of a published version", "events of published versions")
    numbers = f"{events} arrived in {DAYS} days, and sweeps found {missed:,.0f} more"
    if missed and not starts:
        return bad(
            check,
            f"{numbers}: no event arrives.",
            "Correct the trail (above), and look at the rule of StartRollout and its dead-letter queue"
            " (docs/runbook.md#the-alarm-of-missed-versions).",
        )
    if not starts:
        return Finding(
            check=check,
            grade=Grade.UNKNOWN,
            found=f"{numbers}: nothing shows yet that events arrive.",
            fix="Publish a version of any function, wait 15 minutes, and run the check again:"
            " aws lambda publish-version --function-name FUNCTION.",
        )
    if missed:
        fix = "Read why in docs/faq.md, and in the log of the guardian which versions they were."
        return warning(check, f"{numbers}: not every event arrives.", fix)
    return good(check, f"{numbers}.")
