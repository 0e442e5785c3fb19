"""The paired test keeps its promise for every error rate of each minute."""

from math import exp, isclose, lgamma, log, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.grouping import Group
from rollout.evidence.paired_test import RISKS, paired_log_evidence, stakes_at

spreads = st.floats(1e-6, 1e6)


@given(st.sampled_from(RISKS), spreads, spreads)
def test_stakes_fulfil_the_condition_of_the_theorem(risk, canary_spread, stable_spread):
    """The condition in the docstring of rollout.evidence.paired_test."""
    gain, loss = stakes_at(risk, canary_spread, stable_spread)
    canary = log1p(-canary_spread * (exp(gain) - 1))
    stable = log1p(stable_spread * (1 - exp(-loss)))
    assert isclose(TOLERATED_RISK * canary + stable, 0, abs_tol=1e-6 * max(1, abs(stable)))


def beta_binomial(calls: int, rate: float, correlation: float) -> list[float]:
    """Return the probability of each number of errors, from 0 to `calls`."""
    a, b = (part * (1 - correlation) / correlation for part in (rate, 1 - rate))
    beta = lambda x, y: lgamma(x) + lgamma(y) - lgamma(x + y)  # noqa: E731 - a formula
    log_ways = [lgamma(calls + 1) - lgamma(errors + 1) - lgamma(calls - errors + 1) for errors in range(calls + 1)]
    return [exp(log_way + beta(errors + a, calls - errors + b) - beta(a, b)) for errors, log_way in enumerate(log_ways)]


@pytest.mark.parametrize("correlation", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("rate", [0.002, 0.1, 0.6])
@pytest.mark.parametrize(("canary_calls", "stable_calls"), [(5, 95), (50, 50), (20, 180)])
def test_expected_worth_for_a_tolerated_canary_is_at_most_one(canary_calls, stable_calls, rate, correlation):
    """Sums over every number of errors, for bursts up to the learned theta."""
    theta = 0.05 / 0.95
    canary = beta_binomial(canary_calls, TOLERATED_RISK * rate, correlation)
    stable = beta_binomial(stable_calls, rate, correlation)
    for risk in RISKS:
        gain, loss = stakes_at(risk, canary_calls * theta, stable_calls * theta)
        worth_canary = sum(p * exp(gain * errors) for errors, p in enumerate(canary))
        worth_stable = sum(p * exp(-loss * errors) for errors, p in enumerate(stable))
        assert worth_canary * worth_stable <= 1 + 1e-9


@pytest.mark.parametrize(("canary_calls", "stable_calls"), [(100, 900), (500, 500), (6, 594)])
@pytest.mark.parametrize("risk", RISKS)
def test_stakes_without_bursts_are_the_likelihood_ratio_of_the_source(risk, canary_calls, stable_calls):
    """Lindon, Sanden and Shirikian 2022, conditional on the errors of both versions together."""
    gain, loss = stakes_at(risk, canary_calls * 1e-9, stable_calls * 1e-9)
    shrink = log((risk * canary_calls + stable_calls) / (TOLERATED_RISK * canary_calls + stable_calls))
    assert gain == pytest.approx(log(risk / TOLERATED_RISK) - shrink, rel=1e-3)
    assert loss == pytest.approx(shrink, rel=1e-3)


def test_outage_of_both_versions_is_no_evidence():
    outage = Group(1, 600, 300, 5400, 2700)
    assert paired_log_evidence([outage] * 5, 0.001) <= 0


def test_late_fault_is_found_within_two_minutes():
    healthy, failing = Group(1, 600, 1, 5400, 11), Group(1, 600, 60, 5400, 11)
    assert paired_log_evidence([healthy] * 10 + [failing] * 2, 0.001) > log(100)
