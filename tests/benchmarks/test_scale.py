"""The benchmark of scale: the model by its own sums, small simulations, and the comparison with a load."""

import pytest

from benchmarks.scale import report
from benchmarks.scale.calls import CALLS, observed, predicted
from benchmarks.scale.limits import LIMITS, Api
from benchmarks.scale.plans import DAY, HOUR, PLANS
from benchmarks.scale.rates import most_live, rates, reads_a_second
from benchmarks.scale.simulate import Simulation
from rollout.policy.planned import MAX_EVALUATIONS


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("api", Api)
def test_most_live_rollouts_meet_the_limit_and_one_more_exceeds_it(plan, api):
    live = most_live(api, lambda count: rates(plan, count, has_alarms=True))
    if live < 9_999_999:
        limit = LIMITS[api].per_second
        assert rates(plan, live, has_alarms=True)[api] <= limit < rates(plan, live + 1, has_alarms=True)[api]


def test_limit_that_is_not_used_allows_no_number():
    assert most_live(Api.DESCRIBE_ALARMS, lambda count: rates(HOUR, count)) == 0


def test_turns_allow_at_least_twice_as_many_rollouts_in_the_control_plane():
    for plan in PLANS:
        before, now = (
            most_live(Api.CONTROL_PLANE, lambda count, plan=plan, turns=turns: rates(plan, count, in_turns=turns))
            for turns in (False, True)
        )
        assert now > 2 * before


def test_few_rollouts_read_the_alias_as_often_as_before():
    assert reads_a_second(HOUR, 100, in_turns=True) == reads_a_second(HOUR, 100, in_turns=False)


def test_history_of_each_plan_fits_an_execution():
    assert all(plan.evaluations <= MAX_EVALUATIONS for plan in PLANS)


@pytest.mark.parametrize("in_turns", [False, True])
def test_simulation_makes_the_calls_of_the_model(in_turns):
    """As few rollouts as these read the alias at each evaluation, in turns or not."""
    outcome = Simulation(HOUR, 20, 3600, in_turns=in_turns).run()
    fixed = sum(
        count
        for state in ("PrepareRollout", "PromoteVersion", "CloseRollout", "ShiftTraffic", "ShiftTraffic")
        for action, count in CALLS[state].items()
        if action.startswith("lambda:") and action != "lambda:GetFunction"
    )
    assert outcome.calls == 20 * (fixed + HOUR.evaluations)
    assert (len(outcome.begun_late), len(outcome.evaluated_late)) == (20, 20 * HOUR.evaluations)


def test_simulated_rollouts_in_turns_make_fewer_calls_and_are_less_late():
    before, now = (Simulation(HOUR, 1500, 3600, in_turns=in_turns).run() for in_turns in (False, True))
    assert now.calls < 0.7 * before.calls
    assert max(now.begun_late) < max(before.begun_late) / 2
    assert max(now.evaluated_late) < max(before.evaluated_late)


def test_simulated_rollouts_end_after_their_plan():
    outcome = Simulation(DAY, 3, 60, in_turns=True).run()
    assert DAY.seconds <= outcome.seconds <= DAY.seconds * 1.1
    assert outcome.most_live == 3


LOAD = {
    "rollouts": 2,
    "is_limited": False,
    "states": {"PrepareRollout": 2, "JudgeCanary": 10, "ShiftTraffic": 4},
    "calls": {"JudgeCanary": {"lambda:GetAlias": 12, "ssm:GetParameter": 10}, "Guardian": {"lambda:GetAlias": 50}},
}


def test_model_is_compared_by_the_states_that_were_entered():
    """The guardian's calls belong to no rollout."""
    assert predicted(LOAD["states"])["lambda:GetAlias"] == 2 * 2 + 10
    assert observed(LOAD["calls"])["lambda:GetAlias"] == 12
    table = report.check_table([LOAD])
    assert (
        table[0]
        == "| Calls | model, 2 rollouts, no limit | sandbox, 2 rollouts, no limit | ratio, 2 rollouts, no limit |"
    )
    assert "| `lambda:GetAlias` | 14 | 12 | 0.86 |" in table


def test_first_limits_name_each_limit_with_its_number():
    text = report.first_limits()
    assert "the first limit of one account was Lambda control plane at 750" in text
    assert "DescribeAlarms at 514" in text
