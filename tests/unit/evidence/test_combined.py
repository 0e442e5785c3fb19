"""The evidence tells a worse canary from bursts, outages and chance, however often one looks."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.combined import bake_log_evidence, log_evidence
from rollout.evidence.dispersion import learn_dispersion
from rollout.evidence.series import Series
from tests.samples import minutes

FourCounts = tuple[int, int, int, int]
HOUR = (Counts(calls=6000, bad=12),) * 60
LIMIT = math.log(100)


@st.composite
def counts(draw: st.DrawFn, most: int = 5000) -> FourCounts:
    canary, stable = draw(st.integers(0, most)), draw(st.integers(0, most))
    return canary, draw(st.integers(0, canary)), stable, draw(st.integers(0, stable))


def evidence(*served: FourCounts, history: tuple[Counts, ...] = HOUR) -> float:
    seen = minutes(*served)
    return log_evidence(seen, history, learn_dispersion(history, [minute.stable for minute in seen]))


@pytest.mark.parametrize("observe", [[], [(0, 0, 0, 0)], [(0, 0, 900, 9)], [(100, 50, 0, 0)]])
def test_where_nothing_can_be_compared_the_evidence_says_nothing(observe):
    """P5."""
    assert evidence(*observe) == 0


@pytest.mark.parametrize("history", [HOUR, ()])
@pytest.mark.parametrize("failed_percent", [10, 50, 100])
def test_an_outage_of_both_versions_is_no_evidence(history, failed_percent):
    failed = (600 * failed_percent // 100, 5400 * failed_percent // 100)
    outage = (600, failed[0], 5400, failed[1])
    assert evidence(*[(600, 1, 5400, 11)] * 5, *[outage] * 3, *[(600, 1, 5400, 11)] * 5, history=history) < 1


def evidence_of(series: Series) -> float:
    return log_evidence(series.minutes, series.history, series.dispersion)


def test_bursts_that_history_had_none_of_do_not_condemn_the_canary_of_a_long_rollout():
    """In the hour before the first shift, by chance, no burst came; since then both versions have them."""
    bursts = [(600, 0, 5400, 60), (600, 12, 5400, 0), *[(600, 0, 5400, 0)] * 3] * 48
    assert evidence(*bursts) > LIMIT
    assert evidence_of(Series(minutes=minutes(*bursts), history=HOUR)) < 1


@pytest.mark.parametrize("outage", [(600, 6, 5400, 54), (600, 120, 5400, 1080), (600, 300, 5400, 2700)])
def test_an_outage_of_both_versions_hides_no_fault_that_comes_hours_later(outage):
    day = [*[(600, 1, 5400, 11)] * 30, *[outage] * 3, *[(600, 1, 5400, 11), (600, 0, 5400, 11)] * 150]
    assert evidence_of(Series(minutes=minutes(*day), history=HOUR)) < 1
    assert evidence_of(Series(minutes=minutes(*day, *[(600, 6, 5400, 11)] * 15), history=HOUR)) >= LIMIT


@pytest.mark.parametrize("history", [HOUR, ()])
@pytest.mark.parametrize("observe", [(60, 60, 5940, 12), (600, 300, 5400, 11)])
def test_a_canary_that_breaks_is_found_in_its_first_minute(history, observe):
    assert evidence(observe, history=history) >= LIMIT


@pytest.mark.parametrize(("history", "lasted"), [(HOUR, 10), ((), 20)])
def test_a_canary_five_times_worse_is_found_the_sooner_for_knowing_stable(history, lasted):
    assert evidence(*[(600, 6, 5400, 11)] * lasted, history=history) >= LIMIT


def test_one_burst_on_the_canary_is_forgiven_where_stable_is_known_for_bursts():
    bursty = tuple(Counts(calls=6000, bad=errors) for errors in (0, 1, 60, 2, 0, 0, 35, 1, 0, 21) * 6)
    observe = [(600, 0, 5400, 3), (600, 5, 5400, 0), (600, 0, 5400, 2), (600, 0, 5400, 40)]
    assert evidence(*observe, history=bursty) < LIMIT < evidence((600, 20, 5400, 11), history=HOUR)


@settings(max_examples=40)
@given(st.lists(counts(10**9), max_size=6), st.lists(counts(10**6), max_size=20))
def test_the_evidence_is_a_number_whatever_the_counts(observe, before):
    history = tuple(Counts(calls=calls, bad=errors) for calls, errors, _, _ in before)
    assert math.isfinite(evidence(*observe, history=history))


def beta_binomial(chance: random.Random, calls: int, rate: float, correlation: float) -> int:
    """Return how many of a minute's calls fail, in bursts of this intra-minute correlation."""
    scale = (1 - correlation) / correlation
    drawn = chance.betavariate(rate * scale, (1 - rate) * scale)
    deviation = math.sqrt(calls * drawn * (1 - drawn))
    return min(calls, max(0, round(chance.gauss(calls * drawn, deviation))))


