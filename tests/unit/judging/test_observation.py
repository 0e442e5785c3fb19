"""An observation separates the current step from the steps before it."""

from rollout.domain.counts import Counts
from rollout.evidence.series import Series
from rollout.judging.observation import observe
from rollout.judging.window import evaluation_window
from tests.samples import AT, ON_AWS, minutes, rollout


def test_step_counts_from_its_first_whole_minute():
    stepped = rollout(step_started_at=AT.replace(minute=1, second=30))
    window = evaluation_window(AT, AT, AT.replace(minute=6), ON_AWS)
    observation = observe(stepped, {"errors": Series(minutes=minutes(*[(10, 0, 90, 0)] * 4))}, window, ON_AWS)
    assert observation.in_step() == Counts(calls=20)
    assert observation.calls.canary == Counts(calls=40)


def test_settled_calls_began_before_the_timeout_and_the_lag():
    window = evaluation_window(AT, AT, AT.replace(minute=6), ON_AWS, timeout_seconds=120)
    observation = observe(rollout(), {"errors": Series(minutes=minutes(*[(10, 0, 90, 0)] * 6))}, window, ON_AWS)
    assert (observation.in_step().calls, observation.settled_calls) == (40, 20)
