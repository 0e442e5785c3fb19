"""Rollouts of hours and of a day are judged by the shipped code, and reported with their demands."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.judge.cells.cell import Cell, Shared
from benchmarks.judge.cells.play import play_world
from benchmarks.judge.cells.traffic import HISTORY
from benchmarks.judge.long import __main__ as program
from benchmarks.judge.long.measure import BATCH, batches, is_rolled_back, rolled_back
from benchmarks.judge.long.plan import PLANS, WORLDS, Plan, cells
from benchmarks.judge.long.report import Result, breaches, report
from simulator.bursts.shape import INDEPENDENT, Clumps

HOURS, DAY = PLANS
SHORT = Plan("an hour", 12, 6, 10)
HEALTHY = Cell(6_000, 0.01, 1, Shared.SLOW_WAVE)


def test_plans_are_of_hours_and_of_a_day_with_an_evaluation_every_few_minutes():
    assert (HOURS.minutes, DAY.minutes) == (180, 1_440)
    assert [step.hold for step in DAY.policy.steps] == [288 * 60] * 5
    assert len(DAY.shares) == 1_440
    assert all(plan.minutes % plan.every == 0 for plan in PLANS)


def test_cells_are_healthy_and_have_every_world_at_both_rates():
    assert all(cell.is_healthy for cell in cells())
    assert {(cell.world, cell.stable_rate) for cell in cells()} == {(w, rate) for w in WORLDS for rate in (0.001, 0.01)}


def test_batches_have_all_the_rollouts():
    sizes = [batch.rollouts for batch in batches(SHORT, HEALTHY, 2 * BATCH + 3)]
    assert sizes == [BATCH, BATCH, 3]


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_every_world_lasts_as_long_as_the_rollout(world):
    traffic = play_world(np.random.default_rng(1), Cell(6_000, 0.01, 1, world), 3, DAY.shares)
    assert traffic.canary_calls.shape == traffic.stable_errors.shape == traffic.stable_rate.shape == (3, 1_440)
    assert traffic.history_calls.shape == (3, HISTORY)
    assert traffic.canary_calls[:, -100:].mean() == pytest.approx(3_000, rel=0.02)


def test_batches_of_a_cell_differ_and_are_reproducible():
    one, two = (next(batches(SHORT, HEALTHY, BATCH)) for _ in range(2))
    assert rolled_back(one) == rolled_back(two)
    assert one == two != replace(one, number=1)


@pytest.mark.parametrize(("cell", "expected"), [(HEALTHY, 0), (Cell(6_000, 0.01, 20, INDEPENDENT), 3)], ids=str)
def test_shipped_judge_rolls_back_bad_canaries_and_keeps_healthy_ones(cell, expected):
    traffic = play_world(np.random.default_rng(1), cell, 3, SHORT.shares)
    assert sum(is_rolled_back(traffic, row, SHORT) for row in range(3)) == expected


def result(rolled_back, rollouts=1_000, plan=HOURS, world=Shared.SLOW_WAVE):
    return Result(plan, replace(HEALTHY, world=world), rollouts, rolled_back)


@pytest.mark.parametrize(
    ("results", "broken"),
    [
        ([result(0), result(10)], 0),
        ([result(0, 100)], 1),
        ([result(21), result(0, 1_000, HOURS, Clumps(3))], 2),
        ([result(11), result(11, 1_000, HOURS, Clumps(3))], 1),
        ([result(0), result(3, 40, DAY, Clumps(3)), result(0, 1_000, DAY)], 1),
    ],
)
def test_demand_is_on_all_worlds_together_and_on_each_cell_beyond_chance(results, broken):
    assert len(breaches(results)) == broken


def test_report_has_a_row_for_each_world_and_a_column_for_each_plan_and_rate():
    results = [Result(plan, cell, plan.rollouts, 0) for plan in PLANS for cell in cells()]
    text = report(results, 600.0)
    assert "| errors come as | 3 hours, 0.1 % | 3 hours, 1 % | a day, 0.1 % | a day, 1 % |" in text
    for world in WORLDS:
        assert f"\n| {world} | 0 of 100 | 0 of 100 | 0 of 40 | 0 of 40 |" in text
    assert "Rollouts of a day, evaluated every 30 minutes: 0 of 960 rolled back, 0.0 % [0.0, 0.4].\n" in text
    assert "beyond chance. Kept." in text


def test_program_says_how_cells_are_named_if_none_is_chosen():
    outcome = CliRunner().invoke(program.main, ["--only", "world=moon"])
    assert outcome.exit_code == 1
    assert "No cell has the words 'world=moon': use words of a cell's name, such as 'calls=6000 " in outcome.output


def test_program_judges_the_chosen_cells_and_fails_if_a_demand_is_broken(monkeypatch):
    monkeypatch.setattr(program, "PLANS", (SHORT,))
    outcome = CliRunner().invoke(
        program.main, ["--quick", "--only", "world=poison errors=0.1%", "--processes", "1"], env={"COLUMNS": "200"}
    )
    assert outcome.exit_code == 1, outcome.output  # ten rollouts are too few for the interval
    assert "poison" in outcome.output
    assert "0 of 10" in outcome.output