def is_ever_over(chance: random.Random, limit: float) -> bool:
    """Return whether a canary as good as stable, both in bursts, is held for worse at any of twelve looks."""
    burst = lambda calls: beta_binomial(chance, calls, 0.002, 0.002)  # noqa: E731 - a short name for the traffic
    history = tuple(Counts(calls=60_000, bad=burst(60_000)) for _ in range(60))
    shares = [0.05] * 4 + [0.25] * 4 + [0.5] * 4
    observe = [
        (canary, burst(canary), 60_000 - canary, burst(60_000 - canary))
        for canary in (round(60_000 * share) for share in shares)
    ]
    return any(evidence(*observe[:evaluations], history=history) >= limit for evaluations in range(2, 13, 2))


def test_bursts_alone_do_not_take_a_healthy_canary_back():
    """The plain test does so in half of such rollouts; `make bench-judge` measures the whole matrix."""
    chance, rollouts = random.Random(20260301), 80  # noqa: S311 - a seed, so that the test is one of yes or no
    assert sum(is_ever_over(chance, math.log(20)) for _ in range(rollouts)) / rollouts <= 0.05


def bake_evidence(*observe: tuple[int, int], history: tuple[Counts, ...] = HOUR) -> float:
    """Return the evidence of the canary's calls and errors since promotion."""
    seen = minutes(*((calls, errors, 0, 0) for calls, errors in observe))
    return bake_log_evidence(seen, history, learn_dispersion(history))


@pytest.mark.parametrize("history", [HOUR, ()])
@pytest.mark.parametrize("observe", [[], [(0, 0)]])
def test_a_bake_without_calls_says_nothing(observe, history):
    """P5."""
    assert bake_evidence(*observe, history=history) == 0


def test_a_canary_that_goes_on_as_stable_did_is_left_alone():
    assert bake_evidence(*[(6000, 11), (6000, 13)] * 30) < 0


@pytest.mark.parametrize("errors", [60, 600, 6000])
@pytest.mark.parametrize("good", [0, 10])
def test_a_canary_that_fails_more_than_stable_did_is_found_at_once(errors, good):
    """However much more, and however late: an outage of the world looks the same, which is why it only advises."""
    assert bake_evidence(*[(6000, 12)] * good, *[(6000, errors)] * 2) >= LIMIT


def test_what_stands_in_stables_place_in_the_bake_is_not_looked_at():
    beside = bake_log_evidence(minutes(*[(6000, 12, 9, 9)] * 5), HOUR, learn_dispersion(HOUR))
    assert beside == bake_evidence(*[(6000, 12)] * 5)


@settings(max_examples=40)
@given(st.lists(counts(10**9), max_size=6), st.lists(counts(10**6), max_size=20))
def test_the_evidence_of_a_bake_is_a_number_whatever_the_counts(observe, before):
    history = tuple(Counts(calls=calls, bad=errors) for calls, errors, _, _ in before)
    assert math.isfinite(bake_evidence(*((calls, errors) for calls, errors, _, _ in observe), history=history))
