"""Simulated calls have the requested volume, rates and bursts, and show as late as in CloudWatch."""

from datetime import timedelta
from statistics import correlation, fmean, pvariance

import numpy as np
import pytest

from rollout.domain.enums import Phase
from rollout.evidence.series import canary_counts, stable_counts
from rollout.judging.window import evaluation_window
from simulator.bursts.shape import INDEPENDENT, Clumps, Correlation, Environments, Heavy
from simulator.evaluation_loop import ON_AWS
from simulator.simulate.load import HEALTHY, Load, Version
from simulator.simulate.traffic import Traffic
from tests.samples import AT, policy, rollout

HOURS = timedelta(hours=5)


def served(load: Load, version: Version = HEALTHY, percent: float = 50) -> Traffic:
    traffic = Traffic(load, version, AT, np.random.default_rng(7))
    traffic.shift(percent, AT)
    traffic.serve(AT + HOURS)
    return traffic


@pytest.mark.parametrize("percent", [1, 10, 50])
def test_canary_gets_its_share_of_the_calls(percent):
    minutes = served(Load(calls_per_minute=1000), percent=percent).minutes
    canary, stable = canary_counts(minutes), stable_counts(minutes)
    assert 100 * canary.calls / (canary.calls + stable.calls) == pytest.approx(percent, rel=0.05)
    assert canary.calls + stable.calls == pytest.approx(300_000, rel=0.01)


@pytest.mark.parametrize("bursts", [0, 0.01])
def test_error_rate_is_as_requested_with_and_without_bursts(bursts):
    minutes = served(Load(1000, error_percent=2, bursts=Correlation(bursts)), Version(error_ratio=5)).minutes
    assert canary_counts(minutes).bad_percent == pytest.approx(10, rel=0.05)
    assert stable_counts(minutes).bad_percent == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("bursts", [0, 0.01])
def test_slow_rate_is_as_requested_with_and_without_bursts(bursts):
    minutes = served(
        Load(1000, slow_percent=2, bursts=Correlation(bursts)), Version(error_ratio=9, slow_ratio=5)
    ).slow_minutes
    assert canary_counts(minutes).bad_percent == pytest.approx(10, rel=0.05)
    assert stable_counts(minutes).bad_percent == pytest.approx(2, rel=0.1)


def test_slow_rate_does_not_change_which_calls_fail():
    none, many = (served(Load(600, slow_percent=percent), Version(slow_ratio=3)) for percent in (0, 20))
    assert none.minutes == many.minutes
    assert [minute.canary.calls for minute in many.minutes] == [minute.canary.calls for minute in many.slow_minutes]


def test_slow_and_failed_calls_are_independent():
    traffic = served(Load(6000, error_percent=2, slow_percent=2, bursts=Correlation(0.01)))
    failed, slow = ([m.stable.bad for m in minutes] for minutes in (traffic.minutes, traffic.slow_minutes))
    assert abs(correlation(failed, slow)) < 0.15


@pytest.mark.parametrize("bursts", [0, 0.002, 0.01])
def test_bad_calls_of_a_minute_correlate_as_requested(bursts):
    """The variance of a beta-binomial minute of n calls is n p (1-p) (1 + (n-1) rho)."""
    traffic = served(Load(6000, error_percent=2, slow_percent=2, bursts=Correlation(bursts)), percent=50)
    for minutes in (traffic.minutes, traffic.slow_minutes):
        bad = [minute.stable.bad for minute in minutes]
        calls, rate = 3000, fmean(bad) / 3000
        expected = 1 + (calls - 1) * bursts
        assert pvariance(bad) / (calls * rate * (1 - rate)) == pytest.approx(expected, rel=0.35)


SHAPES = (Clumps(10), Environments(100), Heavy())
DAYS = 10 * HOURS


def served_long(load: Load, version: Version = HEALTHY, percent: float = 50) -> Traffic:
    traffic = Traffic(load, version, AT, np.random.default_rng(7))
    traffic.shift(percent, AT)
    traffic.serve(AT + DAYS)
    return traffic


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_of_bursts_keeps_the_calls_and_the_rates(shape):
    load = Load(1000, error_percent=2, slow_percent=3, bursts=shape)
    traffic = served_long(load, Version(error_ratio=3, slow_ratio=2))
    failed, slow = traffic.minutes, traffic.slow_minutes
    assert canary_counts(failed).bad_percent == pytest.approx(6, rel=0.2)
    assert stable_counts(failed).bad_percent == pytest.approx(2, rel=0.2)
    assert canary_counts(slow).bad_percent == pytest.approx(6, rel=0.2)
    assert stable_counts(slow).bad_percent == pytest.approx(3, rel=0.2)
    assert canary_counts(failed).calls == canary_counts(slow).calls == pytest.approx(1_500_000, rel=0.01)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_version_that_always_fails_does_in_every_shape_of_bursts(shape):
    assert canary_counts(served(Load(100, 1, shape), Version(error_ratio=100)).minutes).bad_percent == 100


