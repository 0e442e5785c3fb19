"""`steps: Auto` gives every alias a plan that its calls can fill, and says what the plan would catch."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout.auto.candidates import LADDERS
from rollout.auto.choose import choose, stated_percent
from rollout.auto.recent_day import READ_PERIODS, RecentDay
from rollout.domain.counts import Counts
from rollout.judging.window import Timing
from rollout.policy.planned import MAX_DURATION_SECONDS, MAX_EVALUATIONS
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from tests.days import day, steady
from tests.samples import AT, ON_AWS


def chosen(recent: RecentDay, **written: object):
    return choose(read_policy(written), recent, ON_AWS)


def shares(recent: RecentDay, **written: object) -> list[float]:
    return [step.percent for step in chosen(recent, **written).policy.steps]


@pytest.mark.parametrize(
    ("per_minute", "expected"),
    [
        (0, []),
        (20 / 1440, []),
        (0.2, []),
        (1, []),
        (3, [50]),
        (15, [25, 50]),
        (30, [10, 50]),
        (60, [5, 25, 50]),
        (600, [1, 5, 25, 50]),
        (1_000_000, [1, 5, 25, 50]),
    ],
)
def test_fewer_calls_take_larger_shares_until_none_can_compare(per_minute, expected):
    assert shares(steady(per_minute)) == expected


@pytest.mark.parametrize("per_minute", [3, 6, 15, 60, 200, 600, 60_000])
def test_each_step_gets_its_calls_in_the_time_of_the_policy(per_minute):
    plan = chosen(steady(per_minute)).policy
    visible = [per_minute * step.percent / 100 * (step.hold - 180) / 60 for step in plan.steps]
    assert all(calls >= plan.min_invocations for calls in visible)
    assert sum(plan.seconds_in(step.hold) for step in plan.steps) <= 3600
    assert min(step.hold for step in plan.steps) >= 300


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"within": "4h"}, [5, 25, 50]),
        ({"within": "3m"}, []),
        ({"min_invocations": 10}, [5, 25, 50]),
        ({"min_invocations": 5000}, []),
        ({"interval": "1h"}, [50]),
    ],
)
def test_policy_decides_the_time_and_the_calls(written, expected):
    """Of an alias with 20 calls a minute."""
    assert shares(steady(20), **written) == expected


def test_plan_with_steps_is_a_policy_of_its_own():
    written = {"bake": "10m", "min_invocations": 60, "guards": {"max_error_percent": None}, "on_inconclusive": "extend"}
    plan = chosen(steady(600), **written, within="50m").policy
    assert not plan.is_auto
    assert plan.model_copy(update={"steps": []}) == read_policy({"steps": "AllAtOnce"} | written)
    assert Policy.model_validate_json(plan.model_dump_json()) == plan


def test_plan_without_steps_bakes_longer_and_waits_for_calls_for_a_day_at_most():
    plans = [chosen(steady(rate)).policy for rate in (0, 20 / 1440, 0.2, 1)]
    assert all(plan.is_all_at_once for plan in plans)
    assert [plan.bake for plan in plans] == [4500] * 4
    longest = [plan.bake + plan.max_extension for plan in plans]
    assert longest == [4500 + 7200, 86_400, pytest.approx(250 * 60, abs=60), 4500 + 7200]
    assert all(hours <= 86_400 for hours in longest)
    assert all(longest[number] / plan.interval <= 300 for number, plan in enumerate(plans))


def test_sentence_says_what_was_chosen_why_and_what_it_catches():
    assert chosen(steady(600)).sentence == (
        "steps: Auto chose 1 % for 14m, 5 % for 6m, 25 % for 5m, 50 % for 5m, because the alias has about 600 calls a"
        " minute and stable fails 0.1 % of them; before promotion it would see a canary that fails 5 % of its calls"
        " within 18m, 20 % of its calls within 8m, or every call within 4m"
    )
    assert chosen(steady(0.2)).sentence == (
        "steps: Auto promotes at once, because the alias can expect about 12 calls within 1h (about 288 a day): too few"
        " for any split to give the canary 50 calls (min_invocations); guards and alarms watch the bake of 75m, which"
        " waits up to 5h for that many calls and would see a canary that fails every call within 37m"
    )
    assert chosen(steady(0)).sentence.endswith("no canary by its failed calls, not even one that fails all of them")


@pytest.mark.parametrize(
    ("error_rate", "percent"), [(0, 5), (0.001, 5), (0.01, 5), (0.02, 10), (0.15, 75), (0.5, 100), (1, 100)]
)
def test_stated_fault_is_five_percent_or_five_times_stables(error_rate, percent):
    assert stated_percent(error_rate) == percent


@pytest.mark.parametrize("per_minute", [10, 60, 600, 6000])
@pytest.mark.parametrize("error_percent", [0, 0.1, 2])
def test_plan_catches_the_stated_fault(per_minute, error_percent):
    plan = chosen(steady(per_minute, error_percent))
    stated = stated_percent(error_percent / 100)
    assert [fault.seconds for fault in plan.catches if fault.error_percent == stated]
    assert all(fault.seconds <= 3600 + 180 for fault in plan.catches)


def test_failing_stable_version_is_no_reason_against_steps():
    assert shares(steady(600, error_percent=100)) == [50]


counts = st.builds(
    lambda calls, rate: Counts(calls=calls, bad=int(calls * rate)), st.integers(1, 10**8), st.floats(0, 1)
)
ages = st.integers(1, READ_PERIODS)
timings = st.builds(Timing, period_seconds=st.sampled_from([1, 5, 60]), lag_seconds=st.integers(0, 300))
auto_policies = st.fixed_dictionaries(
    {},
    optional={
        "within": st.integers(1, 6 * 86_400),
        "bake": st.integers(0, 6 * 86_400),
        "interval": st.integers(300, 86_400),
        "min_invocations": st.integers(1, 1_000_000_000),
        "max_extension": st.integers(0, 30 * 86_400),
        "false_rollback_percent": st.floats(0.001, 50),
        "guards": st.just({"max_error_percent": None}),
        "on_inconclusive": st.sampled_from(["extend", "promote", "roll_back", "hand_over"]),
        "advance_early": st.booleans(),
    },
)


@st.composite
def days(draw, timing: Timing) -> RecentDay:
    """Empty, one call, all in one hour, spikes, steady, silent nights: any periods with any counts."""
    period = timedelta(seconds=timing.period_seconds)
    steady_counts = draw(st.none() | counts)
    since, until = sorted((draw(ages), draw(ages)))
    periods = {AT - age * period: steady_counts for age in range(since, until)} if steady_counts else {}
    periods |= {AT - age * period: draw(counts) for age in draw(st.lists(ages, max_size=5))}
    return RecentDay(until=AT, periods=periods)


@settings(max_examples=30, deadline=None)
@given(st.data(), auto_policies, timings)
def test_any_day_gives_a_valid_policy_with_its_sentence(data, written, timing):
    """P12: the plan is validated as every policy is, and takes no longer than the policy that asked for it."""
    asked = Policy.model_validate({"interval": 300, "within": 3600} | written)
    plan = choose(asked, data.draw(days(timing)), timing)
    assert read_policy(plan.policy.model_dump(mode="json")) == plan.policy
    assert not plan.policy.is_auto
    assert plan.policy.planned_evaluations <= MAX_EVALUATIONS
    assert plan.policy.planned_seconds <= min(
        max(asked.planned_seconds, 2 * plan.policy.interval), MAX_DURATION_SECONDS
    )
    assert [step.percent for step in plan.policy.steps] in [[], *map(list, LADDERS)]
    assert plan.sentence.startswith("steps: Auto ")


def test_same_day_gives_the_same_plan():
    recent = day(lambda age: age % 97 * 3)
    assert chosen(recent) == chosen(recent)


HOOKED = {"hooks": {"each_step": [{"function": "load"}], "after_traffic": [{"function": "smoke"}]}}


def test_promotion_at_once_says_which_hooks_it_does_not_call():
    """P12: its policy can be read again, though hooks of steps are refused where a policy has no steps."""
    plan = chosen(steady(1), **HOOKED)
    assert plan.warning.startswith("the hooks in each_step (load) are not called, because there are no steps: ")
    assert plan.sentence.endswith(f"; warning: {plan.warning}")
    assert [hook.function for hook in plan.policy.hooks.after_traffic] == ["smoke"]
    assert read_policy(plan.policy.model_dump(mode="json")) == plan.policy


@pytest.mark.parametrize(("per_minute", "written"), [(600, HOOKED), (1, {})])
def test_plan_that_calls_all_hooks_has_no_warning(per_minute, written):
    plan = chosen(steady(per_minute), **written)
    assert (plan.warning, "warning" in plan.sentence) == ("", False)
