"""The rate grid follows stable's hidden rate level and never loses it to underflow."""

from math import exp, inf, lgamma, log, log1p

import pytest

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.outliers import FACTOR_STEPS
from rollout.evidence.rate_grid import (
    BELOW,
    JUMP,
    STEP,
    Likelihoods,
    Transition,
    canary_table,
    jump_transition,
    learn_levels,
    likelihoods,
    stable_table,
    update_weights,
)

LEARNED = Dispersion(theta=0.001, error_rate=0.01, minutes=60)


def negative_binomial(errors: int, mean: float, spread: float) -> float:
    """Return ln of the probability of this many errors, with a variance of mean * (1 + spread)."""
    shape = mean / spread
    return (
        lgamma(errors + shape)
        - lgamma(shape)
        - lgamma(errors + 1)
        + errors * log(spread / (1 + spread))
        - shape * log1p(spread)
    )


@pytest.mark.parametrize("errors", [0, 1, 7, 400])
def test_likelihoods_equal_the_negative_binomial_up_to_a_constant(errors):
    stable, canary = (table(LEARNED.theta, LEARNED.error_rate, 1) for table in (stable_table, canary_table))
    levels, calls = likelihoods(errors, 1000 * LEARNED.theta, stable, 0), 1000
    exact = [
        negative_binomial(errors, calls * LEARNED.error_rate * STEP**step, calls * LEARNED.theta)
        for step in range(-BELOW, len(stable.shapes) - BELOW)
    ]
    shown = [value - max(exact) for value in exact][: len(levels.logs)]
    assert levels.logs == pytest.approx(shown, abs=1e-9)
    assert levels.values == pytest.approx([exp(value) for value in shown], abs=1e-9)
    assert canary.shapes[0] == pytest.approx(TOLERATED_RISK * stable.shapes[0])


def test_grid_reaches_up_to_every_call_failing():
    """With a lower end, an outage of both versions would look like a bad canary."""
    stable = stable_table(LEARNED.theta, LEARNED.error_rate, 1)
    highest = len(stable.shapes) - max(FACTOR_STEPS) - 1
    assert stable.shapes[highest] * LEARNED.theta >= 1


def test_level_of_a_vanished_likelihood_keeps_its_logarithm():
    levels = likelihoods(10**6, 1000 * LEARNED.theta, stable_table(LEARNED.theta, LEARNED.error_rate, 1), 0.5)
    assert levels.values[0] == 0
    assert -inf < levels.logs[0] < -700


NOTHING = Likelihoods([1.0, 1.0], [0.0, 0.0])


def test_jump_keeps_the_total_weight():
    (weights,), total = update_weights([[1.0, 0.0]], [jump_transition([1.0, 0.0])], NOTHING, NOTHING, (0,))
    assert weights == pytest.approx([1 - JUMP / 2, JUMP / 2])
    assert total == pytest.approx(0)


def test_underflowing_weights_are_summed_in_logs():
    far, near = Likelihoods([1.0, 0.0], [0.0, -2000.0]), Likelihoods([0.0, 1.0], [-2000.0, 0.0])
    (weights,), total = update_weights([[0.5, 0.5]], [Transition(0.5, 1.0, [0.0, 0.5], 0.0)], far, near, (0,))
    assert weights[0] / weights[1] == pytest.approx(0.25 / 0.75)
    assert total == pytest.approx(-2000)


def test_history_sets_the_rate_level():
    weights = learn_levels([Counts(calls=10_000, bad=100)] * 30, LEARNED)
    assert weights.index(max(weights)) == BELOW
