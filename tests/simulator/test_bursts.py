"""Bad calls in bursts have the mean and the variance that their shape has in theory."""

import numpy as np
import pytest

from simulator.bursts.draws import (
    BAD_MINUTES,
    BadEnvironments,
    draw_beta_rates,
    draw_clumped_calls,
    draw_heavy_rates,
)

MANY = 200_000


@pytest.fixture
def rng():
    return np.random.default_rng(12)


@pytest.mark.parametrize("mean", [1, 3, 10])
@pytest.mark.parametrize("expected_calls", [6, 60, 6_000])
def test_clumps_keep_the_rate_and_multiply_the_variance(rng, mean, expected_calls):
    """A compound Poisson sum of geometric sizes has the variance of its mean times 2 m - 1."""
    size = 5 * MANY
    bad = draw_clumped_calls(rng, np.full(size, expected_calls), np.full(size, 0.05), mean)
    assert bad.mean() == pytest.approx(0.05 * expected_calls, rel=0.05)
    assert bad.var() == pytest.approx(0.05 * expected_calls * (2 * mean - 1), rel=0.1)


def test_clump_is_whole_on_a_version_with_hardly_any_calls(rng):
    bad = draw_clumped_calls(rng, np.full(MANY, 0.6), np.full(MANY, 0.01), 10)
    assert bad[bad > 0].mean() == pytest.approx(10, rel=0.1)
    assert (bad > 0).mean() == pytest.approx(0.6 * 0.01 / 10, rel=0.2)


def test_heavy_rates_have_the_mean_and_the_tail_of_a_pareto_distribution(rng):
    rates = draw_heavy_rates(rng, np.full(MANY, 0.001))
    assert rates.mean() == pytest.approx(0.001, rel=0.05)
    assert rates.min() >= 0.001 / 3
    for times in (1, 5, 20):
        assert (rates > times * 0.001).mean() == pytest.approx((3 * times) ** -1.5, rel=0.15)


def test_heavy_rates_are_at_most_one_and_a_version_that_fails_always_does(rng):
    assert draw_heavy_rates(rng, np.full(MANY, 0.3)).max() == 1
    assert draw_heavy_rates(rng, np.ones(100)).min() == 1


@pytest.mark.parametrize("correlation", [0.002, 0.01, 0.3])
def test_beta_rates_have_the_variance_of_their_correlation(rng, correlation):
    rates = draw_beta_rates(rng, np.full(MANY, 0.02), correlation)
    assert rates.mean() == pytest.approx(0.02, rel=0.03)
    assert rates.var() == pytest.approx(0.02 * 0.98 * correlation, rel=0.05)


def failing_shares(rng, environments, rate, minutes=40, rollouts=2_000):
    """Return the failing shares of versions with this many environments: rollouts by minutes."""
    state = BadEnvironments(rng, 100, rollouts)
    rates = np.full(rollouts, rate)
    return np.stack([state.pass_time(100.0 * environments, rates) for _ in range(minutes)], axis=1)


@pytest.mark.parametrize("environments", [1, 10, 60])
def test_environments_keep_the_rate_and_their_number_divides_the_variance(rng, environments):
    """An environment is bad in a minute as long as its two minutes overlap: mean square 5/6 of the rate."""
    shares = failing_shares(rng, environments, 0.01)
    assert shares.mean() == pytest.approx(0.01, rel=0.1)
    assert shares.var() == pytest.approx(0.01 * 5 / 6 / environments, rel=0.15)


def test_environment_is_bad_in_up_to_three_minutes_together(rng):
    shares = failing_shares(rng, 1, 0.001)
    lags = [np.corrcoef(shares[:, lag:].ravel(), shares[:, : 40 - lag].ravel())[0, 1] for lag in (1, 2, 3, 4)]
    assert lags[0] == pytest.approx(0.6, abs=0.1)
    assert lags[1] == pytest.approx(0.1, abs=0.06)
    assert np.abs(lags[2:]).max() < 0.05


def test_bad_environment_fails_all_its_calls_for_two_minutes_from_any_second(rng):
    shares = failing_shares(rng, 1, 0.0002, minutes=60)
    one_event = shares[np.isclose(shares.sum(axis=1), BAD_MINUTES)]
    assert len(one_event) > 5
    assert set((one_event > 0).sum(axis=1)) == {3}
    assert set((one_event == 1).sum(axis=1)) == {1}
    parts = one_event[(one_event > 0) & (one_event < 1)]
    assert parts.min() < 0.2
    assert parts.max() > 0.8


@pytest.mark.parametrize(("before", "after"), [(6, 30), (60, 30)])
def test_environments_keep_the_rate_when_their_number_changes(rng, before, after):
    state, rates = BadEnvironments(rng, 100, 20_000), np.full(20_000, 0.02)
    numbers = [before] * 3 + [after] * 3
    means = [state.pass_time(100.0 * number, rates).mean() for number in numbers]
    assert means == pytest.approx([0.02] * 6, rel=0.1)


def test_parts_of_a_minute_add_up_to_the_minute(rng):
    """A shift divides a minute: each part has the rate, and an environment stays bad from one part to the next."""
    state, rates = BadEnvironments(rng, 100, 50_000), np.full(50_000, 0.02)
    parts = np.stack([state.pass_time(100.0, rates, minutes) for minutes in (0.25, 0.75)])
    assert parts.mean(axis=1) == pytest.approx([0.02, 0.02], rel=0.1)
    assert np.corrcoef(parts)[0, 1] > 0.7


def test_version_with_few_calls_fails_them_all_but_as_seldom_as_it_has_calls(rng):
    shares = failing_shares(rng, 0.05, 0.01, rollouts=10_000)
    assert shares.max() == 1
    assert shares.mean() == pytest.approx(0.05 * 0.01, rel=0.15)
    assert (shares == 1).mean() == pytest.approx(shares.mean() / BAD_MINUTES, rel=0.15)


def test_version_without_calls_has_no_bad_environment(rng):
    assert failing_shares(rng, 0, 0.5).max() == 0
