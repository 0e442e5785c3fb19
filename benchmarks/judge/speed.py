"""How long judging a day takes: for the report, and never for a test, as machines differ."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from benchmarks.judge.cell import Cell
from benchmarks.judge.traffic import MINUTES, Traffic, play
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.evidence.series import Minute, Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy

DAY = 1_440 // MINUTES
"""So many half hours make a day."""
HOURS = 3
WITNESSES = 3
TURNS = 9
"""The quickest of so many counts, each on another day's traffic."""
POLICY = Policy.model_validate(
    {
        "steps": [{"percent": 50, "hold": "1d"}],
        "metrics": ["errors", "slow", {"slow": {"over_ms": 5000}, "label": "very slow"}],
        "guards": {"max_slow_percent": 5},
    }
)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)

Turn = TypeVar("Turn")
Metric = tuple[list[Minute], list[Counts]]


def say_speed() -> str:
    """Return a sentence with milliseconds of processor time, and how many times what reading the minutes takes."""
    traffic = play(Cell(6_000, 0.002, 1, 0.002), DAY * WITNESSES * TURNS)
    days = [[_metric(traffic, turn * WITNESSES + number) for number in range(WITNESSES)] for turn in range(TURNS)]
    written = [json.dumps([_written(minutes) for minutes, _ in day]) for day in days]
    judging, reading = _quickest(_judged, days), _quickest(json.loads, written)
    return (
        f"Judging a day, of {DAY * MINUTES:,} minutes of both versions, {WITNESSES} metrics and {HOURS} hours"
        f" of history, took {1000 * judging:.0f} ms of processor time on the machine that wrote this:"
        f" {judging / reading:.1f} times what `json.loads` takes to read those minutes."
    )


def _metric(traffic: Traffic, number: int) -> Metric:
    """Return a day of minutes made of half hours one after another, and the history before it."""
    rows = slice(number * DAY, (number + 1) * DAY)
    arrays = (traffic.canary_calls, traffic.canary_errors, traffic.stable_calls, traffic.stable_errors)
    counts = zip(*(array[rows].ravel().tolist() for array in arrays), strict=True)
    before = (array[rows][:HOURS].ravel().tolist() for array in (traffic.history_calls, traffic.history_errors))
    return (
        [_minute(index, *each) for index, each in enumerate(counts)],
        [Counts(calls=calls, bad=errors) for calls, errors in zip(*before, strict=True)],
    )


def _minute(index: int, canary_calls: int, canary_errors: int, stable_calls: int, stable_errors: int) -> Minute:
    return Minute(
        start=MIDNIGHT + timedelta(minutes=index),
        canary=Counts(calls=canary_calls, bad=canary_errors),
        stable=Counts(calls=stable_calls, bad=stable_errors),
    )


def _written(minutes: list[Minute]) -> list[dict[str, object]]:
    return [minute.model_dump(mode="json") for minute in minutes]


def _judged(day: list[Metric]) -> None:
    names = [metric.name for metric in POLICY.active_metrics]
    counted = (Series(minutes=tuple(minutes), history=tuple(history)) for minutes, history in day)
    seen = Observation(
        phase=Phase.SHIFTING,
        series=dict(zip(names, counted, strict=True)),
        step_since=MIDNIGHT,
        closed_until=MIDNIGHT + timedelta(days=1),
    )
    judge(seen, POLICY)


def _quickest(act: Callable[[Turn], object], turns: Sequence[Turn]) -> float:
    """Return the seconds of processor time of the quickest turn."""
    return min(_seconds(act, turn) for turn in turns)


def _seconds(act: Callable[[Turn], object], turn: Turn) -> float:
    begun = time.process_time()
    act(turn)
    return time.process_time() - begun
