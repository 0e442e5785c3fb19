"""The benchmark of the calibration has worlds that the judge was not made for, and reports both limits."""

import numpy as np
import pytest

from benchmarks.judge.calibration.foreign import BATCH, BATCH_MINUTES, HALF_HOUR, Foreign, play_foreign
from benchmarks.judge.calibration.measure import Result, Setting, measure
from benchmarks.judge.calibration.report import report
from benchmarks.judge.cells.cell import Shared
from benchmarks.judge.cells.traffic import SHARES
from simulator.bursts.shape import INDEPENDENT


@pytest.mark.parametrize("world", Foreign)
@pytest.mark.parametrize("calls", [600, 6_000])
def test_foreign_canary_is_as_good_as_stable(world, calls):
    traffic = play_foreign(world, calls, 2_000)
    stable = traffic.history_errors.mean() / calls
    canary = traffic.canary_errors.mean() / (SHARES.mean() * calls)
    assert canary == pytest.approx(stable, rel=0.15)
    for errors, served in (
        (traffic.canary_errors, traffic.canary_calls),
        (traffic.stable_errors, traffic.stable_calls),
    ):
        assert (errors <= served).all()


def test_batch_fails_whole_in_each_tenth_minute():
    errors = play_foreign(Foreign.BATCH, 600, 50).history_errors
    assert ((errors >= BATCH).sum(axis=1) == errors.shape[1] // BATCH_MINUTES).all()


def test_half_hours_with_and_without_errors_alternate():
    with_errors = (play_foreign(Foreign.HALF_HOURS, 6_000, 50).history_errors > 0).sum(axis=1)
    assert np.median(with_errors) == pytest.approx(HALF_HOUR, abs=3)


@pytest.mark.parametrize("world", [INDEPENDENT, Shared.OUTAGE, Foreign.BATCH])
def test_measured_shares_are_never_higher_with_calibration(world):
    result = measure(Setting(world, 600, 0.01), 3)
    assert len(result.factors) == 3
    assert all(with_it <= own for own, with_it in (result.healthy, result.worse, result.failing))
    assert result.failing[0] == 1


def test_report_has_the_median_factor_of_the_raised_limits():
    result = Result(Setting(INDEPENDENT, 600, 0.01), (1.0, 2.0, 4.0, 1.0), (0.02, 0.0), (0.5, 0.25), (1.0, 1.0))
    (row,) = (line for line in report([result], 4, 60).splitlines() if line.startswith("| independent |"))
    assert row == "| independent | 600 | 1 % | 50.0 | 3 | 2.0 → 0.0 | 50.0 → 25.0 | 100.0 → 100.0 |"
