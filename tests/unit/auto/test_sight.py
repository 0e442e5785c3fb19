"""What a plan would see is computed by the shipped judge, on counts that nine of ten rollouts exceed."""

import math
import random

import pytest

from rollout.auto.sight import Expectation, poisson_quantile, sighting
from rollout.domain.counts import Counts
from rollout.domain.enums import Verdict
from rollout.judging.judge import judge
from tests.samples import ON_AWS, observation_of, policy

HISTORY = (Counts(calls=60, bad=0),) * 150 + (Counts(calls=60, bad=1),) * 30
EXPECTED = Expectation(calls_per_period=60, error_rate=0.003, history=HISTORY)
PLAN = policy(steps=[{"percent": 10, "hold": "20m"}, {"percent": 50, "hold": "20m"}])


def seen_after(error_percent, plan=PLAN, **changes):
    seen = sighting(plan, error_percent, EXPECTED.model_copy(update=changes), ON_AWS)
    return seen and seen.seconds


def test_larger_fault_is_seen_sooner():
    times = [seen_after(percent) for percent in (2, 5, 20, 50, 100)]
    assert None not in times[1:]
    assert times[1:] == sorted(times[1:], reverse=True)
    assert times[-1] < 600 < times[1]


@pytest.mark.parametrize("error_percent", [0, 0.3])
def test_canary_like_stable_is_not_seen(error_percent):
    assert seen_after(error_percent) is None


def test_without_calls_nothing_is_seen():
    """P5."""
    assert seen_after(100, calls_per_period=0) is None


def test_more_calls_see_the_same_fault_sooner():
    assert seen_after(20, calls_per_period=600) < seen_after(20)


@pytest.mark.parametrize(
    ("changes", "is_seen"),
    [({}, True), ({"guards": {"max_error_percent": None}}, False), ({"bake": 0, "max_extension": "1m"}, False)],
)
def test_plan_without_steps_sees_by_its_ceiling_in_the_bake(changes, is_seen):
    at_once = policy(**{"steps": "AllAtOnce", "bake": "1h"} | changes)
    assert (seen_after(100, at_once, calls_per_period=0.3) is not None) is is_seen


def test_nine_of_ten_simulated_canaries_are_seen_in_the_stated_time():
    """The judge itself, on 200 rollouts with independent errors: the statement is no promise for the median only."""
    chance = random.Random(20261126)  # noqa: S311 - a seed makes the test deterministic
    stated = seen_after(20)
    minutes = stated // 60 - 1 - 2
    caught = 0
    for _ in range(200):
        counts = [_minute(chance, 6 if number < 20 else 30) for number in range(minutes)]
        judged = judge(observation_of(*counts, history=HISTORY), PLAN)
        caught += judged.verdict is Verdict.UNHEALTHY
    assert caught >= 0.85 * 200


def _minute(chance, canary_calls):
    canary = sum(chance.random() < 0.2 for _ in range(canary_calls))
    stable = sum(chance.random() < 0.003 for _ in range(60 - canary_calls))
    return canary_calls, canary, 60 - canary_calls, stable


@pytest.mark.parametrize("mean", [0, 0.05, 1, 7.5, 60, 99.9])
@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_quantile_is_the_smallest_count_with_the_probability(mean, probability):
    count = poisson_quantile(mean, probability)
    assert _cumulative(mean, count) >= probability
    assert count == 0 or _cumulative(mean, count - 1) < probability


def test_quantile_of_a_large_mean_is_approximated():
    assert poisson_quantile(1_000_000, 0.5) == 1_000_000
    assert abs(poisson_quantile(101, 0.1) - 88) <= 1


def _cumulative(mean, count):
    return math.fsum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(count + 1))
