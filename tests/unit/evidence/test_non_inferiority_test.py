"""A step ends early on proof alone: an intolerable canary hardly ever has it, an equal one soon."""

from math import exp, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.non_inferiority_test import INTOLERABLE_RISK, RATIOS, early_log_evidence
from rollout.evidence.paired_test import MARGIN
from tests.samples import minutes

THETA = 0.01 / 0.99
PROOF = log(300)


def beta_binomial(calls: int, rate: float, correlation: float) -> list[float]:
    """Return how likely each number of errors is."""
    a, b = (part * (1 - correlation) / correlation for part in (rate, 1 - rate))
    beta = lambda x, y: lgamma(x) + lgamma(y) - lgamma(x + y)  # noqa: E731 - a formula
    ways = [lgamma(calls + 1) - lgamma(errors + 1) - lgamma(calls - errors + 1) for errors in range(calls + 1)]
    return [exp(way + beta(errors + a, calls - errors + b) - beta(a, b)) for errors, way in enumerate(ways)]


@pytest.mark.parametrize("correlation", [0.001, 0.01, 0.0198])
@pytest.mark.parametrize("rate", [0.002, 0.1, 0.4])
@pytest.mark.parametrize("risk", [INTOLERABLE_RISK, 2.4])
@pytest.mark.parametrize(("canary_calls", "stable_calls"), [(5, 60), (40, 40), (60, 10)])
def test_a_minute_of_an_intolerable_canary_is_worth_at_most_one(canary_calls, stable_calls, risk, rate, correlation):
    """By summation over every number of errors, at bursts up to MARGIN times the theta learnt."""
    assert correlation / (1 - correlation) <= MARGIN * THETA
    canary = beta_binomial(canary_calls, risk * rate, correlation)
    stable = beta_binomial(stable_calls, rate, correlation)
    worth = sum(
        p1 * p0 * exp(early_log_evidence(minutes((canary_calls, errors1, stable_calls, errors0)), THETA))
        for errors1, p1 in enumerate(canary)
        for errors0, p0 in enumerate(stable)
    )
    assert worth <= 1 + 1e-9


@pytest.mark.parametrize("observe", [[], [(100, 0, 900, 0)], [(0, 0, 900, 90)], [(100, 0, 0, 0)]])
def test_where_nothing_fails_or_nothing_compares_there_is_no_proof(observe):
    """P5: silence is never health, nor is a canary too quiet to fail."""
    assert early_log_evidence(minutes(*observe), THETA) == 0


def test_a_canary_as_good_as_stable_is_proved_to_be_so():
    assert early_log_evidence(minutes(*[(3000, 6, 3000, 6)] * 20), 0.0001) > PROOF


def test_a_canary_twice_as_bad_is_not():
    assert early_log_evidence(minutes(*[(600, 3, 5400, 11), (600, 2, 5400, 11)] * 15), 0.0001) < 0


@given(st.integers(0, 99), st.integers(0, 899))
def test_a_canary_error_more_never_helps_it_and_a_stable_error_more_never_harms_it(canary, stable):
    found, worse, better = (
        early_log_evidence(minutes((100, canary + more, 900, stable + beside)), THETA)
        for more, beside in [(0, 0), (1, 0), (0, 1)]
    )
    assert worse <= found <= better


def test_what_is_weighed_lies_above_what_is_tolerated():
    assert min(RATIOS) > 1 / INTOLERABLE_RISK