def test_clump_is_whole_on_a_canary_with_few_calls():
    minutes = served_long(Load(60, error_percent=2, bursts=Clumps(10)), percent=1).minutes
    failed = [minute.canary.bad for minute in minutes if minute.canary.bad]
    assert fmean(failed) == pytest.approx(10, rel=0.35)
    assert all(minute.canary.bad <= minute.canary.calls for minute in minutes)


def test_bad_environment_fails_all_its_calls_for_two_minutes_also_across_a_shift():
    traffic = Traffic(Load(100, error_percent=4, bursts=Environments(100)), HEALTHY, AT, np.random.default_rng(3))
    traffic.shift(50, AT)
    for hour in range(100):
        traffic.shift(50 + hour % 2, AT + hour * timedelta(minutes=30, seconds=17))
    traffic.serve(AT + 50 * timedelta(hours=1))
    failing = [minute.stable.bad == minute.stable.calls for minute in traffic.minutes]
    failed = [minute.stable.bad > 0 for minute in traffic.minutes]
    assert 15 < sum(failing) < 60
    assert sum(failed) == pytest.approx(3 * sum(failing), rel=0.3)


def test_history_comes_in_the_same_bursts_as_the_rollout():
    failed = []
    for seed in range(40):
        traffic = Traffic(Load(6000, 1, Clumps(10)), HEALTHY, AT, np.random.default_rng(seed))
        measured = traffic.measure(rollout(), evaluation_window(AT, AT, AT, ON_AWS), AT)
        failed += [counts.bad for counts in measured["errors"].history]
    assert fmean(failed) == pytest.approx(60, rel=0.1)
    assert pvariance(failed) / fmean(failed) == pytest.approx(19, rel=0.2)


def test_error_rate_is_at_most_100_percent():
    assert canary_counts(served(Load(100, error_percent=50), Version(error_ratio=10)).minutes).bad_percent == 100


def test_calls_of_the_last_minute_are_not_visible():
    traffic = Traffic(Load(6000), HEALTHY, AT, np.random.default_rng(7))
    traffic.shift(50, AT)
    now = AT + timedelta(minutes=4, seconds=30)
    last = traffic.measure(rollout(), evaluation_window(AT, AT, now, ON_AWS), now)["errors"].minutes[-1]
    assert last.start == AT + timedelta(minutes=3)
    assert last.canary.calls + last.stable.calls == pytest.approx(3000, rel=0.1)


@pytest.mark.parametrize(
    ("metric", "name", "title"),
    [
        ("slow", "slow", "slow"),
        ({"slow": {"over_ms": 800}}, "slow", "slow (over 800 ms)"),
        ({"slow": {"over_ms": 1500}, "label": "hangs"}, "hangs", "hangs (over 1,500 ms)"),
    ],
)
def test_slow_metric_has_a_series_under_its_name(metric, name, title):
    traffic = served(Load(6000, slow_percent=3, bursts=INDEPENDENT))
    with_slow = rollout(policy=policy(metrics=["errors", metric]))
    now = AT + timedelta(minutes=4)
    measured = traffic.measure(with_slow, evaluation_window(AT, AT, now, ON_AWS), now)
    assert set(measured) == {"errors", name}
    assert (measured[name].title, len(measured[name].history)) == (title, 60)
    assert measured[name].stable.bad_percent == pytest.approx(3, rel=0.2)
    assert measured[name].stable.calls == measured["errors"].stable.calls


def test_history_is_an_hour_of_stable_before_the_first_shift():
    traffic = served(Load(6000))
    now = AT + timedelta(minutes=4)
    history = traffic.measure(rollout(), evaluation_window(AT, AT, now, ON_AWS), now)["errors"].history
    assert len(history) == 60
    assert fmean(counts.calls for counts in history) == pytest.approx(6000, rel=0.05)


def test_bake_counts_all_calls_as_the_canarys():
    traffic = served(Load(6000))
    now = AT + timedelta(minutes=4)
    window = evaluation_window(AT, AT + timedelta(minutes=2), now, ON_AWS)
    measured = traffic.measure(rollout(phase=Phase.BAKE), window, now)["errors"]
    assert (stable_counts(measured.minutes).calls, len(measured.history)) == (0, 62)
    assert canary_counts(measured.minutes[:1]).calls == pytest.approx(6000, rel=0.1)
