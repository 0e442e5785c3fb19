"""Stable's own minutes show how far the evidence rises without a canary, and by how much its limit must be raised."""

from itertools import pairwise

import pytest

from rollout.domain.counts import Counts
from rollout.evidence.calibration import excess
from rollout.evidence.calibration.excess import FIRST, LEVELS, MOST, ROLLOUTS, Excess, least_probability, measure_excess

SHARES = (0.1,) * 5 + (0.5,) * 5
HISTORY = (Counts(calls=600, bad=1), Counts(calls=600, bad=0)) * 30


def history_of(calls: int, *errors: int) -> list[Counts]:
    return [Counts(calls=calls, bad=bad) for bad in errors]


def excess_of(monkeypatch, *highest: float, rollouts: int = ROLLOUTS) -> Excess:
    """Return the excess if the rollouts made of stable's minutes have these highest evidences, over and over."""
    given = iter(highest * ROLLOUTS)
    monkeypatch.setattr(excess, "highest_log_evidence", lambda *_: next(given))
    return measure_excess(HISTORY, SHARES, "seed", most_rollouts=rollouts)


@pytest.mark.parametrize("calls", [60, 600, 6000])
@pytest.mark.parametrize(
    "errors", [(0,) * 60, (1, 0) * 30, (0, 2, 1, 3, 0, 1) * 10, (1, 0, 0, 40, 0, 0, 0, 0, 0, 0) * 6]
)
def test_errors_that_the_judge_was_made_for_raise_nothing(calls, errors):
    """They come one by one, or in clumps that the dispersion has learned."""
    found = measure_excess(history_of(calls, *errors), SHARES, "seed")
    assert (found.factor, found.rollouts) == (1, FIRST)


@pytest.mark.parametrize(
    ("history", "shares"), [(HISTORY[:59], SHARES), ((*HISTORY[:59], Counts()), SHARES), (HISTORY, ())]
)
def test_too_few_minutes_or_no_shares_raise_nothing(history, shares):
    assert measure_excess(history, shares, "seed") == Excess(factor=1, rollouts=0)


def test_same_history_and_seed_give_the_same_excess_again():
    """P4: a repeated task finds the same limit."""
    burst = history_of(6000, *[1] * 40, *[30, 70, 20] * 4, *[0] * 8)
    assert measure_excess(burst, SHARES, "seed") == measure_excess(burst, SHARES, "seed")


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        ((0.0,) * 100, Excess(1, 10, 0, FIRST)),
        ((3.0,) + (0.0,) * 99, Excess(1, 10, 1, FIRST)),
        ((3.0,) * 10 + (0.0,) * 90, Excess(1, 10, 10, 100)),
    ],
)
def test_rollouts_as_promised_raise_nothing(monkeypatch, highest, expected):
    """One in ten may exceed an evidence of 10."""
    assert excess_of(monkeypatch, *highest) == expected


def test_factor_is_the_largest_of_the_levels(monkeypatch):
    """35 of 100 above 10 are at least 2.4 times as many as promised, and the 5 above 100 at least 1.3 times."""
    found = excess_of(monkeypatch, *[4.0] * 5, *[2.5] * 30, *[0.0] * 65)
    assert (found.level, found.exceeded, found.rollouts) == (10, 35, 100)
    assert found.factor == pytest.approx(10 * least_probability(35, 100))
    assert found.factor > 100 * least_probability(5, 100) > 1


def test_limit_is_raised_at_most_a_hundredfold(monkeypatch):
    assert excess_of(monkeypatch, 50.0).factor == MOST


def test_single_rollout_never_raises_the_limit(monkeypatch):
    assert all(level * least_probability(1, ROLLOUTS) < 1 for level in LEVELS)
    few = excess_of(monkeypatch, 50.0, *[0.0] * 24, rollouts=25)
    assert (few.factor, few.rollouts) == (1, 25)


def test_fewer_rollouts_raise_the_limit_by_less(monkeypatch):
    """Fewer rollouts show less, so the bound of the same share is lower."""
    few, all_of_them = (excess_of(monkeypatch, 5.0, *[0.0] * 4, rollouts=rollouts) for rollouts in (25, ROLLOUTS))
    assert (few.rollouts, all_of_them.rollouts) == (25, ROLLOUTS)
    assert 1 < few.factor < all_of_them.factor


@pytest.mark.parametrize(
    ("count", "total", "expected"), [(0, 100, 0), (5, 100, 0.012969), (19, 100, 0.107745), (100, 100, 0.954993)]
)
def test_least_probability_is_the_lower_bound_of_clopper_and_pearson(count, total, expected):
    """The values are scipy.stats.beta.ppf(0.01, count, total - count + 1)."""
    assert least_probability(count, total) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("length", [1, 7, 30, 31, 1440])
def test_longer_rollout_keeps_the_proportion_of_its_shares(monkeypatch, length):
    seen = []
    monkeypatch.setattr(excess, "split_minutes", lambda _random, _history, shares, *_: seen.append(shares) or [])
    measure_excess(HISTORY, [minute / length for minute in range(length)], "seed")
    assert len(seen[0]) == min(length, excess.MOST_MINUTES)
    assert all(
        later - earlier == pytest.approx(1 / len(seen[0]), abs=2 / length) for earlier, later in pairwise(seen[0])
    )
