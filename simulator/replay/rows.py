"""Reads recorded minutes from a CSV or JSON file; what is wrong with a row is said with its place."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from rollout.domain.counts import Counts
from rollout.domain.validation import format_problems
from rollout.evidence.series import Minute, canary_counts, stable_counts
from rollout.judging.window import Timing
from simulator.files import UnreadableError, parse, read_text
from simulator.replay.recording import Recording

_Count = Annotated[int | None, Field(ge=0)]


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


class Row(BaseModel, frozen=True, extra="forbid"):
    """A line of a recording: what each version served in a minute; nothing where it had no datapoint."""

    start: Annotated[datetime, AfterValidator(_in_utc)]
    canary_calls: _Count = None
    canary_errors: _Count = None
    stable_calls: _Count = None
    stable_errors: _Count = None
    canary_slow: _Count = None
    stable_slow: _Count = None

    @model_validator(mode="after")
    def _bad_ones_are_calls(self) -> Self:
        for name, calls, errors, slow in self._counts():
            if (calls is None) != (errors is None):
                raise ValueError(f"{name}_calls and {name}_errors go together: give both, or neither")
            if (errors or 0) > (calls or 0):
                raise ValueError(f"{name}_errors is {errors}, more than {name}_calls, which is {calls}")
            if (slow or 0) > (calls or 0):
                raise ValueError(f"{name}_slow is {slow}, more than {name}_calls, which is {calls}")
        return self

    def _counts(self) -> Iterator[tuple[str, int | None, int | None, int | None]]:
        yield "canary", self.canary_calls, self.canary_errors, self.canary_slow
        yield "stable", self.stable_calls, self.stable_errors, self.stable_slow

    @property
    def minute(self) -> Minute:
        """The same as the judge takes it."""
        canary, stable = (_health(calls, errors) for _, calls, errors, _ in self._counts())
        return Minute(start=self.start, canary=canary, stable=stable)

    @property
    def slow_minute(self) -> Minute:
        """The same for slow calls; of a version of which none were counted, nothing is known."""
        canary, stable = (_health(calls, slow) for _, calls, _, slow in self._counts())
        return Minute(start=self.start, canary=canary, stable=stable)


def _health(calls: int | None, bad: int | None) -> Counts:
    return Counts() if calls is None or bad is None else Counts(calls=calls, bad=bad)


SLOW_COLUMNS = ("canary_slow", "stable_slow")
"""Where slow calls were recorded as well."""

COLUMNS = tuple(name for name in Row.model_fields if name not in SLOW_COLUMNS)
"""What every recording has."""


def read_recording(path: Path, timing: Timing) -> Recording:
    """Return what was recorded; raises UnreadableError that names the row."""
    read = _csv_rows if path.suffix.lower() == ".csv" else _json_rows
    rows = [_checked(value, place) for place, value in read(path)]
    for place, row in rows:
        if row.start != timing.floor(row.start):
            raise UnreadableError(f"{place}: {row.start:%H:%M:%S} starts no period of {timing.period_seconds} s.")
    for (_, before), (place, after) in pairwise(rows):
        if after.start <= before.start:
            raise UnreadableError(f"{place}: start {after.start:%Y-%m-%d %H:%M:%S} does not come after the row before.")
    recording = _recording([row for _, row in rows], timing)
    if not recording.with_canary:
        raise UnreadableError(f"{path} has no minute with calls on the canary, so there is nothing to replay.")
    return recording


def _recording(rows: Sequence[Row], timing: Timing) -> Recording:
    minutes, slow = (tuple(row.minute for row in rows), tuple(row.slow_minute for row in rows))
    has_slow = canary_counts(slow).calls and stable_counts(slow).calls
    return Recording(minutes, timing, slow if has_slow else ())


def _csv_rows(path: Path) -> Iterator[tuple[str, object]]:
    numbered = [(number, line) for number, line in enumerate(read_text(path).splitlines(), start=1) if _is_data(line)]
    rows = csv.DictReader(line for _, line in numbered)
    if rows.fieldnames is None:
        raise UnreadableError(f"{path} is empty; its first line is to be {','.join(COLUMNS)}.")
    wanted = COLUMNS if set(SLOW_COLUMNS).isdisjoint(rows.fieldnames) else Row.model_fields
    if strange := set(wanted) ^ set(rows.fieldnames):
        raise UnreadableError(f"{path} needs the columns {','.join(wanted)}; see to {', '.join(sorted(strange))}.")
    for (number, _), row in zip(numbered[1:], rows, strict=True):
        place = f"{path}, line {number}"
        if None in row:
            raise UnreadableError(f"{place}: {', '.join(row[None])} stands in no column.")
        yield place, {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}


def _is_data(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _json_rows(path: Path) -> Iterator[tuple[str, object]]:
    rows = parse(path, read_text(path))
    if not isinstance(rows, list):
        raise UnreadableError(f"{path} is to be a list of minutes, each with {', '.join(COLUMNS)}.")
    for number, row in enumerate(rows, start=1):
        yield f"{path}, minute {number}", row


def _checked(value: object, place: str) -> tuple[str, Row]:
    try:
        return place, Row.model_validate(value)
    except ValidationError as error:
        raise UnreadableError(f"{place}: {format_problems(error, 'row')}.") from error
