"""Formats times in the viewer's time zone, and how far they are away."""

from datetime import UTC, datetime, tzinfo

from rollout.domain.durations import format_rounded_duration


def _seen_in(zone: tzinfo, at: datetime) -> datetime:
    """Return a time as a zone has it; near the ends of the calendar, where it has none, as UTC has it."""
    try:
        return at.astimezone(zone)
    except (ValueError, OverflowError):
        return at.replace(tzinfo=at.tzinfo or UTC)


def _seconds_between(earlier: datetime, later: datetime) -> float:
    """Return the seconds between two times; a time without a zone is one of UTC."""
    since, until = (each.replace(tzinfo=each.tzinfo or UTC) for each in (earlier, later))
    return (until - since).total_seconds()


def format_time(at: datetime | None, zone: tzinfo) -> str:
    """Return a time to the minute with its zone, such as `2026-03-01 13:00 UTC+01:00`."""
    return f"{_seen_in(zone, at):%Y-%m-%d %H:%M} {zone}" if at else "at an unknown time"


def format_short(at: datetime | None, zone: tzinfo) -> str:
    """Return a time to the second without year and zone, such as `03-01 13:00:05`, for a table that names the zone."""
    return f"{_seen_in(zone, at):%m-%d %H:%M:%S}" if at else "not known"


def format_clock(at: datetime, zone: tzinfo) -> str:
    """Return the hour and the minute, such as `13:00`."""
    return f"{_seen_in(zone, at):%H:%M}"


def format_until(at: datetime, now: datetime) -> str:
    """Return how long it is until a time, such as `in 4m`; `now due` for a time that has passed."""
    seconds = _seconds_between(now, at)
    return f"in {format_rounded_duration(seconds)}" if seconds > 0 else "now due"


def format_since(at: datetime, now: datetime) -> str:
    """Return how long ago a time was, such as `4m ago`."""
    return f"{format_rounded_duration(max(_seconds_between(at, now), 0))} ago"
