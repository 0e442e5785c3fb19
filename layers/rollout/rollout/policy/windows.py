"""Windows: the times of the week at which a rollout may begin, and its canary may get more traffic."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field

from rollout.domain.models import Strict

_DAYS_AHEAD = 8
"""A window is open once a week at least, so its next opening is at most a week and a day away."""


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_DAYS = tuple(Day)


def _check_timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError('write the name of an IANA time zone, such as "Europe/Berlin" or "UTC"') from None
    return name


_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


def _check_clock(text: str) -> str:
    if not re.fullmatch(_CLOCK, text):
        raise ValueError('write a time from 00:00 to 23:59, such as "09:00"')
    return text


ClockTime = Annotated[str, AfterValidator(_check_clock), Field(json_schema_extra={"pattern": _CLOCK})]


class Window(Strict):
    """A time of the week. One whose end is not after its beginning ends on the next day."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    days: list[Day] = Field(
        default=[*_DAYS], min_length=1, max_length=7, description="The days on which the window opens; all by default."
    )
    opens: ClockTime = Field(alias="from", description='The time at which the window opens, such as "09:00".')
    closes: ClockTime = Field(
        alias="to", description="The time at which the window closes; on the next day if it is not after `from`."
    )
    timezone: Annotated[str, AfterValidator(_check_timezone)] = Field(
        description='The IANA time zone of the days and times, such as "Europe/Berlin" or "UTC".'
    )

    def times_around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield when the window opens and closes, in UTC, from the day before a time to a week after it."""
        zone = ZoneInfo(self.timezone)
        first = at.astimezone(zone).date() - timedelta(days=1)
        for day in (first + timedelta(days=number) for number in range(_DAYS_AHEAD + 2)):
            if _DAYS[day.weekday()] in self.days:
                yield self._times_on(day, zone)

    def _times_on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        opens, closes = time.fromisoformat(self.opens), time.fromisoformat(self.closes)
        last_day = day if closes > opens else day + timedelta(days=1)
        return _in_utc(day, opens, zone), _in_utc(last_day, closes, zone)


def _in_utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def opening_after(windows: Sequence[Window], at: datetime) -> datetime | None:
    """Return when the next of the windows opens, in UTC; None while one is open, and where there are none."""
    # Where clocks are set forward, a window of that hour is empty.
    times = [(opens, closes) for window in windows for opens, closes in window.times_around(at) if opens < closes]
    if not times or any(opens <= at < closes for opens, closes in times):
        return None
    return min(opens for opens, _ in times if opens > at)
