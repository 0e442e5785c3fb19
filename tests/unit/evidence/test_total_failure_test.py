"""The total failure test finds a canary whose every call fails, and takes no burst of the learned size for one."""

from math import exp, lgamma, log

import pytest
from scipy.stats import nbinom

from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.rate_grid import BELOW, FACTOR_STEPS, JUMP, Table, canary_table, stable_table
from rollout.evidence.spread import Bursts, Spread, spread_of
from rollout.evidence.total_failure_test import FEWEST_CALLS, log_probabilities, total_failure_gains
from tests.samples import AT

LEARNED = Dispersion(theta=0.01, error_rate=0.002, minutes=60, calls=6000)
LEVELS = len(stable_table(LEARNED.theta, LEARNED.error_rate, 1).shapes) - max(FACTOR_STEPS)
AT_LEARNED_RATE = [1.0 if level == BELOW else 1e-12 for level in range(LEVELS)]


def gains(*groups: Group, learned: Dispersion = LEARNED, bursts: Bursts = Bursts.WHOLE) -> list[float]:
    return [*total_failure_gains(groups, [AT_LEARNED_RATE] * len(groups), learned, bursts)]


def minute(calls: int, bad: int, stable_bad: int = 12, stable_calls: int = 5940) -> Group:
    return Group(1, calls, bad, stable_calls, stable_bad, AT)


@pytest.mark.parametrize("errors", [0, 3, 30, 59])
@pytest.mark.parametrize("size", [1e-3, 0.5, 54, 5000])
def test_fewer_errors_than_calls_count_as_exactly_so_many(errors, size):
    table = canary_table(LEARNED.theta, LEARNED.error_rate, 0.1)
    expected = nbinom.logpmf(errors, table.shapes, 1 / (1 + size))
    assert log_probabilities(errors, 60, Spread(size, 0.1), table) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("calls", [3, 60, 3000, 30_000])
@pytest.mark.parametrize("of_calls", [0.05, 0.9, 1.1, 20])
def test_all_calls_failing_counts_as_at_least_so_many_errors(calls, of_calls):
    size = of_calls * calls
    table = Table(shapes := (1e-4, 0.01, 0.4, 3.0), tuple(map(lgamma, shapes)))
    found = log_probabilities(calls, calls, Spread(size, 0.1), table)
    expected = nbinom.logsf(calls - 1, shapes, 1 / (1 + size))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("calls", [3, 6, 60, 300])
@pytest.mark.parametrize("stable_bad", [0, 12, 500])
def test_expected_worth_for_a_tolerated_canary_is_at_most_one(calls, stable_bad):
    """Sums over every number of errors, at the rate level that the canary has, but for the level's chance to jump."""
    spread = spread_of(calls, LEARNED, Bursts.WHOLE)
    table = canary_table(LEARNED.theta, LEARNED.error_rate, spread.portion)
    chances = [exp(log_probabilities(bad, calls, spread, table)[BELOW]) for bad in range(calls + 1)]
    worths = [exp(gains(minute(calls, bad, stable_bad))[0]) for bad in range(calls + 1)]
    assert sum(chances) == pytest.approx(1)
    assert sum(chance * worth for chance, worth in zip(chances, worths, strict=True)) <= 1 + JUMP


@pytest.mark.parametrize("calls", [6, 60, 600])
def test_canary_whose_every_call_fails_is_found_in_its_first_minute(calls):
    """Also where a burst is as large as the calls of the canary."""
    assert gains(minute(calls, calls))[0] > log(100 / 0.1)


def test_larger_bursts_need_more_proof():
    """At ten times the errors, one of 250 healthy canaries of 60 calls has such a minute."""
    often = LEARNED.model_copy(update={"error_rate": 0.02})
    assert gains(minute(60, 60, 120), learned=often)[0] < log(100 / 0.1)


def test_canary_that_starts_to_fail_is_found_in_that_minute():
    healthy = [minute(600, 1)] * 10
    assert gains(*healthy, minute(600, 600), bursts=Bursts.PROPORTIONAL)[-1] > log(100 / 0.1)


def test_healthy_minutes_cost_little():
    """The first one ends the suspicion, and each later one costs the probability of a switch."""
    costs = gains(*[minute(600, 1)] * 30)
    assert costs[0] == pytest.approx(log(0.1), abs=0.1)
    assert sum(costs[1:]) == pytest.approx(29 * log(0.99))


@pytest.mark.parametrize("failed_percent", [11, 60, 99, 100])
def test_outage_of_both_versions_adds_nothing(failed_percent):
    assert gains(minute(600, 6 * failed_percent, 54 * failed_percent, 5400)) == [0]


def test_few_calls_add_nothing():
    assert gains(minute(FEWEST_CALLS - 1, FEWEST_CALLS - 1)) == [0]


def test_nothing_is_added_without_bursts_to_learn_from():
    assert gains(minute(60, 60), learned=LEARNED.model_copy(update={"minutes": 0})) == [0]
