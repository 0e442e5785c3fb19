"""A step ends early only on proof: a canary as good as stable soon has it, an intolerable one hardly ever."""

from math import exp, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.dispersion import Dispersion
from rollout.evidence.non_inferiority_test import INTOLERABLE_RISK, RATIOS, early_log_evidence
from rollout.evidence.paired_test import MARGIN
from tests.samples import minutes

THETA = 0.01 / 0.99
LEARNED = Dispersion(theta=THETA, error_rate=0.01, minutes=60)
EVEN = Dispersion(theta=0.0001, error_rate=0.002, minutes=60, calls=6000)
PROOF = log(300)


def beta_binomial(calls: int, rate: float, correlation: float) -> list[float]:
    """Return the probability of each number of errors, from 0 to `calls`."""
    a, b = (part * (1 - correlation) / correlation for part in (rate, 1 - rate))
    beta = lambda x, y: lgamma(x) + lgamma(y) - lgamma(x + y)  # noqa: E731 - a formula
    log_ways = [lgamma(calls + 1) - lgamma(errors + 1) - lgamma(calls - errors + 1) for errors in range(calls + 1)]
    return [exp(log_way + beta(errors + a, calls - errors + b) - beta(a, b)) for errors, log_way in enumerate(log_ways)]


@pytest.mark.parametrize("correlation", [0.001, 0.01, 0.0198])
@pytest.mark.parametrize("rate", [0.002, 0.1, 0.4])
@pytest.mark.parametrize("risk", [INTOLERABLE_RISK, 2.4])
@pytest.mark.parametrize(("canary_calls", "stable_calls"), [(5, 60), (40, 40), (60, 10)])
def test_expected_worth_for_an_intolerable_canary_is_at_most_one(canary_calls, stable_calls, risk, rate, correlation):
    """Sums over every number of errors, for bursts up to MARGIN times the learned theta."""
    assert correlation / (1 - correlation) <= MARGIN * THETA
    canary = beta_binomial(canary_calls, risk * rate, correlation)
    stable = beta_binomial(stable_calls, rate, correlation)
    worth = sum(
        p1 * p0 * exp(early_log_evidence(minutes((canary_calls, errors1, stable_calls, errors0)), LEARNED))
        for errors1, p1 in enumerate(canary)
        for errors0, p0 in enumerate(stable)
    )
    assert worth <= 1 + 1e-9


@pytest.mark.parametrize("served", [[], [(100, 0, 900, 0)], [(0, 0, 900, 90)], [(100, 0, 0, 0)]])
def test_evidence_without_failures_or_comparable_minutes_is_zero(served):
    """P5: missing data never passes, and neither does a canary with too few calls to fail."""
    assert early_log_evidence(minutes(*served), LEARNED) == 0


def test_canary_as_good_as_stable_reaches_the_proof():
    assert early_log_evidence(minutes(*[(3000, 6, 3000, 6)] * 20), EVEN) > PROOF


def test_canary_twice_as_bad_does_not_reach_the_proof():
    assert early_log_evidence(minutes(*[(600, 3, 5400, 11), (600, 2, 5400, 11)] * 15), EVEN) < 0


@given(st.integers(0, 99), st.integers(0, 899))
def test_canary_error_never_raises_and_stable_error_never_lowers_the_evidence(canary, stable):
    base, worse, better = (
        early_log_evidence(minutes((100, canary + more, 900, stable + stable_more)), LEARNED)
        for more, stable_more in [(0, 0), (1, 0), (0, 1)]
    )
    assert worse <= base <= better


def test_canary_that_met_no_clump_yet_does_not_reach_the_proof():
    """Stable fails by ten calls at a time, so a canary with a tenth of the calls is expected to see none for long."""
    served = minutes(*[(600, 0, 5400, 10), *[(600, 0, 5400, 0)] * 4] * 8)
    clumps = Dispersion(theta=9 / 6000, error_rate=0.0003, minutes=60, calls=6000)
    assert early_log_evidence(served, clumps) < 1
    assert early_log_evidence(served, clumps.model_copy(update={"theta": 1e-6})) > PROOF


def test_averaged_ratios_are_above_the_tolerated_one():
    assert min(RATIOS) > 1 / INTOLERABLE_RISK
