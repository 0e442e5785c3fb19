"""A step may end before its hold if the policy allows it and the step's own minutes show a good canary."""

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


def test_canary_as_good_as_stable_may_end_its_step_early():
    judgement = judge(observation_of(*EQUAL, history=HISTORY), EARLY)
    assert (judgement.verdict, judgement.may_end_step) == (Verdict.HEALTHY, True)
    assert judgement.reason.endswith(
        " that the canary is less than 2 times as bad as stable, against a limit of 200 to end the step early"
    )


def test_step_keeps_its_hold_unless_the_policy_allows_an_early_end():
    assert not judge(observation_of(*EQUAL, history=HISTORY), policy()).may_end_step


@pytest.mark.parametrize("counted", [(3000, 120, 3000, 60), (300, 0, 300, 0), (100, 1, 900, 9)])
def test_step_without_proof_keeps_its_hold(counted):
    """The canary is twice as bad, has no failed call to compare, or has too few of them."""
    assert not judge(
        observation_of(counted, history=HISTORY), policy(advance_early=True, guards={"max_error_percent": None})
    ).may_end_step


def test_only_closed_minutes_of_this_step_can_end_it_early():
    """P5."""
    still_open = observation_of(*EQUAL, history=HISTORY, closed_until=AT)
    before = observation_of(*EQUAL, history=HISTORY, step_since=AT.replace(minute=10))
    assert not judge(still_open, EARLY).may_end_step
    assert not judge(before, EARLY).may_end_step


def test_every_critical_metric_must_show_a_good_canary():
    both = policy(advance_early=True, metrics=["errors", {"slow": {"over_ms": 800}}])
    good, without_proof = (
        Series(minutes=minutes(*counts), history=HISTORY) for counts in (EQUAL, [(3000, 0, 3000, 0)] * 10)
    )
    observation = observation_of(*EQUAL, history=HISTORY)
    assert judge(with_series(observation, slow=good), both).may_end_step
    assert not judge(with_series(observation, slow=without_proof), both).may_end_step


@pytest.mark.parametrize("other", ["throttles", {"slow": {"over_ms": 800}, "mode": "advisory"}])
def test_advisory_and_uncompared_metrics_do_not_prevent_an_early_end(other):
    assert judge(
        observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["errors", other])
    ).may_end_step


def test_unmeasured_critical_metric_shows_nothing():
    """P5."""
    early = early_end(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["errors", "slow"]))
    assert early is not None
    assert (early.log_evidence, early.is_shown) == (0, False)


@pytest.mark.parametrize(("log_evidence", "is_shown"), [(4.999, False), (5, True), (10**6, True)])
def test_early_end_is_shown_at_its_limit(log_evidence, is_shown):
    assert EarlyEnd(log_evidence=log_evidence, log_limit=5).is_shown is is_shown


def test_evidence_beyond_the_float_range_is_formatted_as_the_highest():
    formatted = EarlyEnd(log_evidence=10**6, log_limit=math.log(200)).format()
    assert formatted == (
        "; evidence 1.01e+304 that the canary is less than 2 times as bad as stable, against a limit of 200 to end the"
        " step early"
    )


def test_all_steps_share_one_promise():
    early = early_end(observation_of(*EQUAL), EARLY)
    assert early is not None
    assert early.log_limit == pytest.approx(math.log(100 * len(EARLY.steps)))


def test_step_with_too_few_calls_never_ends_early():
    """P5."""
    judgement = judge(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, min_invocations=10**6))
    assert (judgement.verdict, judgement.may_end_step) == (Verdict.INCONCLUSIVE, False)


def test_step_without_a_compared_metric_never_ends_early():
    assert early_end(observation_of(*EQUAL, history=HISTORY), policy(advance_early=True, metrics=["throttles"])) is None


def test_bake_never_ends_early():
    assert early_end(observation_of(*EQUAL, history=QUIET_HOUR, phase=Phase.BAKE), EARLY) is None
