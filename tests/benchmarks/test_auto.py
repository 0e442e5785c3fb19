"""The benchmark of `steps: Auto`: a small run from the first rollout to the written page."""

import pytest

from benchmarks.auto import codedeploy, measure, shipped
from benchmarks.auto.cases import FAILS_EVERY_CALL, FAULTS, HEALTHY, IN_STRONG_BURSTS, TRAFFICS, traffics_of
from benchmarks.auto.measure import AUTO, Repetitions
from benchmarks.auto.report import BEGIN, END, report, write

FEW = Repetitions(healthy=2, quiet=1, bad=1, choices=1, extended=0, deployments=400)
KEPT = ("20 a day", "600 a minute")


@pytest.fixture(scope="module")
def results():
    """The results at the lowest and at the highest traffic."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(TRAFFICS) - set(KEPT):
            patch.delitem(TRAFFICS, name)
        patch.setitem(measure.FIXED_STEPS, "max_extension", "10m")
        auto, choices = measure.measure_auto(FEW, 1), measure.measure_choices(FEW, 1)
        return auto, choices, report(auto, choices)


def auto_outcomes(results, traffic, fault):
    (result,) = [
        each for each in results[0] if (each.way, each.traffic, each.fault.name) == ("Auto", traffic, fault.name)
    ]
    return result.outcomes


@pytest.mark.parametrize("traffic", KEPT)
def test_healthy_version_is_promoted_and_version_that_fails_every_call_is_rolled_back(results, traffic):
    assert all(outcome.is_promoted for outcome in auto_outcomes(results, traffic, HEALTHY))
    assert all(outcome.is_rolled_back for outcome in auto_outcomes(results, traffic, FAILS_EVERY_CALL))


def test_each_way_has_its_repetitions_at_each_traffic(results):
    counts = {(each.traffic, each.fault.name, each.way): len(each.outcomes) for each in results[0]}
    assert counts["600 a minute", "healthy", "Auto"] == 2
    assert counts["20 a day", "healthy", "Auto"] == counts["20 a day", "fails 20 %", "Auto"] == 1
    assert counts["20 a day", "fails 20 %", codedeploy.RATE_ALARM] == 400
    assert len(counts) == 3 * (2 * len(FAULTS) - 1)


def test_report_has_a_row_for_each_traffic_and_a_cell_for_each_choice(results):
    text = results[2]
    assert "| 20 a day | at once; bake 1 h 15 min | steps: Auto promotes at once, because" in text
    assert "| 600 a minute | 1 % for 14 min, 5 % for " in text
    for fault in FAULTS:
        table = text.partition(f"**{fault.name}**")[2].partition("**")[0]
        assert table.count("| Auto |") == len([name for name, _ in traffics_of(fault) if name in KEPT])
    assert "| 20 a day | healthy | 1 promoted of 1, " in text
    assert "| 1 rolled back of 1, 15 min |" in text
    assert "| 1 handed over of 1, 15 min |" in text
    assert text.count("| not measured |") == 6


def test_written_report_replaces_only_the_section_between_its_markers(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write("new", page)
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_strong_bursts_are_only_simulated_where_a_minute_has_several_calls():
    assert [name for name, _ in traffics_of(IN_STRONG_BURSTS)] == ["600 a minute"]
    assert [name for name, _ in traffics_of(HEALTHY)] == list(TRAFFICS)


def test_number_of_a_rollout_gives_the_same_outcome_in_any_batch():
    together = shipped.run(AUTO, 600, FAILS_EVERY_CALL, range(2))
    assert shipped.run(AUTO, 600, FAILS_EVERY_CALL, range(1, 2)) == together[1:]


def test_promoted_bad_version_goes_on_to_fail_for_the_rest_of_the_day():
    fixed = {"steps": "AllAtOnce", "bake": 0, "guards": {"max_error_percent": None}}
    (outcome,) = shipped.run(fixed, 1, FAILS_EVERY_CALL, range(1))
    assert outcome.is_promoted
    assert outcome.failed_calls == pytest.approx(1440, abs=40)


@pytest.mark.parametrize("alarm", [codedeploy.ERRORS_ALARM, codedeploy.RATE_ALARM])
def test_alarm_ends_a_deployment_at_its_first_failed_call(alarm):
    """300 calls that each fail with 0.1 % have a failed one in 1 - 0.999^300 = 26 % of deployments."""
    outcomes = codedeploy.run(alarm, 600, HEALTHY, 4000)
    assert sum(outcome.is_rolled_back for outcome in outcomes) / 4000 == pytest.approx(0.26, abs=0.03)
    assert {outcome.seconds for outcome in outcomes if outcome.is_promoted} == {300}
    assert all(outcome.is_rolled_back for outcome in codedeploy.run(alarm, 600, FAILS_EVERY_CALL, 100))
