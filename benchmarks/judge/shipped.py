"""The shipped judge over many rollouts at once, and the check that it is the shipped judge."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.judge.ceiling import breaks_ceiling
from benchmarks.judge.traffic import MINUTES, Flags, Traffic
from benchmarks.judge.twin import log_evidence
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
"""Evidence the shipped judge can write down: from this much, up to exp of this."""
CLOSE = 1e-6
FIRST_SHIFT = datetime(2026, 1, 1, tzinfo=UTC)


class TwinError(Exception):
    """When the vectorised judge and the shipped one disagree: the benchmark would measure something else."""


def shipped(traffic: Traffic) -> Flags:
    """Rollouts by minutes: whether the shipped judge says unhealthy at the look after this minute."""
    return by_evidence(traffic) | breaks_ceiling(traffic, POLICY)


def by_evidence(traffic: Traffic) -> Flags:
    """Rollouts by minutes: the same without the ceiling of the policy's guards."""
    return log_evidence(traffic) >= LIMIT


def compare(traffic: Traffic, row: int) -> None:
    """Hold one rollout's verdicts and evidence at every look against the shipped judge's; raises TwinError."""
    unhealthy, evidence = shipped(traffic)[row], log_evidence(traffic)[row]
    for look in range(MINUTES):
        judgement = _judged(traffic, row, look)
        strength, own = math.log(max(judgement.evidence, LEAST)), np.clip(evidence[look], math.log(LEAST), MOST)
        same_verdict = (judgement.verdict is Verdict.UNHEALTHY) == unhealthy[look]
        if not same_verdict or not math.isclose(strength, own, rel_tol=CLOSE, abs_tol=CLOSE):
            raise TwinError(
                f"{traffic.cell}, rollout {row}, look {look + 1}: the shipped judge says {judgement.verdict} at log"
                f" evidence {strength:.9g}, its twin {'unhealthy' if unhealthy[look] else 'not unhealthy'} at"
                f" {evidence[look]:.9g}. Mend twin.py or ceiling.py beside this module."
            )


def _judged(traffic: Traffic, row: int, look: int) -> Judgement:
    end = FIRST_SHIFT + timedelta(minutes=look + 1)
    errors = Series(
        minutes=tuple(_minute(traffic, row, minute) for minute in range(look + 1)),
        history=tuple(
            Counts(calls=calls, bad=errors)
            for calls, errors in zip(traffic.history_calls[row], traffic.history_errors[row], strict=True)
        ),
    )
    seen = Observation(
        phase=Phase.SHIFTING,
        series={"errors": errors},
        step_since=FIRST_SHIFT + timedelta(minutes=look // 6 * 6),
        closed_until=end,
    )
    return judge(seen, POLICY)


def _minute(traffic: Traffic, row: int, minute: int) -> Minute:
    return Minute(
        start=FIRST_SHIFT + timedelta(minutes=minute),
        canary=Counts(calls=traffic.canary_calls[row, minute], bad=traffic.canary_errors[row, minute]),
        stable=Counts(calls=traffic.stable_calls[row, minute], bad=traffic.stable_errors[row, minute]),
    )
