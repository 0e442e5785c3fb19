"""The evidence is the formula of the sources, and stays honest however often one looks."""

import math
import random
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence import RISKS, TOLERATED_RISK, log_evidence, log_likelihood_ratio
from tests.samples import minutes

Counts = tuple[int, int, int, int]


@st.composite
def counts(draw: st.DrawFn, most: int = 5000) -> Counts:
    canary, stable = draw(st.integers(0, most)), draw(st.integers(0, most))
    return canary, draw(st.integers(0, canary)), stable, draw(st.integers(0, stable))


def likelihood(minute: Counts, risk: Fraction) -> Fraction:
    """Return how likely this split of the errors is: each falls on the canary as a coin of its calls and risk says."""
    canary_calls, canary_errors, stable_calls, stable_errors = minute
    on_canary = risk * canary_calls / (risk * canary_calls + stable_calls)
    ways = math.comb(canary_errors + stable_errors, canary_errors)
    return ways * on_canary**canary_errors * (1 - on_canary) ** stable_errors


def exact_evidence(observed: list[Counts]) -> float:
    """Return the mean over the risks of the likelihood ratio of all minutes, in exact fractions."""
    ratios = [
        math.prod(likelihood(m, Fraction(risk)) / likelihood(m, Fraction(TOLERATED_RISK)) for m in observed)
        for risk in RISKS
    ]
    return float(sum(ratios) / len(ratios))


@pytest.mark.parametrize(
    "observed",
    [
        [(100, 1, 900, 9)],
        [(100, 5, 900, 0)],
        [(100, 0, 900, 9)],
        [(10, 10, 10, 0), (10, 3, 90, 1)],
        [(50, 2, 950, 8), (500, 7, 500, 4), (990, 9, 10, 1)],
    ],
)
def test_the_evidence_is_the_mean_of_binomial_likelihood_ratios(observed):
    assert math.exp(log_evidence(minutes(*observed))) == pytest.approx(exact_evidence(observed), rel=1e-9)


@pytest.mark.parametrize("observed", [[], [(0, 0, 0, 0)], [(0, 0, 900, 9)], [(100, 0, 900, 0)], [(100, 50, 0, 0)]])
def test_where_nothing_can_be_compared_the_evidence_says_nothing(observed):
    """P5: no calls on one of them, or no error on either, speaks neither for nor against."""
    assert log_evidence(minutes(*observed)) == 0


@given(st.lists(counts(), max_size=8), st.integers(0, 9000), st.integers(0, 9000))
def test_a_minute_in_which_neither_failed_changes_nothing(observed, canary_calls, stable_calls):
    quiet = (canary_calls, 0, stable_calls, 0)
    assert log_evidence(minutes(*observed, quiet)) == log_evidence(minutes(*observed))


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 100), st.integers(1, 30))
def test_an_outage_of_both_versions_is_no_evidence(canary_calls, stable_calls, failed_percent, lasted):
    """Both fail in proportion to their calls, as when what they both depend on is down."""
    outage = (
        canary_calls * 100,
        canary_calls * failed_percent,
        stable_calls * 100,
        stable_calls * failed_percent,
    )
    assert log_evidence(minutes(*[outage] * lasted)) <= 0


@given(st.lists(counts(), min_size=1, max_size=6), st.data())
def test_more_errors_on_the_canary_are_never_less_evidence(observed, data):
    place = data.draw(st.integers(0, len(observed) - 1))
    calls, errors, *stable = observed[place]
    worse = [*observed]
    worse[place] = (calls, data.draw(st.integers(errors, calls)), *stable)
    assert log_evidence(minutes(*worse)) >= log_evidence(minutes(*observed)) - 1e-9


@given(st.lists(counts(10**12), max_size=20))
def test_the_evidence_is_a_number_whatever_the_counts(observed):
    assert math.isfinite(log_evidence(minutes(*observed)))


@given(counts())
def test_the_tolerated_risk_against_itself_says_nothing(minute):
    (only,) = minutes(minute)
    assert log_likelihood_ratio(only, TOLERATED_RISK) == 0


def binomial(chance: random.Random, calls: int, rate: float) -> int:
    """Return how many of the calls fail, by the gaps between failures."""
    failed, call = 0, 0
    while (call := call + 1 + int(math.log(1 - chance.random()) / math.log(1 - rate))) <= calls:
        failed += 1
    return failed


def is_ever_over(chance: random.Random, limit: float, rate: float) -> bool:
    """Return whether a canary as good as stable, looked at every minute, is ever held for worse."""
    looked = (
        minutes((calls, binomial(chance, calls, rate), 600 - calls, binomial(chance, 600 - calls, rate)))
        for calls in [30] * 8 + [150] * 8 + [300] * 8
    )
    totals = accumulate(
        ([log_likelihood_ratio(minute, risk) for risk in RISKS] for (minute,) in looked),
        lambda total, new: [a + b for a, b in zip(total, new, strict=True)],
    )
    return any(sum(map(math.exp, total)) / len(RISKS) >= limit for total in totals)


@pytest.mark.parametrize(("alpha", "rate"), [(0.05, 0.02), (0.2, 0.005)])
def test_a_healthy_canary_is_rarely_held_for_worse_over_all_looks_together(alpha, rate):
    """With independent errors no more than alpha, at the upper 95 % bound of what was counted."""
    chance, rollouts = random.Random(20260301), 1500  # noqa: S311 - a seed, so that the test is one of yes or no
    share = sum(is_ever_over(chance, 1 / alpha, rate) for _ in range(rollouts)) / rollouts
    assert share + 1.645 * math.sqrt(max(share * (1 - share), 1 / rollouts) / rollouts) <= alpha
