"""Stable's hidden level is followed as its source says, and never lost to underflow."""

from math import lgamma, log, log1p

import pytest

from rollout.domain.counts import Counts
from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.rate_grid import (
    BELOW,
    JUMP,
    STEP,
    Likelihoods,
    Move,
    grown,
    jumped,
    learn_levels,
    likelihoods,
    tables,
)

LEARNT = Dispersion(theta=0.001, error_rate=0.01, minutes=60)


def negative_binomial(errors: int, mean: float, spread: float) -> float:
    """Return ln of how likely so many errors are, with a variance of mean * (1 + spread)."""
    shape = mean / spread
    return (
        lgamma(errors + shape)
        - lgamma(shape)
        - lgamma(errors + 1)
        + errors * log(spread / (1 + spread))
        - shape * log1p(spread)
    )


@pytest.mark.parametrize("errors", [0, 1, 7, 400])
def test_likelihoods_are_the_negative_binomials_but_for_a_constant(errors):
    stable, canary = tables(LEARNT.theta, LEARNT.error_rate, 1)
    told, calls = likelihoods(errors, 1000 * LEARNT.theta, stable), 1000
    exact = [
        negative_binomial(errors, calls * LEARNT.error_rate * STEP**step, calls * LEARNT.theta)
        for step in range(-BELOW, len(stable.shapes) - BELOW)
    ]
    assert told.logs == pytest.approx([value - max(exact) for value in exact], abs=1e-9)
    assert canary.shapes[0] == pytest.approx(TOLERATED_RISK * stable.shapes[0])


def test_the_lattice_reaches_up_to_every_call_failing():
    """A lattice that ended below would take an outage of both versions for a bad canary."""
    stable, _ = tables(LEARNT.theta, LEARNT.error_rate, 1)
    assert stable.shapes[-1] * LEARNT.theta >= 1


NOTHING = Likelihoods([0.0, 0.0], [1.0, 1.0])


def test_a_jump_moves_weight_and_loses_none():
    (weights,), total = grown([[1.0, 0.0]], [jumped([1.0, 0.0])], NOTHING, NOTHING, (0,))
    assert weights == pytest.approx([1 - JUMP / 2, JUMP / 2])
    assert total == pytest.approx(0)


def test_weights_too_small_for_a_float_are_summed_in_logs():
    far, near = Likelihoods([0.0, -2000.0], [1.0, 0.0]), Likelihoods([-2000.0, 0.0], [0.0, 1.0])
    (weights,), total = grown([[0.5, 0.5]], [Move(0.5, [0.0, 0.5], 0.0)], far, near, (0,))
    assert weights[0] / weights[1] == pytest.approx(0.25 / 0.75)
    assert total == pytest.approx(-2000)


def test_history_teaches_the_level():
    weights = learn_levels([Counts(calls=10_000, bad=100)] * 30, LEARNT)
    assert weights.index(max(weights)) == BELOW
