"""A canary that Lambda cannot invoke has no datapoints, and is found by the calls that it does not serve."""

from datetime import timedelta

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.evidence.series import Minute, Series
from rollout.judging.judge import judge
from rollout.judging.observation import Observation, observe
from rollout.judging.shares import ShareSpan
from rollout.judging.window import evaluation_window
from rollout.state.rollout import Rollout, Shift
from tests.samples import AT, ON_AWS, observation_of, policy, rollout

FIVE_PERCENT = (ShareSpan(start=AT, percent=5),)
WITHOUT_CANARY = (0, 0, 570, 1)
HEALTHY_MINUTE = (30, 0, 570, 1)


def verdict(*counts: tuple[int, int, int, int], **changes: object) -> Verdict:
    return judge(observation_of(*counts, **{"shares": FIVE_PERCENT} | changes), policy()).verdict


def test_canary_that_cannot_be_invoked_is_unhealthy_within_minutes():
    """P5: with a sentence that says what was due. The minute of the evaluation itself is open and does not count."""
    judgement = judge(observation_of(*[WITHOUT_CANARY] * 2, shares=FIVE_PERCENT), policy())
    assert judgement.verdict is Verdict.UNHEALTHY
    assert judgement.reason.startswith(
        "the canary does not get its share of 5 % of the calls: 0 calls in 2 minutes where about 30 a minute were due"
        " (evidence 2,433 against a limit of 1,000), so Lambda cannot invoke it, or its calls do not end; errors: "
    )


def test_share_lost_during_the_rollout_is_unhealthy_and_names_only_its_minutes():
    judgement = judge(observation_of(*[HEALTHY_MINUTE] * 20, *[WITHOUT_CANARY] * 4, shares=FIVE_PERCENT), policy())
    assert judgement.verdict is Verdict.UNHEALTHY
    assert "0 calls in 4 minutes where about 30 a minute were due" in judgement.reason


def test_open_minutes_are_no_proof():
    """A canary whose calls take longer is counted later."""
    assert verdict(*[WITHOUT_CANARY] * 3, closed_until=AT + timedelta(minutes=1)) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([WITHOUT_CANARY] * 9, ()),
        ([WITHOUT_CANARY] * 9, (ShareSpan(start=AT, end=AT, percent=5),)),
        ([(0, 0, 0, 0)] * 9, FIVE_PERCENT),
        ([(0, 0, 20, 0)] * 60, (ShareSpan(start=AT, percent=1),)),
    ],
)
def test_missing_share_is_not_proved_without_a_share_or_without_calls(counts, shares):
    """P5: no verdict at all, neither healthy nor unhealthy."""
    assert verdict(*counts, shares=shares) is Verdict.INCONCLUSIVE


def test_advisory_missing_share_is_reported_and_does_not_decide():
    observation = observation_of(*[HEALTHY_MINUTE] * 9, *[WITHOUT_CANARY] * 4, shares=FIVE_PERCENT)
    judgement = judge(observation, policy(guards={"missing_share": "advisory"}))
    assert judgement.verdict is Verdict.HEALTHY
    assert "; advisory: the canary does not get its share of 5 % of the calls: 0 calls in 4 minutes" in judgement.reason


def observed(begun: Rollout, *counts: tuple[int, int]) -> Observation:
    """Return the observation twenty minutes later; `counts` are both versions' calls in the minutes from AT."""
    minutes = tuple(
        Minute(start=AT + timedelta(minutes=number), canary=Counts(calls=canary), stable=Counts(calls=stable))
        for number, (canary, stable) in enumerate(counts)
    )
    window = evaluation_window(AT, AT, AT + timedelta(minutes=20), ON_AWS)
    return observe(begun, {"errors": Series(minutes=minutes)}, window, ON_AWS)


def at(minute: int, second: int = 0) -> Shift:
    return Shift(at=AT + timedelta(minutes=minute, seconds=second), percent=1 if minute < 5 else 50)


TEN_MINUTES = [(6, 594)] * 5 + [(300, 300)] * 5


def test_minutes_are_compared_with_the_share_of_their_own_step():
    """In the first step the canary has 1 %; with the share of the second step, its calls would be missing."""
    begun = rollout(step=2, shifts=(at(0), at(5)), step_started_at=at(5).at)
    assert judge(observed(begun, *TEN_MINUTES), policy()).verdict is Verdict.HEALTHY
    assert judge(observed(begun, *TEN_MINUTES[:5], *TEN_MINUTES[:5]), policy()).verdict is Verdict.UNHEALTHY


def test_minute_of_a_shift_belongs_to_no_share():
    begun = rollout(step=2, shifts=(at(0, 1), at(5, 40)))
    assert [(span.start, span.end) for span in observed(begun).shares] == [
        (AT, AT + timedelta(minutes=5)),
        (AT + timedelta(minutes=6), None),
    ]


def test_canary_has_no_share_in_the_bake():
    """The alias serves it alone, so no call of stable says what was due."""
    assert observed(rollout(step=2, shifts=(at(0), at(5)), phase=Phase.BAKE), *TEN_MINUTES).shares == ()


def test_document_without_shifts_is_compared_in_its_current_step():
    """A rollout that began before shifts were recorded goes on."""
    begun = rollout(step=2, step_started_at=at(5).at)
    assert [(span.start, span.percent) for span in observed(begun).shares] == [(at(5).at, 50)]
    assert judge(observed(begun, *TEN_MINUTES), policy()).verdict is Verdict.HEALTHY
