"""Tests of transitions: each write leaves the document with what the next task needs."""

from datetime import timedelta

from rollout.domain.enums import Move, Phase
from rollout.judging.window import evaluation_window
from rollout.lifecycle.transitions import begin_bake, begin_step, next_step
from rollout.state.rollout import Rollout, Shift
from tests.samples import AT, ON_AWS, judgement, policy, rollout

NOW = AT + timedelta(minutes=5, seconds=1)


def test_next_step_has_next_share():
    before = rollout(step=0, first_shift_at=None, step_started_at=None)
    assert [before.percent, next_step(before).percent, next_step(next_step(before)).percent] == [0, 10, 50]


def test_first_step_sets_first_shift_time():
    begun = begin_step(rollout(first_shift_at=None, step_started_at=None), "revision-2", NOW, ON_AWS)
    assert (begun.first_shift_at, begun.step_started_at, begun.revision_id) == (NOW, NOW, "revision-2")
    assert begun.wait_seconds == 59
    assert begun.reason == "step 1 of 2: version 4 has 10 % for at least 5m"


def test_later_step_keeps_first_shift_time():
    begun = begin_step(rollout(step=2), "revision-2", NOW, ON_AWS)
    assert (begun.first_shift_at, begun.step_started_at) == (AT, NOW)


def test_each_shift_is_recorded_with_its_share():
    """The share of every minute is known at every later evaluation, in the bake too."""
    first = begin_step(rollout(first_shift_at=None, step_started_at=None), "revision-2", NOW, ON_AWS)
    second = begin_step(next_step(first), "revision-3", NOW + timedelta(minutes=5), ON_AWS)
    recorded = [Shift(at=NOW, percent=10), Shift(at=NOW + timedelta(minutes=5), percent=50)]
    assert [*begin_bake(second, "revision-4", NOW, ON_AWS).shifts] == recorded


def test_promotion_begins_bake():
    begun = begin_bake(rollout(judgement=judgement(), next_move=Move.PROMOTE), "revision-3", NOW, ON_AWS)
    assert (begun.phase, begun.revision_id, begun.judged_since, begun.percent) == (Phase.BAKE, "revision-3", NOW, 100)
    assert begun.wait_seconds == 59
    assert begun.reason == "version 4 is promoted; the bake lasts 5m"


def test_version_promoted_at_once_is_compared_with_stable_before_promotion():
    at_once = rollout(policy=policy(steps="AllAtOnce"), step=0, first_shift_at=None, step_started_at=None)
    begun = begin_bake(at_once, "revision-2", NOW, ON_AWS)
    window = evaluation_window(begun.shared_since, begun.judged_since, NOW + timedelta(minutes=5), ON_AWS)
    assert (begun.percent, begun.step, begun.is_last_step, begun.shared_since) == (100, 0, True, NOW)
    assert (window.history_end, window.shared_start) == (NOW.replace(second=0), window.start)
    assert Rollout.model_validate(begun.document()) == begun


def test_promotion_without_bake_does_not_wait():
    assert begin_bake(rollout(policy=policy(bake=0)), "revision-3", NOW, ON_AWS).wait_seconds == 0
