"""A canary meets stable's bursts in proportion to its calls, or whole; without bursts both are alike."""

import pytest

from rollout.evidence.dispersion import Dispersion
from rollout.evidence.spread import Bursts, possible_bursts, spread_of

LEARNED = Dispersion(theta=0.01, error_rate=0.002, minutes=60, calls=6000)


@pytest.mark.parametrize(
    ("calls", "bursts", "size", "portion"),
    [
        (6000, Bursts.PROPORTIONAL, 60, 1),
        (600, Bursts.PROPORTIONAL, 6, 1),
        (600, Bursts.WHOLE, 60, 0.1),
        (6000, Bursts.WHOLE, 60, 1),
        (12_000, Bursts.WHOLE, 120, 1),
    ],
)
def test_canary_meets_part_of_a_burst_or_few_whole_ones(calls, bursts, size, portion):
    assert spread_of(calls, LEARNED, bursts) == pytest.approx((size, portion))


@pytest.mark.parametrize(("calls", "size"), [(31, 30), (2, 1), (1, 0.001), (1.5, 0.5)])
def test_burst_is_never_larger_than_the_calls_of_its_minute(calls, size):
    spread = spread_of(calls, LEARNED, Bursts.WHOLE)
    assert spread == pytest.approx((size, 0.01 * calls / size))


def test_version_without_calls_has_no_bursts():
    assert spread_of(0, LEARNED, Bursts.WHOLE) == (0, 1)


def test_margin_makes_bursts_larger_and_not_fewer():
    assert spread_of(600, LEARNED, Bursts.WHOLE, margin=2) == pytest.approx((120, 0.1))


def test_errors_that_come_one_by_one_have_one_answer():
    assert possible_bursts(LEARNED) == tuple(Bursts)
    assert possible_bursts(LEARNED.model_copy(update={"theta": 0.0001})) == (Bursts.PROPORTIONAL,)
