"""Runs one simulated rollout, and summarizes it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase, Verdict
from rollout.evidence.series import canary_counts
from rollout.judging.window import EDGE
from rollout.policy.policy import Policy
from rollout.state.calibration import Calibration
from simulator.evaluation_loop import Evaluation, run_evaluations
from simulator.simulate.judge_on_change import JudgeOnChange
from simulator.simulate.load import Load, Version
from simulator.simulate.traffic import Traffic

_PASSING_MOVES = (Move.SHIFT, Move.PROMOTE, Move.FINISH)
_NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """A policy, the load of the alias, the version that is rolled out, and the seed."""

    policy: Policy
    load: Load
    seed: int
    version: Version


@dataclass(frozen=True)
class RolloutResult:
    """The summary of one rollout."""

    number: int
    move: Move
    """The last move: finish, roll_back or hand_over."""
    verdict: Verdict
    reason: str
    seconds: float
    """From the first shift to the last move."""
    last_step: int
    """The step in which the rollout ended, from 1; the bake is the step after the policy's last one."""
    canary: Counts
    """The canary's calls until the last move, and the failed ones among them, visible in CloudWatch or not."""
    slow: Counts
    """The same calls, and the slow ones among them."""
    extended_steps: tuple[int, ...]
    """The numbers of the steps whose hold ended before they had enough calls."""
    passed_after: tuple[float, ...]
    """Seconds from the first shift to the end of each passed step, the bake included."""


@dataclass(frozen=True)
class RolloutTrace:
    """One rollout with all its evaluations and its traffic, for the picture."""

    start: datetime
    evaluations: tuple[Evaluation, ...]
    traffic: Traffic


def trace_rollout(scenario: Scenario, number: int) -> RolloutTrace:
    """Run the rollout of this number; its trace depends on the scenario and the number only."""
    generator = np.random.default_rng([scenario.seed, number, round(scenario.version.error_ratio * 1000)])
    start = _NEW_YEAR + timedelta(seconds=int(generator.integers(60)))
    traffic = Traffic(scenario.load, scenario.version, start, generator)
    # A calibration of each of a thousand rollouts would take minutes, and would raise hardly any limit.
    evaluations = tuple(
        run_evaluations(scenario.policy, traffic, start, judging=JudgeOnChange(), calibration=Calibration())
    )
    traffic.serve(evaluations[-1].at)
    return RolloutTrace(start, evaluations, traffic)


def run_rollout(scenario: Scenario, number: int) -> RolloutResult:
    """Run the rollout of this number, and return its summary."""
    trace = trace_rollout(scenario, number)
    last = trace.evaluations[-1]
    judgement = last.rollout.judgement
    return RolloutResult(
        number=number,
        move=last.move,
        verdict=judgement.verdict if judgement else Verdict.INCONCLUSIVE,
        reason=last.rollout.reason,
        seconds=_seconds_since_start(trace, last),
        last_step=_step_number(last),
        canary=canary_counts(trace.traffic.minutes),
        slow=canary_counts(trace.traffic.slow_minutes),
        extended_steps=tuple(
            sorted({_step_number(evaluation) for evaluation in trace.evaluations if _is_extension(evaluation)})
        ),
        passed_after=tuple(
            _seconds_since_start(trace, evaluation)
            for evaluation in trace.evaluations
            if evaluation.move in _PASSING_MOVES
        ),
    )


def _seconds_since_start(trace: RolloutTrace, evaluation: Evaluation) -> float:
    return (evaluation.at - trace.start).total_seconds()


def _step_number(evaluation: Evaluation) -> int:
    return evaluation.rollout.step + (evaluation.rollout.phase is Phase.BAKE)


def _is_extension(evaluation: Evaluation) -> bool:
    rollout = evaluation.rollout
    hold = rollout.policy.bake if rollout.phase is Phase.BAKE else rollout.current_step.hold
    elapsed = evaluation.at - (rollout.step_started_at or evaluation.at) + EDGE
    is_inconclusive = rollout.judgement is not None and rollout.judgement.verdict is Verdict.INCONCLUSIVE
    return is_inconclusive and hold > 0 and elapsed >= timedelta(seconds=hold)
