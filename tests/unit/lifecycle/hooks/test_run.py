"""Tests of the rounds in which hooks are called, until each has decided."""

import pytest

from rollout.domain.enums import HookPoint, HookResult, Move, Phase
from rollout.lifecycle.hooks.run import PLACES
from tests.hooks import POINTS, answer, answered, called, evaluated, failure, seconds_after
from tests.samples import AT, policy

each_point = pytest.mark.parametrize("point", POINTS)
THROTTLED = failure("Lambda.TooManyRequestsException", "Rate Exceeded.")


def at_call(point: HookPoint) -> float:
    """Return when the first calls are made, in seconds after AT."""
    return 0 if point is HookPoint.BEFORE_TRAFFIC else 600


@each_point
def test_healthy_hooks_let_the_rollout_go_on(point):
    decided = answered(called(point, "smoke", "load"), answer(), answer("healthy"), after=at_call(point) + 5)
    went_on = {
        HookPoint.BEFORE_TRAFFIC: Move.SHIFT,
        HookPoint.EACH_STEP: Move.SHIFT,
        HookPoint.AFTER_TRAFFIC: Move.FINISH,
    }
    assert decided.next_move is went_on[point]
    assert "smoke: healthy; load: healthy" in decided.reason


@each_point
@pytest.mark.parametrize(
    "undecided", [answer("inconclusive"), answer(again_in="5s"), THROTTLED], ids=["inconclusive", "again", "throttled"]
)
def test_hook_that_has_not_decided_is_called_again_and_no_other(point, undecided):
    start = at_call(point)
    waiting = answered(called(point, "smoke", "load"), answer(), undecided, after=start + 5)
    assert (waiting.next_move, waiting.wait_seconds, waiting.ending) == (Move.WAIT, 10, None)
    assert waiting.hook_run is not None
    assert seconds_after(waiting.hook_run.hooks[1].again_at) == start + 15
    again = evaluated(waiting, after=start + 15)
    assert [(call.number, call.event.attempt) for call in again.hook_run.calls] == [(1, 2)]
    assert answered(again, answer(), after=start + 20).next_move in {Move.SHIFT, Move.FINISH}


@each_point
def test_hook_is_not_called_before_its_time(point):
    start = at_call(point)
    waiting = answered(called(point), answer(again_in="60s"), after=start + 5)
    early = evaluated(waiting, after=start + 61)
    assert (early.next_move, early.wait_seconds) == (Move.WAIT, 4)
    assert "waits for the hooks" in early.reason
    assert "smoke; called again at" in early.reason


def test_pauses_between_calls_grow_with_the_time_waited():
    """So that a day fits into the history of an execution (P12)."""
    late = answered(called(HookPoint.EACH_STEP, timeout="1d"), answer("inconclusive"), after=600 + 4000)
    assert seconds_after(late.hook_run.hooks[0].again_at) == 600 + 4000 + 400


@each_point
@pytest.mark.parametrize("undecided", [answer("inconclusive", reason="no orders"), answer(again_in="1h"), THROTTLED])
def test_hook_without_a_verdict_in_its_time_is_an_error(point, undecided):
    start = at_call(point)
    late = answered(called(point, timeout="1m"), undecided, after=start + 55)
    assert late.next_move is (Move.REJECT if point is HookPoint.BEFORE_TRAFFIC else Move.ROLL_BACK)
    assert "smoke: no verdict in 55s" in late.reason
    assert "its timeout of 1m" in late.reason


@each_point
@pytest.mark.parametrize(
    "failed", [failure("States.Timeout"), answer("ok"), failure("Lambda.ResourceNotFoundException")]
)
@pytest.mark.parametrize(
    ("on_error", "result"),
    [("roll_back", HookResult.UNHEALTHY), ("promote", HookResult.PASSED), ("hand_over", HookResult.HAND_OVER)],
)
def test_error_of_a_hook_has_the_result_of_its_on_error(point, failed, on_error, result):
    decided = answered(called(point, on_error=on_error), failed, after=at_call(point) + 5)
    assert decided.hook_run.hooks[0].result is result
    assert f"its on_error is {on_error}" in decided.reason


TOO_LARGE = {"Error": "States.DataLimitExceeded", "Cause": "too large"}


@each_point
def test_hooks_whose_answers_are_lost_together_are_called_one_by_one(point):
    """P5: a hook whose answer is too large takes no other hook's place."""
    start, hooks = at_call(point), {"on_error": "promote"}
    calling = called(point, "large", "bad", **hooks)
    lost = evaluated(calling.model_copy(update={"hook_answers": TOO_LARGE}), after=start + 5)
    assert [call.number for call in lost.hook_run.calls] == [0]
    assert lost.hook_run.results == {HookResult.PENDING}
    second = evaluated(lost.model_copy(update={"hook_answers": TOO_LARGE}), after=start + 6)
    assert [call.number for call in second.hook_run.calls] == [1]
    decided = answered(second, answer("unhealthy", reason="the orders are wrong"), after=start + 7)
    assert decided.next_move is (Move.REJECT if point is HookPoint.BEFORE_TRAFFIC else Move.ROLL_BACK)
    assert "large: its call failed (States.DataLimitExceeded: too large)" in decided.reason
    assert "bad: unhealthy (the orders are wrong)" in decided.reason


@each_point
def test_ending_names_the_hooks_without_which_the_rollout_went_on(point):
    """P10: as long as it is not rolled back."""
    decided = answered(called(point, on_error="promote"), failure("States.Timeout"), after=at_call(point) + 5)
    assert decided.waived_hooks == (f"smoke {PLACES[point]}",)
    position = {"phase": Phase.BAKE, "first_shift_at": AT, "step_started_at": AT, "hook_run": None}
    baking = decided.model_copy(update=position)
    ended = evaluated(baking.model_copy(update={"policy": policy()}), after=5000)
    assert ended.next_move is Move.FINISH
    assert ended.ending.cause.endswith(f"; without a verdict of smoke {PLACES[point]}")


def test_answers_are_read_once():
    """P4: a repeated evaluation of the same document decides the same."""
    calling = called(HookPoint.EACH_STEP)
    assert answered(calling, answer("unhealthy")) == answered(calling, answer("unhealthy"))
    decided = answered(calling, answer("healthy"))
    assert decided.hook_run.calls == ()
    assert "hook_answers" not in decided.document()
