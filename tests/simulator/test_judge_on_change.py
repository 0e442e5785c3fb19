"""A simulation may skip judging what has not changed: nothing that decides differs."""

from datetime import timedelta

import numpy as np
import pytest

from rollout.judging.judge import judge
from simulator.evaluation_loop import run_evaluations
from simulator.simulate import judge_on_change
from simulator.simulate.judge_on_change import JudgeOnChange
from simulator.simulate.load import Load, Version
from simulator.simulate.traffic import Traffic
from tests.samples import AT, policy

START = AT + timedelta(seconds=20)
STEPS = [{"percent": 20, "hold": "5m"}, {"percent": 50, "hold": "5m"}]
SHORT = {"max_extension": "15m", "bake": "5m", "min_invocations": 10}


def evaluations(calls, error_ratio, judging, **changes):
    load = Load(calls_per_minute=calls, error_percent=0.5)
    traffic = Traffic(load, Version(error_ratio), START, np.random.default_rng(5))
    run = run_evaluations(policy(**SHORT | changes), traffic, START, judging=judging)
    return [
        (each.at, each.move, each.rollout.judgement.model_copy(update={"reason": ""}))  # it states the minutes so far
        for each in run
    ]


@pytest.mark.parametrize("calls", [0.5, 10])
@pytest.mark.parametrize("error_ratio", [1, 60])
@pytest.mark.parametrize("changes", [{"steps": "AllAtOnce"}, {"steps": STEPS, "metrics": ["errors", "slow"]}])
def test_every_evaluation_has_the_move_and_the_evidence_of_the_judge(calls, error_ratio, changes):
    assert evaluations(calls, error_ratio, JudgeOnChange(), **changes) == evaluations(
        calls, error_ratio, judge, **changes
    )


def test_minutes_without_calls_are_not_judged_again(monkeypatch):
    judged = []
    monkeypatch.setattr(judge_on_change, "judge", lambda *given: judged.append(given) or judge(*given))
    evaluated = evaluations(0.1, 1, JudgeOnChange(), steps="AllAtOnce", max_extension="1h")
    assert 1 < len(judged) < len(evaluated) / 2
