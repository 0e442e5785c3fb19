"""A release that is decided says which rollouts have not ended, what they do, and what happens next."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Outcome
from rollout.lifecycle.releases.judge import MAX_ENDING_SECONDS, release_sentence
from rollout.lifecycle.releases.standing import format_standing
from rollout.state.releases.release import ReleaseStatus
from tests.release_samples import ending, release, state
from tests.samples import AT

GOOD, BACK = ending(Outcome.PROMOTED), ending()
BROKEN = "JudgeRelease failed with Lambda.Unknown"


def standing(status, *endings, now=AT, failure=""):
    return format_standing(release(), state(status, endings=dict(enumerate(endings)), failure=failure), now)


@pytest.mark.parametrize(
    ("endings", "says"),
    [
        ([], "has failed, and 3 of 3 rollouts have not ended yet: cart, checkout, payment. Their functions return"),
        ([BACK], "has failed, and 2 of 3 rollouts have not ended yet, 1 ended as rolled back: checkout, payment."),
        ([BACK, GOOD], "and 1 of 3 rollouts has not ended yet, 1 ended as rolled back, 1 ended as promoted: payment."),
    ],
)
def test_failed_release_says_which_functions_have_still_to_return(endings, says):
    """P10: functions that have not ended are not said to differ."""
    sentence = standing(ReleaseStatus.FAILED, *endings, failure=BROKEN)
    assert says in sentence
    assert "return to their old versions at their next evaluations, unless a person has frozen them" in sentence
    assert "the guardian does so, which looks every five minutes" in sentence
    assert sentence.endswith(f"It failed because {BROKEN}")
    assert "differ" not in sentence


def test_promoted_release_says_that_the_others_stay_promoted():
    sentence = standing(ReleaseStatus.PROMOTED, GOOD, GOOD)
    assert "was promoted, and 1 of 3 rollouts has not ended yet, 2 ended as promoted: payment. They stay" in sentence
    assert "failed" not in sentence


@pytest.mark.parametrize("endings", [[BACK] * 3, [GOOD, BACK, BACK], [BACK]])
def test_release_that_is_over_says_how_it_ended(endings):
    late = AT + timedelta(seconds=MAX_ENDING_SECONDS)
    ended = state(ReleaseStatus.FAILED, endings=dict(enumerate(endings)))
    assert format_standing(release(), ended, late) == release_sentence(release(), ended)
