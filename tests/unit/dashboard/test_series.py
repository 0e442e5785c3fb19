"""The lines of the charts come from totals that begin again in the bake."""

from datetime import timedelta

from rollout.dashboard.evaluations import hook_answers, raised_limit, read_evaluations
from rollout.dashboard.series import MOST_POINTS, Point, evidence_lines, metric_lines, share_line
from tests.samples import AT
from tests.unit.dashboard.pages import evaluation_entry


def counted(number, canary, stable=(0, 0), **changes):
    counts = {
        "canary": {"calls": canary[0], "bad": canary[1]},
        "stable": {"calls": stable[0], "bad": stable[1]},
        "findings": [],
    }
    return evaluation_entry(number, **counts | changes)


def lines(*entries):
    return metric_lines(read_evaluations([*entries]))


def values(line):
    return [point.value for point in line.points]


def test_rate_is_that_of_the_calls_between_two_evaluations():
    (errors,) = lines(counted(1, (100, 1), (900, 0)), counted(2, (200, 6), (1800, 9)))
    assert (values(errors.canary), values(errors.stable)) == ([1.0, 5.0], [0.0, 1.0])


def test_evaluation_without_new_calls_has_no_rate():
    (errors,) = lines(counted(1, (100, 1)), counted(2, (100, 1)))
    assert values(errors.canary) == [1.0, None]


def test_late_data_that_lowers_a_total_makes_no_negative_rate():
    (errors,) = lines(counted(1, (100, 5)), counted(2, (200, 3)))
    assert values(errors.canary) == [5.0, 0]


def test_bake_begins_its_totals_again():
    (errors,) = lines(counted(1, (900, 9)), counted(2, (100, 2), phase="bake"))
    assert values(errors.canary) == [1.0, 2.0]


def test_each_metric_has_its_lines():
    assert [one.metric for one in lines(evaluation_entry(1, "slow"))] == ["errors", "slow"]


def test_share_changes_in_steps():
    found = read_evaluations([evaluation_entry(1), evaluation_entry(2, percent="50")])
    assert values(share_line(found, AT)) == [0, 0, 10, 10, 50]


def test_share_ends_as_the_rollout_did():
    found, end = read_evaluations([evaluation_entry(1)]), Point(at=AT + timedelta(hours=1), value=0)
    assert values(share_line(found, AT, end)) == [0, 0, 10, 10, 0]


def test_single_evaluation_draws_the_evidence_from_the_first_shift():
    evidence, limit = evidence_lines(read_evaluations([evaluation_entry(1, evidence="205")]), AT)
    assert values(evidence) == [1, 205]
    assert limit.points[0].at == AT
    assert len(set(values(limit))) == 1


def test_rates_begin_at_the_first_shift_without_a_value():
    (errors,) = metric_lines(read_evaluations([counted(1, (100, 1))]), AT)
    assert values(errors.canary) == [None, 1.0]


def test_thousand_evaluations_keep_the_highest_evidence_in_few_points():
    entries = [evaluation_entry(number, evidence="1") for number in range(1, 1001)]
    entries[500]["evidence"] = "900"
    evidence, limit = evidence_lines(read_evaluations(entries), None)
    assert max(values(evidence)) == 900
    assert len(evidence.points) == len(limit.points) <= MOST_POINTS
    assert len(share_line(read_evaluations(entries), None).points) <= MOST_POINTS


def test_last_evaluation_is_always_drawn():
    entries = [evaluation_entry(number) for number in range(1, 1001)]
    (errors, *_) = lines(*entries)
    assert errors.canary.points[-1].at == AT + timedelta(minutes=1000)


def test_evaluation_that_cannot_be_read_hides_no_other():
    assert len(read_evaluations([evaluation_entry(1), evaluation_entry(2, verdict="fine"), {}])) == 1


def test_last_answer_of_each_hook_is_kept():
    pending = [{"point": "each_step", "step": 1, "function": "f", "result": "pending", "calls": 1}]
    found = read_evaluations([evaluation_entry(1, hooks=pending), evaluation_entry(2, "fine")])
    assert [(one.result, one.answer) for one in hook_answers(found)] == [("passed", "fine")]


def test_limit_that_was_not_raised_has_no_calibration():
    flat = {"factor": "1", "metric": "", "level": 0, "exceeded": 0, "rollouts": 180}
    assert raised_limit(read_evaluations([evaluation_entry(1, calibration=flat)])) is None
