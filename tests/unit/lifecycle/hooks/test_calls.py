"""Tests of when hooks are called, and of what they receive."""

from datetime import timedelta

import pytest

from rollout.domain.enums import HookPoint, Move, Phase, Start, Verdict
from rollout.lifecycle.hooks.calls import MOVES, begin_hooks
from rollout.lifecycle.transitions import begin_step, next_step
from rollout.policy.hooks import call_evaluations
from rollout.state.hold import FreezeMode, Hold
from tests.commands import command
from tests.hooks import BAD, HEALTHY, POINTS, answer, answered, called, evaluated, with_hooks
from tests.samples import AT, EXECUTION, ON_AWS, observation_of, policy, rollout

each_point = pytest.mark.parametrize("point", POINTS)
FREEZE = Hold(reason="the stack is frozen", mode=FreezeMode.HOLD)
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


@each_point
def test_hooks_are_called_before_the_rollout_goes_on(point):
    calling = called(point, "smoke", "load:live")
    assert calling.next_move in {MOVES[point], None}
    assert calling.ending is None
    assert [call.function_arn.partition("function:")[2] for call in calling.hook_run.calls] == ["smoke", "load:live"]
    assert "are called: smoke, load:live" in calling.reason


def test_hook_receives_what_it_tries():
    call = called(HookPoint.EACH_STEP).hook_run.calls[0]
    assert call.timeout_seconds == 300
    assert call.event.model_dump(mode="json") == {
        "hook": "each_step",
        "rollout": EXECUTION.arn,
        "account": "123456789012",
        "region": "eu-west-1",
        "function": "my-api",
        "alias": "live",
        "stable_version": "3",
        "canary_version": "4",
        "stable_arn": f"{ARN}:3",
        "canary_arn": f"{ARN}:4",
        "alias_arn": f"{ARN}:live",
        "step": 1,
        "percent": 10,
        "next_percent": 50,
        "attempt": 1,
        "since": "2026-03-01T12:10:00Z",
    }


@pytest.mark.parametrize(
    ("point", "step", "percent", "next_percent"),
    [(HookPoint.BEFORE_TRAFFIC, 0, 0, 10), (HookPoint.EACH_STEP, 1, 10, 50), (HookPoint.AFTER_TRAFFIC, 1, 100, 100)],
)
def test_hook_receives_the_share_and_the_next_one(point, step, percent, next_percent):
    event = called(point).hook_run.calls[0].event
    assert (event.hook, event.step, event.percent, event.next_percent) == (point, step, percent, next_percent)


def test_promotion_is_the_larger_share_after_the_last_step():
    last = with_hooks(HookPoint.EACH_STEP).model_copy(update={"step": 2})
    assert evaluated(last).hook_run.calls[0].event.next_percent == 100


@pytest.mark.parametrize("command_", ["promote"])
def test_commanded_promotion_asks_the_hooks_too(command_):
    calling = evaluated(with_hooks(HookPoint.EACH_STEP), command(command_), after=60)
    assert calling.next_move is Move.RUN_STEP_HOOKS
    assert calling.hook_run.calls[0].event.next_percent == 100


def test_hooks_run_again_before_the_next_share():
    passed = answered(called(HookPoint.EACH_STEP), answer())
    shifted = begin_step(next_step(passed), "revision-3", AT + timedelta(seconds=610), ON_AWS)
    calling = evaluated(shifted, after=610 + 600)
    assert (calling.next_move, calling.hook_run.step) == (Move.RUN_STEP_HOOKS, 2)


def test_hooks_are_not_called_while_the_step_holds():
    assert evaluated(with_hooks(HookPoint.EACH_STEP), after=60).next_move is Move.WAIT


def test_hooks_of_a_step_are_called_when_its_hold_is_over_also_with_too_few_calls():
    """A hook may be what calls an idle function; the step still needs its calls afterwards."""
    few = observation_of(*[(1, 0, 9, 0)] * 10)
    calling = evaluated(with_hooks(HookPoint.EACH_STEP), observation=few)
    assert (calling.next_move, calling.judgement.verdict) == (Move.RUN_STEP_HOOKS, Verdict.INCONCLUSIVE)
    waiting = answered(calling, answer(), observation=few)
    assert waiting.next_move is Move.WAIT
    assert evaluated(waiting, after=660).next_move is Move.SHIFT


