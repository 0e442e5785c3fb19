"""A ceiling is broken by proof, never by chance or by an outage that stable shares."""

import random
from math import log

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.dispersion import Dispersion
from rollout.judging.ceilings import ceiling_log_evidence, stable_rate_at_canary_calls
from rollout.judging.judge import judge
from tests.samples import minutes, observation_of, policy

LIMIT = log(100)
LEARNED = Dispersion(theta=0.001, error_rate=0.01, minutes=60, calls=600)
EVEN = LEARNED.model_copy(update={"theta": 1e-5})
BURSTY = LEARNED.model_copy(update={"theta": 0.1, "run_seconds": 180})


def test_canary_that_always_fails_reaches_the_limit_in_one_minute():
    assert ceiling_log_evidence(minutes((60, 60, 540, 1)), 0.05, LEARNED) > LIMIT


@pytest.mark.parametrize(("minute_count", "is_proved"), [(3, False), (13, True)])
def test_environment_that_fails_for_two_minutes_is_no_proof_in_bursts(minute_count, is_proved):
    """All calls of a small canary can be in one environment; one that fails on is a bad canary."""
    served = minutes(*[(60, 60, 540, 1)] * minute_count)
    assert (ceiling_log_evidence(served, 0.05, BURSTY) >= LIMIT) is is_proved


@pytest.mark.parametrize("errors", [0, 2, 5])
def test_canary_below_its_ceiling_has_no_evidence(errors):
    assert ceiling_log_evidence(minutes(*[(100, errors, 900, 1)] * 30), 0.05, LEARNED) < 0


def test_canary_at_its_ceiling_reaches_the_limit_in_at_most_one_percent_of_rollouts():
    chance = random.Random(20260301)  # noqa: S311 - a seed makes the test deterministic
    over = 0
    for _ in range(400):
        served = minutes(*((50, sum(chance.random() < 0.05 for _ in range(50)), 0, 0) for _ in range(30)))
        over += any(ceiling_log_evidence(served[:count], 0.05, EVEN) >= LIMIT for count in range(3, 31, 3))
    assert over / 400 <= 0.01


def test_outage_of_both_versions_proves_nothing():
    outage, calm = [(600, 300, 600, 300)] * 3, [(3000, 6, 3000, 6)] * 10
    assert ceiling_log_evidence(minutes(*outage), 0.05, LEARNED) < LIMIT
    assert ceiling_log_evidence(minutes(*outage, *calm), 0.05, LEARNED) < LIMIT


def test_stable_is_weighted_by_the_canarys_calls():
    late_outage = minutes((10, 0, 990, 0), (500, 250, 500, 250))
    assert stable_rate_at_canary_calls(late_outage) == pytest.approx(250 / 510)


def test_stable_rate_without_stable_calls_is_zero():
    assert stable_rate_at_canary_calls(minutes((100, 50, 0, 0))) == 0


BAKE = {"phase": Phase.BAKE}
ONE_FAILED_OF_TWELVE = (Counts(calls=1), Counts(calls=1, bad=1), *[Counts(calls=1)] * 10)


@pytest.mark.parametrize("history", [(Counts(calls=1, bad=1),), ONE_FAILED_OF_TWELVE, (Counts(calls=36, bad=3),)])
def test_one_failed_call_of_a_quiet_stable_version_does_not_switch_the_ceiling_off(history):
    """P5: at one call in five minutes no other guard would find a version that fails every call."""
    observation = observation_of(*[(1, 1, 0, 0)] * 12, history=history, **BAKE)
    judgement = judge(observation, policy())
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.reason.startswith("the canary fails more often than max_error_percent (5 %) allows; ")


@pytest.mark.parametrize(
    "history",
    [(Counts(calls=12, bad=9),), (Counts(calls=2, bad=2),), (Counts(calls=50, bad=3),), (Counts(calls=1000, bad=51),)],
)
def test_release_during_an_outage_is_not_rolled_back_by_the_ceiling(history):
    observation = observation_of(*[(1, 1, 0, 0)] * 12, history=history, **BAKE)
    assert judge(observation, policy()).verdict is not Verdict.UNHEALTHY
