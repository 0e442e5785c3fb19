"""A rollout is walked by the shipped core, step by step, over whatever traffic there is."""

import inspect
from datetime import timedelta
from pathlib import Path

import pytest

import rollout
from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase, Verdict
from rollout.evidence.series import Minute, Series
from simulator import evaluation_loop as room
from simulator.evaluation_loop import walk
from tests.samples import AT, policy

START = AT + timedelta(seconds=20)


class Steady:
    """A Cloud with the same counts each minute since it began."""

    def __init__(self, canary: Counts, stable: Counts) -> None:
        self.canary, self.stable, self.shares = canary, stable, []

    def shift(self, percent, _at):
        self.shares.append(percent)

    def measure(self, _rollout, window, _now):
        minutes = (window.closed_until - window.start) // timedelta(minutes=1)
        starts = (window.start + number * timedelta(minutes=1) for number in range(minutes))
        served = tuple(Minute(start=at, canary=self.canary, stable=self.stable) for at in starts)
        return {"errors": Series(minutes=served)}


@pytest.mark.parametrize(
    "rule",
    [room.observe, room.judge, room.decide, room.evaluation_window, room.next_step, room.begin_step, room.begin_bake],
    ids=lambda rule: rule.__name__,
)
def test_every_rule_is_the_shipped_one(rule):
    assert Path(rollout.__file__).parent in Path(inspect.getfile(rule)).parents


def test_a_healthy_version_goes_through_every_step_and_the_bake():
    cloud = Steady(Counts(calls=500, bad=1), Counts(calls=500, bad=1))
    evaluations = list(walk(policy(), cloud, START))
    assert [look.move for look in evaluations if look.move is not Move.WAIT] == [Move.SHIFT, Move.PROMOTE, Move.FINISH]
    assert cloud.shares == [10, 50, 100]
    assert evaluations[-1].rollout.phase is Phase.BAKE


def test_a_bad_version_is_taken_back_before_the_second_step():
    cloud = Steady(Counts(calls=100, bad=20), Counts(calls=900, bad=1))
    *_, last = walk(policy(), cloud, START)
    assert (last.move, last.rollout.step) == (Move.ROLL_BACK, 1)


def test_looks_come_just_after_the_edges_of_minutes():
    cloud = Steady(Counts(calls=500), Counts(calls=500))
    assert {look.at.second for look in walk(policy(), cloud, START)} == {1}


def test_a_version_nobody_calls_is_held_on_and_given_up():
    silent = policy(max_extension="10m", on_inconclusive="roll_back")
    *_, last = walk(silent, Steady(Counts(), Counts(calls=500)), START)
    assert (last.move, last.rollout.judgement.verdict) == (Move.ROLL_BACK, Verdict.INCONCLUSIVE)
    assert last.at - START >= timedelta(minutes=15) - timedelta(seconds=2)
