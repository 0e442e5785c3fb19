"""Judges long rollouts at every evaluation, with the shipped code, until it rolls the canary back."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.play import play_world
from benchmarks.judge.cells.traffic import SEED, CountArray, Traffic
from benchmarks.judge.long.plan import Plan
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Minute, Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation

FIRST_SHIFT = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 10
"""Rollouts that one process judges before it takes others."""


@dataclass(frozen=True)
class Batch:
    """Some of the rollouts of a plan in a cell."""

    plan: Plan
    cell: Cell
    number: int
    rollouts: int


def batches(plan: Plan, cell: Cell, rollouts: int) -> Iterator[Batch]:
    """Yield the batches of a cell's rollouts."""
    for first in range(0, rollouts, BATCH):
        yield Batch(plan, cell, first // BATCH, min(BATCH, rollouts - first))


def rolled_back(batch: Batch) -> int:
    """Return how many of a batch's rollouts the shipped judge rolls back."""
    name = f"{batch.cell} plan={batch.plan.name}"
    rng = np.random.default_rng([SEED, zlib.crc32(name.encode()), batch.number])
    traffic = play_world(rng, batch.cell, batch.rollouts, batch.plan.shares)
    return sum(is_rolled_back(traffic, row, batch.plan) for row in range(batch.rollouts))


def is_rolled_back(traffic: Traffic, row: int, plan: Plan) -> bool:
    """Whether any evaluation of a rollout is unhealthy."""
    history = tuple(_counts(traffic.history_calls[row], traffic.history_errors[row]))
    canary = _counts(traffic.canary_calls[row], traffic.canary_errors[row])
    stable = _counts(traffic.stable_calls[row], traffic.stable_errors[row])
    minutes = tuple(
        Minute(start=FIRST_SHIFT + timedelta(minutes=number), canary=one, stable=other)
        for number, (one, other) in enumerate(zip(canary, stable, strict=True))
    )
    ends = range(plan.every, plan.minutes + 1, plan.every)
    return any(_is_unhealthy(Series(minutes=minutes[:end], history=history), end, plan) for end in ends)


def _counts(calls: CountArray, errors: CountArray) -> Iterator[Counts]:
    for each, bad in zip(calls.tolist(), errors.tolist(), strict=True):
        yield Counts(calls=each, bad=bad)


def _is_unhealthy(errors: Series, end: int, plan: Plan) -> bool:
    step_since = (end - 1) // plan.step_minutes * plan.step_minutes
    observation = Observation(
        phase=Phase.SHIFTING,
        series={"errors": errors},
        step_since=FIRST_SHIFT + timedelta(minutes=step_since),
        closed_until=FIRST_SHIFT + timedelta(minutes=end),
    )
    return judge(observation, plan.policy).verdict is Verdict.UNHEALTHY
