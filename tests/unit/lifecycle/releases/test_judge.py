"""A release moves as a whole, and ends with the reason of every part."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Outcome
from rollout.lifecycle.releases.judge import (
    MAX_ENDING_SECONDS,
    judge_release,
    release_outcome,
    release_sentence,
    seconds_to_next_judgement,
)
from rollout.state.releases.part import Progress
from rollout.state.releases.release import ReleaseStatus
from tests.release_samples import ending, release, state
from tests.samples import AT

ROLLING, PROMOTING, PROMOTED, FAILED = ReleaseStatus
WAITING, READY, SERVES, PASSED = Progress
GOOD, BACK = ending(Outcome.PROMOTED), ending()
LATE = AT + timedelta(days=1)


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        (state(), ROLLING, "0 of 3 functions have passed their steps, missing: cart, checkout, payment"),
        (state(ROLLING, READY, READY), ROLLING, "2 of 3 functions have passed their steps, missing: payment"),
        (state(ROLLING, READY, READY, READY), PROMOTING, "3 of 3 functions have passed their steps"),
        (state(PROMOTING, PASSED, SERVES, PASSED), PROMOTING, "2 of 3 functions have passed their bake"),
        (state(PROMOTING, PASSED, PASSED, PASSED), PROMOTED, "3 of 3 functions have passed their bake"),
    ],
)
def test_release_moves_on_once_every_part_has(found, status, reason):
    decision = judge_release(release(), found, AT)
    assert (decision.status, decision.is_over) == (status, False)
    assert decision.reason.startswith(reason)


@pytest.mark.parametrize("open_status", [ROLLING, PROMOTING])
@pytest.mark.parametrize("how", [BACK, ending(Outcome.REJECTED), ending(Outcome.HANDED_OVER), GOOD])
def test_part_that_ends_before_the_others_lets_the_release_fail(open_status, how):
    """Also one whose rollout ended well: it no longer rolls back with the others."""
    found = state(open_status, PASSED, PASSED, PASSED, endings={1: how})
    decision = judge_release(release(), found, AT)
    assert (decision.status, decision.failure) == (FAILED, f"checkout ended: {how.reason}")


@pytest.mark.parametrize("open_status", [ROLLING, PROMOTING])
def test_release_that_takes_too_long_fails_and_names_for_whom_it_waits(open_status):
    decision = judge_release(release(), state(open_status, PASSED, PASSED), LATE)
    assert decision.status is FAILED
    assert decision.failure.startswith("it was not promoted until 2026-03-02T11:59Z: 2 of 3 functions")
    assert decision.failure.endswith(
        "bake, missing: payment" if open_status is PROMOTING else "steps, missing: payment"
    )


@pytest.mark.parametrize("status", [PROMOTED, FAILED])
def test_decided_release_is_over_when_every_rollout_has_ended_or_after_an_hour(status):
    some, every = state(status, endings={0: BACK}), state(status, endings=dict.fromkeys(range(3), BACK))
    late = AT + timedelta(seconds=MAX_ENDING_SECONDS)
    assert [judge_release(release(), each, AT).is_over for each in (some, every)] == [False, True]
    assert judge_release(release(), some, late).is_over
    assert judge_release(release(), some, AT).status is status


@pytest.mark.parametrize(
    ("endings", "outcome", "says"),
    [
        ([GOOD] * 3, Outcome.PROMOTED, "serves its new version alone on each of its 3 functions"),
        ([BACK, BACK, ending(Outcome.REJECTED)], Outcome.ROLLED_BACK, "the old version alone on each of its 3"),
        ([GOOD, BACK, BACK], Outcome.HANDED_OVER, "its functions differ: 1 promoted; 2 rolled back"),
        ([BACK, BACK], Outcome.HANDED_OVER, "2 rolled back; 1 not ended"),
        ([BACK, BACK], Outcome.HANDED_OVER, "because not every rollout has ended within 60 minutes: 2 rolled back"),
        ([BACK, BACK, ending(Outcome.ROLLBACK_FAILED)], Outcome.HANDED_OVER, "1 rollback failed"),
        ([], Outcome.HANDED_OVER, "3 not ended"),
    ],
)
def test_outcome_is_what_the_functions_serve(endings, outcome, says):
    """P10: a red release is only called safe where each function serves its old version alone."""
    found = state(FAILED, endings=dict(enumerate(endings)))
    assert release_outcome(found) is outcome
    assert says in release_sentence(release(), found)


def test_sentence_says_why_the_release_failed():
    found = state(FAILED, endings=dict.fromkeys(range(3), BACK), failure="cart ended: unhealthy: 41 of 1,203 calls")
    assert release_sentence(release(), found).endswith("; it failed because cart ended: unhealthy: 41 of 1,203 calls")


def test_judgements_of_a_week_fit_into_the_history_of_one_execution():
    """Each takes nine of 25,000 events."""
    now, judgements = AT, 0
    while now < AT + timedelta(days=7):
        now += timedelta(seconds=seconds_to_next_judgement(release(), now, 60))
        judgements += 1
    assert judgements * 9 < 25_000 * 0.9
