"""The simulated rollouts of the judge's benchmark are those that the cells' names say."""

import numpy as np
import pytest

from benchmarks.judge.cells.cell import Cell, Scene, Shared
from benchmarks.judge.cells.matrix import BURSTS, CALLS, WORLD_RATES, WORLDS, cells, correlated_cells, world_cells
from benchmarks.judge.cells.play import play
from benchmarks.judge.cells.traffic import HISTORY, MINUTES, SHARES
from simulator.bursts.shape import INDEPENDENT, Clumps, Correlation, Environments, Heavy

ROLLOUTS = 2_000
BAD = [each for each in BURSTS if not isinstance(each, Heavy)]


def rate(errors, calls):
    return errors.sum() / calls.sum()


def healthy(calls, stable_rate, world, rollouts=ROLLOUTS):
    return play(Cell(calls, stable_rate, 1, world), rollouts)


def test_every_cell_has_a_name_of_its_own():
    names = [str(cell) for cell in cells()]
    assert len(set(names)) == len(names) == len(list(correlated_cells())) + len(list(world_cells()))
    assert len(list(correlated_cells())) == 768


def test_each_world_has_healthy_cells_at_every_volume_and_rate():
    found = {(cell.world, cell.calls, cell.stable_rate) for cell in world_cells() if cell.is_healthy}
    expected = {(world, calls, stable_rate) for world in WORLDS for calls in CALLS for stable_rate in WORLD_RATES}
    assert found == expected | {(INDEPENDENT, calls, 0) for calls in CALLS}


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["world=*"], {"clumps:3", "clumps:10", "environments:100", "environments:1000", "heavy", *map(str, Shared)}),
        (["world=clumps:* calls=60"], {"clumps:3", "clumps:10"}),
        (["calls=6000", "world=heavy"], {"heavy"}),
        (["correlation=0.01"], {"0.01"}),
        (["world=none"], set()),
    ],
)
def test_cells_are_chosen_by_the_words_of_their_names(only, expected):
    assert {str(cell.world) for cell in cells(only)} == expected


def test_earlier_cells_keep_their_names_and_their_rollouts():
    cell = Cell(6_000, 0.002, 5, Correlation(0.002))
    assert str(cell) == "calls=6000 errors=0.2% risk=5 correlation=0.002 scene=steady"
    traffic = play(cell, 3)
    assert traffic.canary_errors.sum(axis=1).tolist() == [304, 377, 287]
    assert traffic.history_calls[:, 0].tolist() == [5968, 6035, 5880]


def test_same_cell_has_the_same_rollouts():
    one, two = (healthy(600, 0.01, Environments(100), 20) for _ in range(2))
    assert (one.canary_errors == two.canary_errors).all()
    assert (one.stable_calls == two.stable_calls).all()


@pytest.mark.parametrize("world", WORLDS, ids=str)
@pytest.mark.parametrize("calls", [600, 60_000])
def test_healthy_canary_has_its_share_of_the_calls_and_the_rate_of_stable(world, calls):
    traffic = healthy(calls, 0.01, world)
    assert traffic.canary_calls.mean(axis=0) == pytest.approx(calls * SHARES, rel=0.05)
    assert traffic.stable_calls.mean(axis=0) == pytest.approx(calls * (1 - SHARES), rel=0.05)
    assert traffic.history_calls.shape == (ROLLOUTS, HISTORY)
    assert (traffic.canary_errors <= traffic.canary_calls).all()
    expected = rate(traffic.stable_rate * traffic.canary_calls, traffic.canary_calls)
    assert rate(traffic.canary_errors, traffic.canary_calls) == pytest.approx(expected, rel=0.2)
    assert traffic.excess_errors.sum(axis=1).mean() == pytest.approx(
        0, abs=0.2 * traffic.canary_errors.sum() / ROLLOUTS
    )
    if world not in (Shared.OUTAGE, Environments(1_000)):
        assert rate(traffic.history_errors, traffic.history_calls) == pytest.approx(0.01, rel=0.1)
        assert rate(traffic.stable_errors, traffic.stable_calls) == pytest.approx(0.01, rel=0.15)


@pytest.mark.parametrize("world", BAD, ids=str)
def test_bad_canary_fails_five_times_as_often_in_bursts_of_the_same_shape(world):
    traffic = play(Cell(60_000, 0.01, 5, world), ROLLOUTS)
    assert rate(traffic.canary_errors, traffic.canary_calls) == pytest.approx(0.05, rel=0.05)
    assert rate(traffic.stable_errors, traffic.stable_calls) == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize("world", BURSTS, ids=str)
def test_canary_that_fails_always_does_in_every_world(world):
    traffic = play(Cell(60, 0.01, float("inf"), world), 50)
    assert (traffic.canary_errors == traffic.canary_calls).all()
    assert traffic.canary_calls.mean(axis=0) == pytest.approx(60 * SHARES, abs=4)


def test_clump_is_whole_on_one_version():
    traffic = healthy(60, 0.01, Clumps(10), 20_000)
    first = traffic.canary_errors[:, :6]
    assert first[first > 0].mean() == pytest.approx(10, rel=0.2)
    assert np.corrcoef(traffic.canary_errors[:, -1], traffic.stable_errors[:, -1])[0, 1] == pytest.approx(0, abs=0.03)


