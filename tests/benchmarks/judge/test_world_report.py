"""The report on the judge in other worlds: its tables, its demands, and the commands that write it."""

from dataclasses import replace
from math import inf

import pytest
from click.testing import CliRunner

from benchmarks.judge import __main__ as program
from benchmarks.judge.cells.cell import Cell, Scene, Shared
from benchmarks.judge.cells.matrix import BURSTS, cells, world_cells
from benchmarks.judge.measure import EVIDENCE, SHIPPED, Mean, Result, Tally
from benchmarks.judge.report.demands import healthy_twin
from benchmarks.judge.report.former import FORMER, Former
from benchmarks.judge.report.promise_section import report_promise
from benchmarks.judge.report.world_demands import world_demands
from benchmarks.judge.report.world_section import report_worlds
from benchmarks.judge.report.world_tables import name_world, promise_by_world
from benchmarks.judge.rules.peers import PEERS
from simulator.bursts.shape import INDEPENDENT, Clumps, Environments, Heavy

NONE = Mean(0.0, 0.0)
HEALTHY = Cell(6_000, 0.01, 1, Clumps(3))
FIVE_TIMES = Cell(6_000, 0.01, 5, Clumps(3))
ALL_FAIL = Cell(6_000, 0.01, inf, Heavy())


def tally(rolled_back=0, minutes=inf, rollouts=2_000):
    return Tally(rollouts, 0, rolled_back, minutes, inf, Mean(12.3, 1), NONE)


def result(cell, shipped, peers=None):
    others = {name: peers or tally() for name in PEERS}
    return Result(cell, {SHIPPED: shipped, EVIDENCE: shipped, **others})


def breaches(*results):
    return [demand.breaches for demand in world_demands(list(results))]


@pytest.mark.parametrize(("rolled_back", "is_kept"), [(0, True), (20, True), (21, False), (100, False)])
def test_at_most_1_percent_of_healthy_canaries_may_be_rolled_back(rolled_back, is_kept):
    assert (breaches(result(HEALTHY, tally(rolled_back)))[0] == []) is is_kept


def test_interval_must_be_below_2_percent_too():
    (breach,) = breaches(result(HEALTHY, tally(0, rollouts=100)))[0]
    assert breach.startswith(f"{HEALTHY}: 0.0% [0.0%, 3.6%]")


@pytest.mark.parametrize(("times", "is_kept"), [(1, True), (2, True), (2.25, False), (inf, False)])
def test_judge_may_take_twice_the_former_minutes_for_five_times_the_errors(times, is_kept):
    minutes = times * FORMER[str(FIVE_TIMES)].minutes
    assert (breaches(result(FIVE_TIMES, tally(2_000, minutes)))[1] == []) is is_kept


def test_twice_the_former_minutes_is_not_asked_where_the_half_hour_is_too_short():
    demand = world_demands([result(Cell(6_000, 0.01, 5, Environments(100)), tally(0))])[1]
    assert demand.cells == 0


@pytest.mark.parametrize(
    ("caught", "minutes", "is_kept"), [(2_000, 1, True), (2_000, 2, False), (1_999, 1, False), (0, inf, False)]
)
def test_all_failing_is_found_in_the_same_minute_in_every_rollout(caught, minutes, is_kept):
    assert (breaches(result(ALL_FAIL, tally(caught, minutes)))[2] == []) is is_kept


def test_former_judge_is_known_wherever_a_demand_or_a_table_needs_it():
    in_bursts = {Cell(6_000, rate, 5, world) for world in BURSTS for rate in (0.001, 0.01)}
    all_failing = {cell for cell in cells() if cell.risk == inf and cell.scene is Scene.STEADY}
    assert set(FORMER) == {str(cell) for cell in in_bursts | all_failing}
    assert FORMER[str(FIVE_TIMES)] == Former(4, 1)


