"""Reads recorded minutes from a CSV or JSON file; an error names the line or minute."""

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
from simulator.files import InvalidInputError, parse, read_text
from simulator.replay.recording import Recording

_Count = Annotated[int | None, Field(ge=0)]


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


class Row(BaseModel, frozen=True, extra="forbid"):
    """A row of a recording: the counts of both versions in a minute; None if a version had no datapoint."""

    start: Annotated[datetime, AfterValidator(_in_utc)]
    canary_calls: _Count = None
    canary_errors: _Count = None
    stable_calls: _Count = None
    stable_errors: _Count = None
    canary_slow: _Count = None
    stable_slow: _Count = None

    @model_validator(mode="after")
    def _check_counts(self) -> Self:
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
        """The calls and the failed calls, as the judge reads them."""
        canary, stable = (_to_counts(calls, errors) for _, calls, errors, _ in self._counts())
        return Minute(start=self.start, canary=canary, stable=stable)

    @property
    def slow_minute(self) -> Minute:
        """The calls and the slow calls; without a count of slow calls the version has no calls either."""
        canary, stable = (_to_counts(calls, slow) for _, calls, _, slow in self._counts())
        return Minute(start=self.start, canary=canary, stable=stable)


def _to_counts(calls: int | None, bad: int | None) -> Counts:
    return Counts() if calls is None or bad is None else Counts(calls=calls, bad=bad)


SLOW_COLUMNS = ("canary_slow", "stable_slow")
"""The columns of a recording with slow calls."""

COLUMNS = tuple(name for name in Row.model_fields if name not in SLOW_COLUMNS)
"""The columns of every recording."""


def read_recording(path: Path, timing: Timing) -> Recording:
    """Return the recording in a file, with calls on the canary; raises InvalidInputError."""
    recording = read_minutes(path, timing)
    if not recording.with_canary:
        raise InvalidInputError(
            f"{path} has no minute with calls on the canary. Record a time in which the alias was split."
        )
    return recording


def read_minutes(path: Path, timing: Timing) -> Recording:
    """Return the recording in a file, with or without calls on the canary; raises InvalidInputError."""
    read_rows = _read_csv if path.suffix.lower() == ".csv" else _read_json
    rows = [(position, _validate(value, position)) for position, value in read_rows(path)]
    _check_starts(rows, timing)
    return _recording([row for _, row in rows], timing)


def _check_starts(rows: Sequence[tuple[str, Row]], timing: Timing) -> None:
    for position, row in rows:
        if row.start != timing.floor(row.start):
            raise InvalidInputError(
                f"{position}: {row.start:%H:%M:%S} is not the start of a period of {timing.period_seconds} s."
                " Correct it, or set --period."
            )
    for (_, before), (position, after) in pairwise(rows):
        if after.start <= before.start:
            raise InvalidInputError(
                f"{position}: start {after.start:%Y-%m-%d %H:%M:%S} is not after the start of the row before."
                " Sort the rows by start, and keep one row for each minute."
            )


def _recording(rows: Sequence[Row], timing: Timing) -> Recording:
    minutes, slow = (tuple(row.minute for row in rows), tuple(row.slow_minute for row in rows))
    is_split = canary_counts(minutes).calls > 0
    has_slow = stable_counts(slow).calls and (canary_counts(slow).calls or not is_split)
    return Recording(minutes, timing, slow if has_slow else ())


def _read_csv(path: Path) -> Iterator[tuple[str, object]]:
    numbered = [(number, line) for number, line in enumerate(read_text(path).splitlines(), start=1) if _is_data(line)]
    rows = csv.DictReader(line for _, line in numbered)
    if rows.fieldnames is None:
        raise InvalidInputError(f"{path} is empty. Its first line must be {','.join(COLUMNS)}.")
    _check_columns(path, rows.fieldnames)
    for (number, _), row in zip(numbered[1:], rows, strict=True):
        position = f"{path}, line {number}"
        if None in row:
            raise InvalidInputError(
                f"{position}: {', '.join(row[None])} is beyond the last column. Give one value for each column."
            )
        yield position, {name: cell.strip() for name, cell in row.items() if cell and cell.strip()}


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    required = COLUMNS if set(SLOW_COLUMNS).isdisjoint(columns) else [*Row.model_fields]
    missing, unknown = sorted(set(required) - set(columns)), sorted(set(columns) - set(required))
    differences = [f"missing: {', '.join(missing)}"] * bool(missing) + [f"unknown: {', '.join(unknown)}"] * bool(
        unknown
    )
    if differences:
        raise InvalidInputError(f"{path} needs the columns {','.join(required)}; {'; '.join(differences)}.")


def _is_data(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _read_json(path: Path) -> Iterator[tuple[str, object]]:
    rows = parse(path, read_text(path))
    if not isinstance(rows, list):
        raise InvalidInputError(f"{path} is not a JSON list. It must be a list of objects with {', '.join(COLUMNS)}.")
    for number, row in enumerate(rows, start=1):
        yield f"{path}, minute {number}", row


def _validate(value: object, position: str) -> Row:
    try:
        return Row.model_validate(value)
    except ValidationError as error:
        raise InvalidInputError(f"{position}: {format_problems(error, 'row')}.") from error
