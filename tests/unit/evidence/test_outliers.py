"""Outliers are learned from stable's history: minutes of ten times the usual rate show them."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.outliers import (
    FACTOR_STEPS,
    MOST_WORTH,
    SHARES,
    log_most_worth,
    outlier_probability,
    with_outliers,
)

EVEN = [Counts(calls=6000, bad=12)] * 60
WITH_OUTLIERS = [*[Counts(calls=6000, bad=6)] * 55, *(Counts(calls=6000, bad=bad) for bad in (25, 30, 60, 120, 200))]


def test_history_with_outliers_shows_them():
    assert outlier_probability(WITH_OUTLIERS, 0.002, 0.001) > 0.99


def test_even_history_excludes_outliers():
    assert outlier_probability(EVEN, 0.002, 1e-6) < 0.05


def test_without_history_both_answers_are_equally_likely():
    assert outlier_probability([], 1e-6, 0.02) == 0.5


@pytest.mark.parametrize(("error_rate", "theta"), [(1.0, 10.0), (1e-6, 1e-3), (1.0, 1e-6), (1e-6, 10.0)])
def test_probability_is_finite_for_any_counts(error_rate, theta):
    minutes = [Counts(calls=10**9, bad=10**9), Counts(calls=1, bad=0), Counts(calls=10**6, bad=3)] * 60
    assert 0 <= outlier_probability(minutes, error_rate, theta) <= 1


def test_factors_have_the_probabilities_of_a_pareto_distribution_of_mean_one():
    """The middle between two factors, on a logarithmic scale, parts them; the smallest value of this Pareto is 1/3."""
    tails = [(3 * 10 ** ((steps - 2) / 8)) ** -1.5 for steps in (*FACTOR_STEPS, 20)]
    assert list(SHARES) == pytest.approx([high - low for high, low in pairwise(tails)], rel=0.5)


@given(st.floats(0, 1), st.lists(st.floats(0, 1), min_size=17, max_size=60))
def test_mixture_is_a_mean_of_likelihoods(probability, values):
    mixed = with_outliers(values, probability)
    assert len(mixed) == len(values) - max(FACTOR_STEPS)
    assert all(0 <= value <= max(values) + 1e-12 for value in mixed)


def test_worth_is_limited_the_more_the_likelier_outliers_are():
    assert log_most_worth(1) == math.log(MOST_WORTH)
    assert log_most_worth(0.01) == math.log(100 * MOST_WORTH)
    assert log_most_worth(0) == math.inf
