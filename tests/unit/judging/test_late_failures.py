"""Calls that began before the promotion and fail after it still count."""

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from tests.samples import AT, QUIET_HOUR, minutes, observation_of, policy, rollout

FINE, FAILING = (100, 0, 900, 1), (100, 20, 900, 1)


def bake_after(*counts: tuple[int, int, int, int]) -> Observation:
    """Return the observation of a healthy bake; `counts` are the minutes of both versions before the promotion."""
    observation = observation_of((1000, 1, 0, 0), phase=Phase.BAKE, step_since=AT)
    before = Series(minutes=minutes(*counts), history=QUIET_HOUR)
    errors = observation.calls.model_copy(update={"before_promotion": before})
    return observation.model_copy(update={"series": {"errors": errors}})


def test_calls_of_the_steps_that_fail_late_roll_back_in_the_bake():
    """The bake test itself is advisory: these calls are compared with stable's own of the same minutes."""
    judgement = judge(bake_after(*[FINE] * 5, FAILING, FAILING), policy())
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.reason.startswith(
        "calls that began before the promotion and ended later show a worse canary: errors: canary 40 of 700 calls"
        " (5.7 %), stable 7 of 6,300 calls (0.11 %); evidence 10^"
    )


@pytest.mark.parametrize("counts", [[], [FINE] * 6, [(100, 50, 900, 450)] * 3, [(100, 0, 900, 300)]])
def test_healthy_steps_do_not_decide_in_the_bake(counts):
    """An outage of both versions before the promotion is no evidence."""
    assert judge(bake_after(*counts), policy()).verdict is Verdict.HEALTHY


def test_advisory_metric_does_not_decide_late():
    criteria = policy(metrics=[{"errors": {}, "mode": "advisory"}, "throttles"])
    assert judge(bake_after(FAILING), criteria).verdict is not Verdict.UNHEALTHY


@pytest.mark.parametrize(
    ("p99_ms", "timeout", "seconds"),
    [(None, 900, 0), (50, 900, 0), (9_000, 900, 0), (300_000, 900, 300), (60_000, 30, 30)],
)
def test_minutes_close_after_what_stable_usually_takes(p99_ms, timeout, seconds):
    """A timeout of 15 minutes does not make each step of a fast function so much longer."""
    assert rollout(p99_before=p99_ms, timeout_seconds=timeout).usual_seconds == seconds


def test_counts_of_the_bake_are_those_since_the_promotion():
    assert judge(bake_after(FAILING), policy()).canary == Counts(calls=1000, bad=1)