def test_share_of_bad_environments_varies_less_the_more_calls_a_version_has():
    """The variance of the failing share falls with the number of environments: 3 at 300 calls, 30 at 3,000."""
    traffic = healthy(6_000, 0.01, Environments(100), 10_000)
    shares = traffic.canary_errors / np.maximum(traffic.canary_calls, 1)
    assert shares[:, 8].var() / shares[:, -2].var() == pytest.approx(10, rel=0.3)


def autocorrelation(values, lag):
    centred = values - values.mean()
    return (centred[:, lag:] * centred[:, : values.shape[1] - lag]).mean() / centred.var()


@pytest.mark.parametrize(("world", "memory"), [(Shared.SLOW_WAVE, 60), (Shared.QUICK_WAVE, 2)])
def test_wave_is_one_autoregressive_rate_for_both_versions(world, memory):
    traffic = healthy(60_000, 0.01, world)
    assert traffic.stable_rate is not traffic.canary_rate or (traffic.stable_rate == traffic.canary_rate).all()
    logs = np.log(traffic.stable_rate)
    assert logs.std() == pytest.approx(1, rel=0.1)
    assert autocorrelation(logs, 1) == pytest.approx(np.exp(-1 / memory), abs=0.03)
    at_half = traffic.canary_errors[:, -1], traffic.stable_errors[:, -1]
    assert np.corrcoef(*at_half)[0, 1] > 0.9


def test_outage_hits_both_versions_at_any_moment_edges_included():
    traffic = healthy(6_000, 0.001, Shared.OUTAGE)
    hit = traffic.stable_rate > 0.002
    assert ((hit.mean(axis=0) > 0) & (hit.mean(axis=0) < 0.2)).all()
    assert hit[:, 0].mean() > 0
    assert hit[:, -1].mean() > 0
    assert ((traffic.history_errors[:, -1] / traffic.history_calls[:, -1] > 0.05) & hit[:, 0]).any()
    assert hit.any(axis=1).mean() > 0.9
    assert hit.sum(axis=1).max() <= 6
    part = traffic.stable_rate[hit]
    assert part.min() < 0.05
    assert part.max() > 0.95
    deep = traffic.stable_rate[:, -1] > 0.3
    assert (traffic.canary_errors[deep, -1] > 500).all()


@pytest.mark.parametrize(("world", "attempts"), [(Shared.POISON, 3), (Shared.TRANSIENT, 1.75)])
def test_event_fails_again_one_and_three_minutes_later_on_a_version_chosen_by_the_share(world, attempts):
    traffic = healthy(600, 0.01, world, 20_000)
    errors = (traffic.canary_errors + traffic.stable_errors).astype(float)
    assert errors.mean() == pytest.approx(6, rel=0.02)
    assert autocorrelation(errors, 1) == pytest.approx((1 if world is Shared.POISON else 0.5) / attempts, abs=0.02)
    assert autocorrelation(errors, 4) == pytest.approx(0, abs=0.02)
    assert traffic.canary_errors.mean(axis=0) == pytest.approx(6 * SHARES, rel=0.15)


def fault(scene, calls=6_000, stable_rate=0.001, world=INDEPENDENT):
    cell = Cell(calls, stable_rate, 1, world, scene)
    assert not cell.is_healthy
    return play(cell, ROLLOUTS)


def canary_rates(traffic):
    return traffic.canary_errors.sum(axis=0) / traffic.canary_calls.sum(axis=0)


def test_new_errors_are_1_percent_where_stable_has_none():
    traffic = fault(Scene.NEW_ERRORS, stable_rate=0)
    assert traffic.history_errors.sum() == traffic.stable_errors.sum() == 0
    assert canary_rates(traffic) == pytest.approx(np.full(MINUTES, 0.01), rel=0.1)


@pytest.mark.parametrize("world", [INDEPENDENT, Clumps(3), Environments(100)], ids=str)
def test_tenant_fails_whole_beside_the_errors_of_the_world(world):
    traffic = fault(Scene.TENANT, 60_000, 0.01, world)
    assert rate(traffic.canary_errors, traffic.canary_calls) == pytest.approx(0.0595, rel=0.03)
    assert rate(traffic.stable_errors, traffic.stable_calls) == pytest.approx(0.01, rel=0.05)


def test_leak_grows_from_nothing_to_a_fifth_of_the_calls():
    rates = canary_rates(fault(Scene.LEAK))
    assert rates[[0, 14, 29]] == pytest.approx([0.0043, 0.0976, 0.1976], rel=0.1)


def test_new_environments_fail_in_their_first_minute_only():
    """At 6,000 calls a minute the steps need 1, 3, 6, 15 and 30 environments of 100 calls."""
    rates = canary_rates(fault(Scene.NEW_ENVIRONMENTS))
    assert rates[::6] == pytest.approx([1, 2 / 3, 1 / 2, 3 / 5, 1 / 2], abs=0.02)
    others = np.delete(rates, np.arange(0, MINUTES, 6))
    assert others == pytest.approx(np.full(len(others), 0.011), rel=0.5)
