"""The evaluation loop runs the shipped code over a traffic source."""

import inspect
from datetime import timedelta
from pathlib import Path

import pytest

import rollout
from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase, Verdict
from rollout.evidence.series import Minute, Series
from simulator import evaluation_loop
from simulator.evaluation_loop import run_evaluations
from tests.samples import AT, policy

START = AT + timedelta(seconds=20)
SHIPPED = ("observe", "judge", "decide", "evaluation_window", "next_step", "begin_step", "begin_bake")


class ConstantTraffic:
    """A TrafficSource with the same counts in every minute."""

    def __init__(self, canary: Counts, stable: Counts) -> None:
        self.canary, self.stable, self.shares = canary, stable, []

    def shift(self, percent, _at):
        self.shares.append(percent)

    def measure(self, _rollout, window, _now):
        minutes = (window.closed_until - window.start) // timedelta(minutes=1)
        starts = (window.start + number * timedelta(minutes=1) for number in range(minutes))
        served = tuple(Minute(start=at, canary=self.canary, stable=self.stable) for at in starts)
        return {"errors": Series(minutes=served)}


@pytest.mark.parametrize("name", SHIPPED)
def test_loop_calls_the_shipped_function(name):
    function = getattr(evaluation_loop, name)
    assert Path(rollout.__file__).parent in Path(inspect.getfile(function)).parents


def test_healthy_version_passes_every_step_and_the_bake():
    source = ConstantTraffic(Counts(calls=500, bad=1), Counts(calls=500, bad=1))
    evaluations = list(run_evaluations(policy(), source, START))
    moves = [evaluation.move for evaluation in evaluations if evaluation.move is not Move.WAIT]
    assert moves == [Move.SHIFT, Move.PROMOTE, Move.FINISH]
    assert source.shares == [10, 50, 100]
    assert evaluations[-1].rollout.phase is Phase.BAKE


@pytest.mark.parametrize("gate", [{"approval": {"timeout": "1d"}}, {"pause": {}}])
def test_gates_block_no_simulation(gate):
    """Each approval is given, and each pause resumed, at once: a program has no person to wait for."""
    first, second = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}
    runs = [
        [*run_evaluations(policy(steps=steps), ConstantTraffic(Counts(calls=500), Counts(calls=500)), START)]
        for steps in ([first, second], [first, gate, second, gate])
    ]
    plain, gated = ([(each.at, each.move) for each in run] for run in runs)
    assert gated == plain
    assert plain[-1][1] is Move.FINISH


def test_bad_version_is_rolled_back_in_the_first_step():
    source = ConstantTraffic(Counts(calls=100, bad=20), Counts(calls=900, bad=1))
    *_, last = run_evaluations(policy(), source, START)
    assert (last.move, last.rollout.step) == (Move.ROLL_BACK, 1)


def test_evaluation_happens_one_second_after_a_minutes_end():
    source = ConstantTraffic(Counts(calls=500), Counts(calls=500))
    assert {evaluation.at.second for evaluation in run_evaluations(policy(), source, START)} == {1}


def test_alias_without_calls_is_rolled_back_after_max_extension():
    silent = policy(max_extension="10m", on_inconclusive="roll_back")
    *_, last = run_evaluations(silent, ConstantTraffic(Counts(), Counts()), START)
    assert (last.move, last.rollout.judgement.verdict) == (Move.ROLL_BACK, Verdict.INCONCLUSIVE)
    assert last.at - START >= timedelta(minutes=15) - timedelta(seconds=2)
