"""Measures how long judging a day takes: for the report, never for a test, because machines differ."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.play import play_world
from benchmarks.judge.cells.traffic import SEED, Traffic
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.evidence.series import Minute, Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy
from simulator.bursts.shape import Correlation

DAY = 1_440
SHARE = 0.5
HOURS = 3
"""The hours of stable's minutes before the first shift."""
METRICS = 3
RUNS = 9
"""The fastest of this many runs counts, each on another day's traffic."""
POLICY = Policy.model_validate(
    {
        "steps": [{"percent": int(100 * SHARE), "hold": "1d"}],
        "metrics": ["errors", "slow", {"slow": {"over_ms": 5000}, "label": "very slow"}],
        "guards": {"max_slow_percent": 5},
    }
)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)

Day = TypeVar("Day")
MetricMinutes = tuple[list[Minute], list[Counts]]


def format_speed() -> str:
    """Return a sentence with the processor time in milliseconds, and its ratio to reading the minutes as JSON."""
    rng, cell = np.random.default_rng(SEED), Cell(6_000, 0.002, 1, Correlation(0.002))
    traffic = play_world(rng, cell, METRICS * RUNS, np.full(DAY, SHARE))
    days = [[_metric(traffic, run * METRICS + number) for number in range(METRICS)] for run in range(RUNS)]
    documents = [json.dumps([_to_json(minutes) for minutes, _ in day]) for day in days]
    judging, reading = _fastest(_judge_day, days), _fastest(json.loads, documents)
    return (
        f"Judging a day of {DAY:,} minutes of both versions, with {METRICS} metrics and {HOURS} hours"
        f" of history, took {1000 * judging:.0f} ms of processor time on the machine that wrote this report:"
        f" {judging / reading:.1f} times as long as `json.loads` takes to read those minutes."
    )


def _metric(traffic: Traffic, number: int) -> MetricMinutes:
    """Return a simulated day of minutes, and the history before it: the last hours are other days'."""
    arrays = (traffic.canary_calls, traffic.canary_errors, traffic.stable_calls, traffic.stable_errors)
    counts = zip(*(array[number].tolist() for array in arrays), strict=True)
    hours = [(number + hour) % (METRICS * RUNS) for hour in range(HOURS)]
    before = (array[hours].ravel().tolist() for array in (traffic.history_calls, traffic.history_errors))
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


def _to_json(minutes: list[Minute]) -> list[dict[str, object]]:
    return [minute.model_dump(mode="json") for minute in minutes]


def _judge_day(day: list[MetricMinutes]) -> None:
    names = [metric.name for metric in POLICY.active_metrics]
    series = (Series(minutes=tuple(minutes), history=tuple(history)) for minutes, history in day)
    observation = Observation(
        phase=Phase.SHIFTING,
        series=dict(zip(names, series, strict=True)),
        step_since=MIDNIGHT,
        closed_until=MIDNIGHT + timedelta(days=1),
    )
    judge(observation, POLICY)


def _fastest(action: Callable[[Day], object], days: Sequence[Day]) -> float:
    """Return the processor time of the fastest run, in seconds."""
    return min(_seconds(action, day) for day in days)


def _seconds(action: Callable[[Day], object], day: Day) -> float:
    started = time.process_time()
    action(day)
    return time.process_time() - started