def test_table_of_worlds_shows_the_worst_cell_and_the_cells_above_1_percent():
    shares = {HEALTHY: 30, replace(HEALTHY, calls=60): 2, replace(HEALTHY, world=Shared.POISON): 0}
    results = {cell: result(cell, tally(rolled_back), tally(400)) for cell, rolled_back in shares.items()}
    lines = promise_by_world(results).splitlines()
    assert lines[0].startswith("| errors come as | Lambda Rollouts | aws-lambda-deploy |")
    assert lines[2].startswith("| poison | 0.0 [0.0, 0.2], 0 of 1 | 20.0 [18.3, 21.8], 1 of 1 |")
    assert lines[3].startswith("| clumps:3 | 1.5 [1.0, 2.1], 1 of 2 | 20.0 [18.3, 21.8], 2 of 2 |")
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("cell", "twin"),
    [
        (FIVE_TIMES, HEALTHY),
        (Cell(60, 0.001, 1, Heavy(), Scene.TENANT), Cell(60, 0.001, 1, Heavy())),
        (Cell(60, 0, 1, INDEPENDENT, Scene.NEW_ERRORS), Cell(60, 0, 1)),
        (Cell(60, 0.01, 5, Clumps(3), Scene.SLOW), Cell(60, 0.01, 1, Clumps(3))),
    ],
)
def test_every_bad_canary_has_a_healthy_twin_in_its_world(cell, twin):
    assert healthy_twin(cell) == twin
    assert twin in cells()


def test_worlds_are_named_as_the_simulator_takes_them():
    assert [name_world(world) for world in (INDEPENDENT, *BURSTS)] == [
        "independent",
        "clumps:3",
        "clumps:10",
        "environments:100",
        "environments:1000",
        "heavy",
    ]


@pytest.fixture(scope="module")
def results():
    """Results of all cells, with the same numbers in each."""
    return [result(cell, tally(1_500, 4), tally(500, 9)) for cell in world_cells()]


@pytest.fixture(scope="module")
def report(results):
    return report_worlds(results, 2_000, 60.0)


def test_promise_has_every_world(results):
    promise = report_promise(results, 2_000, 60.0)
    assert "in percent of 2,000 rollouts" in promise
    for world in ("independent", *Shared, *BURSTS):
        assert f"\n| {world} | " in promise


def test_report_has_every_fault(report):
    for fault in ("1 % errors, none before", "one tenant fails", "a leak, 0 to 20 %", "new environments fail"):
        assert report.count(f"\n| {fault} | ") > 2
    assert "\n| slow 5 times as often | independent | 75.0 % in 4 min | " in report
    assert "\n| slow 5 times as often | 75.0 % in 4 min † | - | - | - | - | - | - |" in report


def test_report_shows_false_rollbacks_beside_the_excess_failures_of_every_rule(report):
    excess = report.partition("### Excess failures in bursts")[2].partition("###")[0]
    rows = [line for line in excess.splitlines() if line.startswith("| clumps:10, 1 % |")]
    assert [row.count(" %) |") for row in rows] == [7, 7]


def test_report_compares_with_the_former_judge(report):
    assert "\n| clumps:3, 1 % | 100.0 % in 4 min | 75.0 % in 4 min |" in report
    assert "\n| environments:1000, 0.1 % | 7.7 % | 75.0 % in 4 min |" in report


def test_program_simulates_the_chosen_cells_and_writes_the_section(tmp_path):
    outcome = CliRunner().invoke(
        program.main,
        ["--quick", "--only", "calls=60 errors=1% risk=1 world=heavy scene=steady", "--docs", str(tmp_path)],
    )
    assert outcome.exit_code == 0, outcome.output
    page = (tmp_path / "judging.md").read_text()
    assert "1 cells, 200 rollouts each" in page
    assert "<!-- bench-worlds -->" in page
    assert "<!-- bench-judge -->" not in page


def test_program_says_how_cells_are_named_if_none_is_chosen():
    outcome = CliRunner().invoke(program.main, ["--only", "world=moon"])
    assert outcome.exit_code == 1
    assert "No cell has the words 'world=moon': use words of a cell's name, such as 'calls=60 " in outcome.output