@pytest.mark.parametrize("changes", [{"commands": ["extend"]}, {"hold": FREEZE}])
def test_hooks_of_a_step_are_not_called_early_while_it_is_extended_or_held(changes):
    commands = [command(kind, seconds=3600) for kind in changes.pop("commands", [])]
    few = observation_of(*[(1, 0, 9, 0)] * 10)
    assert evaluated(with_hooks(HookPoint.EACH_STEP), *commands, observation=few, **changes).next_move is Move.WAIT


def test_hooks_after_traffic_are_called_as_soon_as_the_bake_begins():
    calling = evaluated(with_hooks(HookPoint.AFTER_TRAFFIC), after=60)
    assert calling.next_move is Move.RUN_AFTER_TRAFFIC_HOOKS


def test_bake_does_not_end_before_its_hooks_have_decided():
    waiting = answered(called(HookPoint.AFTER_TRAFFIC, timeout="1h"), answer("inconclusive"), after=605)
    assert (waiting.next_move, waiting.ending) == (Move.WAIT, None)


@each_point
@pytest.mark.parametrize("kind", ["pause", "freeze"])
def test_held_rollout_calls_no_hook(point, kind):
    begun = with_hooks(point).model_copy(update={"hook_run": None})
    held = evaluated(begun, command(kind, write_number=0), after=60 if point is HookPoint.AFTER_TRAFFIC else 600)
    assert held.next_move is Move.WAIT


@pytest.mark.parametrize("point", [HookPoint.BEFORE_TRAFFIC, HookPoint.EACH_STEP])
def test_frozen_stack_calls_no_hook_and_a_passed_one_waits_for_its_end(point):
    begun = with_hooks(point).model_copy(update={"hook_run": None})
    assert evaluated(begun, hold=FREEZE).next_move is Move.WAIT
    passed = answered(called(point), answer(), hold=FREEZE)
    assert passed.next_move is Move.WAIT
    assert evaluated(passed, after=700).next_move is Move.SHIFT


def test_unhealthy_canary_is_rolled_back_without_a_hook():
    rolled_back = evaluated(with_hooks(HookPoint.EACH_STEP), observation=BAD)
    assert (rolled_back.next_move, rolled_back.hook_run) == (Move.ROLL_BACK, None)
    assert rolled_back.judgement.verdict is Verdict.UNHEALTHY


def test_canary_is_judged_again_after_the_hooks():
    """What became unhealthy while the hooks ran gets no larger share."""
    assert answered(called(HookPoint.EACH_STEP), answer(), observation=BAD).next_move is Move.ROLL_BACK


@each_point
def test_calls_count_in_the_history_of_the_execution(point):
    """P12."""
    assert called(point, "smoke", "load").hook_evaluations == call_evaluations(2)


def test_last_call_gets_the_time_that_is_left():
    waiting = answered(called(HookPoint.EACH_STEP, timeout="1m"), answer(again_in="20s"), after=630)
    assert evaluated(waiting, after=650).hook_run.calls[0].timeout_seconds == 10


def test_call_is_never_longer_than_a_lambda_function_may_run():
    assert called(HookPoint.EACH_STEP, timeout="1d").hook_run.calls[0].timeout_seconds == 900


@pytest.mark.parametrize("start", [Start.QUEUE, Start.NOTHING_TO_DO])
def test_rollout_that_does_not_begin_calls_no_hook(start):
    hooks = {"before_traffic": [{"function": "smoke"}], "on_rollback": [{"function": "page"}]}
    waiting = rollout(policy=policy(hooks=hooks), step=0, first_shift_at=None, start=start)
    assert begin_hooks(waiting, AT) == waiting


def test_rollback_hooks_are_known_from_the_start():
    """RollBack needs nothing of the policy for them."""
    begun = begin_hooks(rollout(policy=policy(hooks={"on_rollback": [{"function": "page", "timeout": "1m"}]})), AT)
    (call,) = begun.rollback_hooks
    assert (call.function_arn[-5:], call.timeout_seconds, call.event.hook) == (":page"[-5:], 60, "on_rollback")
    assert (begun.next_move, begun.hook_run) == (None, None)


def test_policy_without_hooks_adds_nothing_to_the_document():
    assert not {"hook_run", "rollback_hooks"} & begin_hooks(rollout(), AT).document().keys()
    assert evaluated(rollout()).next_move is Move.SHIFT
    assert evaluated(rollout(phase=Phase.BAKE), observation=HEALTHY).next_move is Move.FINISH
