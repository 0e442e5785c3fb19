"""A step may end before its hold, where the policy lets it and the step itself has shown the canary to be good."""

import math

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Series
from rollout.judging.early_end import EarlyEnd, early_end
from rollout.judging.judge import judge
from tests.samples import AT, QUIET_HOUR, minutes, observation_of, policy, with_series

EQUAL = [(3000, 60, 3000, 60)] * 10
HISTORY = (Counts(calls=6000, bad=120),) * 60
EARLY = policy(advance_early=True)


def test_a_canary_as_good_as_stable_may_end_its_step_early():
    found = judge(observation_of(*EQUAL, history=HISTORY), EARLY)
    assert (found.verdict, found.may_end_step) == (Verdict.HEALTHY, True)
    assert found.reason.endswith(" that it is less than 2 times as bad, 200 end the step early")


def test_nothing_ends_early_unless_the_policy_says_so():
    assert not judge(observation_of(*EQUAL, history=HISTORY), policy()).may_end_step


@pytest.mark.parametrize("counted", [(3000, 120, 3000, 60), (300, 0, 300, 0), (100, 1, 900, 9)])
def test_a_canary_that_has_not_shown_it_keeps_its_hold(counted):
    """Twice as bad, without a failed call to compare, or with too few of them."""
    assert not judge(
        observation_of(counted, history=HISTORY), policy(advance_early=True, guards={"max_error_percent": None})
    ).may_end_step


def test_good_news_is_taken_from_closed_minutes_of_this_step_alone():
    """P5."""
    still_open = observation_of(*EQUAL, history=HISTORY, closed_until=AT)
    before = observation_of(*EQUAL, history=HISTORY, step_since=AT.replace(minute=10))
    assert not judge(still_open, EARLY).may_end_step
    assert not judge(before, EARLY).may_end_step


def test_every_critical_metric_has_to_show_it():
    both = policy(advance_early=True, metrics=["errors", {"slow": {"over_ms": 800}}])
    good, unsure = (Series(minutes=minutes(*counts), history=HISTORY) for counts in (EQUAL, [(3000, 0, 3000, 0)] * 10))
    shown = observation_of(*EQUAL, history=HISTORY)
    assert judge(with_series(shown, slow=good), both).may_end_step
    assert not judge(with_series(shown, slow=unsure), both).may_end_step


@pytest.mark.parametrize("other", ["throttles", {"slow": {"over_ms": 800}, "mode": "advisory"}])
def test_a_metric_that_does_not_compare_or_does_not_decide_holds_no_step_up(other):
    assert judge(
        observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["errors", other])
    ).may_end_step


def test_a_critical_metric_that_was_not_measured_shows_nothing():
    """P5."""
    found = early_end(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["errors", "slow"]))
    assert found is not None
    assert (found.log_evidence, found.is_shown) == (0, False)


@pytest.mark.parametrize(("log_evidence", "is_shown"), [(4.999, False), (5, True), (10**6, True)])
def test_the_limit_once_reached_is_enough(log_evidence, is_shown):
    assert EarlyEnd(log_evidence=log_evidence, log_limit=5).is_shown is is_shown


def test_evidence_too_high_for_a_number_is_told_as_the_highest():
    said = EarlyEnd(log_evidence=10**6, log_limit=math.log(200)).format()
    assert said == "; evidence 1.01e+304 that it is less than 2 times as bad, 200 end the step early"


def test_all_steps_share_the_promise():
    found = early_end(observation_of(*EQUAL), EARLY)
    assert found is not None
    assert found.log_limit == pytest.approx(math.log(100 * len(EARLY.steps)))


def test_a_step_with_too_few_calls_does_not_end_early_however_good():
    """P5."""
    found = judge(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, min_invocations=10**6))
    assert (found.verdict, found.may_end_step) == (Verdict.INCONCLUSIVE, False)


def test_where_nothing_is_compared_nothing_ends_early():
    assert early_end(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["throttles"])) is None


def test_the_bake_is_never_cut_short():
    assert early_end(observation_of(*EQUAL, history=QUIET_HOUR, phase=Phase.BAKE), EARLY) is None
