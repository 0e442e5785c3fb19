"""The vectorised shipped judge, and the check that it agrees with the shipped code."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.judge.cells.traffic import MINUTES, FlagArray, Traffic
from benchmarks.judge.rules.ceiling import breaks_ceiling
from benchmarks.judge.rules.twin import log_evidence
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Minute, Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy
from rollout.state.judgement import Judgement

POLICY = Policy.model_validate({"steps": [{"percent": p, "hold": "6m"} for p in (1, 5, 10, 25, 50)]})
LIMIT = math.log(100 / POLICY.false_rollback_percent)
LEAST, MOST = 1e-300, 700.0
"""The least evidence, and ln of the most evidence, that a judgement contains."""
CLOSE = 1e-6
FIRST_SHIFT = datetime(2026, 1, 1, tzinfo=UTC)


class TwinError(Exception):
    """When the vectorised judge and the shipped code disagree: the benchmark would measure something else."""


def shipped(traffic: Traffic) -> FlagArray:
    """Whether the shipped judge is unhealthy at the evaluation after each minute: rollouts by minutes."""
    return by_evidence(traffic) | breaks_ceiling(traffic, POLICY)


def by_evidence(traffic: Traffic) -> FlagArray:
    """Whether it is unhealthy without the ceiling of the policy's guards: rollouts by minutes."""
    return log_evidence(traffic) >= LIMIT


def compare(traffic: Traffic, row: int) -> None:
    """Compare one rollout's verdicts and evidence at every evaluation with the shipped code's; raises TwinError."""
    unhealthy, evidence = shipped(traffic)[row], log_evidence(traffic)[row]
    for minute in range(MINUTES):
        judgement = _judgement(traffic, row, minute)
        strength, own = math.log(max(judgement.evidence, LEAST)), np.clip(evidence[minute], math.log(LEAST), MOST)
        same_verdict = (judgement.verdict is Verdict.UNHEALTHY) == unhealthy[minute]
        if not same_verdict or not math.isclose(strength, own, rel_tol=CLOSE, abs_tol=CLOSE):
            raise TwinError(
                f"{traffic.cell}, rollout {row}, evaluation {minute + 1}: the shipped judge says {judgement.verdict} at"
                f" log evidence {strength:.9g}, its twin {'unhealthy' if unhealthy[minute] else 'not unhealthy'} at"
                f" {evidence[minute]:.9g}. Fix twin.py or ceiling.py in benchmarks/judge/rules."
            )


def _judgement(traffic: Traffic, row: int, last: int) -> Judgement:
    end = FIRST_SHIFT + timedelta(minutes=last + 1)
    errors = Series(
        minutes=tuple(_minute(traffic, row, minute) for minute in range(last + 1)),
        history=tuple(
            Counts(calls=calls, bad=errors)
            for calls, errors in zip(traffic.history_calls[row], traffic.history_errors[row], strict=True)
        ),
    )
    observation = Observation(
        phase=Phase.SHIFTING,
        series={"errors": errors},
        step_since=FIRST_SHIFT + timedelta(minutes=last // 6 * 6),
        closed_until=end,
    )
    return judge(observation, POLICY)


def _minute(traffic: Traffic, row: int, minute: int) -> Minute:
    return Minute(
        start=FIRST_SHIFT + timedelta(minutes=minute),
        canary=Counts(calls=traffic.canary_calls[row, minute], bad=traffic.canary_errors[row, minute]),
        stable=Counts(calls=traffic.stable_calls[row, minute], bad=traffic.stable_errors[row, minute]),
    )
