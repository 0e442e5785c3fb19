"""The paired test keeps its promise for every error rate of each minute."""

from math import exp, isclose, lgamma, log, log1p

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.assumptions import TOLERATED_RISK
from rollout.evidence.dispersion import Dispersion
from rollout.evidence.grouping import Group
from rollout.evidence.outliers import MOST_WORTH
from rollout.evidence.paired_test import MARGIN, RISKS, paired_gains, stakes_at
from rollout.evidence.spread import Bursts, Spread, spread_of
from tests.samples import AT

LEARNED = Dispersion(theta=0.001, error_rate=0.002, minutes=60, calls=6000)
spreads = st.floats(1e-6, 1e6)


portions = st.floats(0.01, 1)


@given(st.sampled_from(RISKS), st.builds(Spread, spreads, portions), st.builds(Spread, spreads, portions))
def test_stakes_fulfil_the_condition_of_the_theorem(risk, canary, stable):
    """The condition in the docstring of rollout.evidence.paired_test."""
    gain, loss = stakes_at(risk, canary, stable)
    left = 1 - canary.size * (exp(gain) - 1)
    gained = stable.portion * log1p(stable.size * (1 - exp(-loss)))
    assert isclose(left, exp(-gained / (TOLERATED_RISK * canary.portion)), rel_tol=1e-6, abs_tol=1e-9)


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
        gain, loss = stakes_at(risk, Spread(canary_calls * theta, 1), Spread(stable_calls * theta, 1))
        worth_canary = sum(p * exp(gain * errors) for errors, p in enumerate(canary))
        worth_stable = sum(p * exp(-loss * errors) for errors, p in enumerate(stable))
        assert worth_canary * worth_stable <= 1 + 1e-9


@pytest.mark.parametrize(("canary_calls", "stable_calls"), [(100, 900), (500, 500), (6, 594)])
@pytest.mark.parametrize("risk", RISKS)
def test_stakes_without_bursts_are_the_likelihood_ratio_of_the_source(risk, canary_calls, stable_calls):
    """Lindon, Sanden and Shirikian 2022, conditional on the errors of both versions together."""
    gain, loss = stakes_at(risk, Spread(canary_calls * 1e-9, 1), Spread(stable_calls * 1e-9, 1))
    shrink = log((risk * canary_calls + stable_calls) / (TOLERATED_RISK * canary_calls + stable_calls))
    assert gain == pytest.approx(log(risk / TOLERATED_RISK) - shrink, rel=1e-3)
    assert loss == pytest.approx(shrink, rel=1e-3)


def clumped(calls: int, rate: float, size: float) -> list[float]:
    """Return the probability of each number of errors if they come in clumps of geometric size (Polya-Aeppli)."""
    mean, most = calls * rate / size, 60
    log_clumps = [count * log(mean) - mean - lgamma(count + 1) for count in range(most)]
    errors = [exp(-mean)] + [0.0] * 400
    for total in range(1, len(errors)):
        for count in range(1, min(total, most - 1) + 1):
            ways = lgamma(total) - lgamma(count) - lgamma(total - count + 1)
            errors[total] += exp(log_clumps[count] + ways - count * log(size) + (total - count) * log1p(-1 / size))
    return errors


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("size", [3, 10])
def test_expected_worth_of_whole_clumps_is_at_most_one(share, size):
    """A canary with few calls meets a clump whole: sums over every number of errors of both versions."""
    learned = Dispersion(theta=2 * (size - 1) / 1000, error_rate=0.01, minutes=60, calls=1000)
    calls = round(1000 * share), round(1000 * (1 - share))
    spreads = [spread_of(each, learned, Bursts.WHOLE, MARGIN) for each in calls]
    canary, stable = clumped(calls[0], TOLERATED_RISK * 0.01, size), clumped(calls[1], 0.01, size)
    for risk in RISKS:
        gain, loss = stakes_at(risk, *spreads)
        worth_canary = sum(p * exp(gain * errors) for errors, p in enumerate(canary))
        worth_stable = sum(p * exp(-loss * errors) for errors, p in enumerate(stable))
        assert worth_canary * worth_stable <= 1 + 1e-9


def evidence(*groups: Group, learned: Dispersion = LEARNED) -> float:
    return sum(paired_gains(groups, learned, Bursts.PROPORTIONAL))


def test_outage_of_both_versions_is_no_evidence():
    outage = Group(1, 600, 300, 5400, 2700, AT)
    assert evidence(*[outage] * 5) <= 0


def test_late_fault_is_found_within_two_minutes():
    healthy, failing = Group(1, 600, 1, 5400, 11, AT), Group(1, 600, 60, 5400, 11, AT)
    assert evidence(*[healthy] * 10, *[failing] * 2) > log(100)


def test_minute_of_a_stable_with_outliers_has_a_limited_worth():
    failing, learned = Group(1, 600, 600, 5400, 11, AT), LEARNED.model_copy(update={"outliers": 0.5})
    assert evidence(failing, learned=learned) == pytest.approx(log(MOST_WORTH / 0.5))
    assert evidence(failing) > 100
