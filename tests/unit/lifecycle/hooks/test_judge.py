"""Tests of what unhealthy hooks, and hooks without a verdict, do to a rollout."""

import pytest

from rollout.domain.enums import HookPoint, Move, Outcome, Verdict
from rollout.lifecycle.evaluate import Surroundings, evaluate
from rollout.lifecycle.ownership import Ownership
from rollout.state.hold import FreezeMode, Hold
from tests.commands import command
from tests.hooks import BAD, POINTS, answer, answered, called, evaluated, failure
from tests.samples import AT, ON_AWS

BAD_ANSWER = answer("unhealthy", reason="GET /cart answers 500")
PURGE = Hold(reason="the stack is frozen", mode=FreezeMode.ROLL_BACK)
each_point = pytest.mark.parametrize("point", POINTS)


@pytest.mark.parametrize("point", [HookPoint.EACH_STEP, HookPoint.AFTER_TRAFFIC])
def test_unhealthy_hook_rolls_back_and_says_why(point):
    """P10."""
    decided = answered(called(point), BAD_ANSWER)
    assert (decided.next_move, decided.judgement.verdict) == (Move.ROLL_BACK, Verdict.UNHEALTHY)
    assert "unhealthy: hooks" in decided.reason
    assert "smoke: unhealthy (GET /cart answers 500)" in decided.reason


@pytest.mark.parametrize("bad", [BAD_ANSWER, failure("AssertionError", "total is -4"), failure("States.Timeout")])
def test_bad_answer_before_traffic_rejects_the_version_and_touches_nothing(bad):
    """P6: the ending names what stopped it, and no task writes the alias."""
    decided = answered(called(HookPoint.BEFORE_TRAFFIC), bad, after=5)
    assert (decided.next_move, decided.ending.outcome) == (Move.REJECT, Outcome.REJECTED)
    assert decided.ending.error == "StoppedBeforeTrafficError"
    assert decided.ending.cause.startswith(
        "my-api:live was not touched, and version 4 has had no traffic: unhealthy: hooks before traffic: smoke: "
    )


@pytest.mark.parametrize("kinds", [("abort",), ("freeze", "abort")])
def test_abort_before_traffic_touches_nothing(kinds):
    commands = [command(kind, write_number=0) for kind in kinds]
    decided = answered(called(HookPoint.BEFORE_TRAFFIC), answer(), after=5, hold=None)
    aborted = evaluated(decided, *commands, after=10)
    assert (aborted.next_move, aborted.ending.outcome) == (Move.REJECT, Outcome.REJECTED)
    assert "aborted" in aborted.ending.cause


def test_freeze_that_rolls_back_rejects_before_traffic():
    decided = answered(called(HookPoint.BEFORE_TRAFFIC), answer(), after=5, hold=PURGE)
    assert (decided.next_move, decided.ending.outcome) == (Move.REJECT, Outcome.REJECTED)
    assert "the stack is frozen" in decided.ending.cause


def test_rollout_without_its_lock_is_not_rejected():
    """RollBack decides what became of it: the guardian may have closed it."""
    calling = called(HookPoint.BEFORE_TRAFFIC).model_copy(update={"hook_answers": [BAD_ANSWER]})
    found = Surroundings(ownership=Ownership(alias=calling.written_alias, lock=None))
    assert evaluate(calling, None, found, AT, ON_AWS).next_move is Move.ROLL_BACK


@pytest.mark.parametrize(
    ("point", "left"),
    [
        (HookPoint.BEFORE_TRAFFIC, "was not touched, and version 4 has had no traffic"),
        (HookPoint.EACH_STEP, "is left with 10 % on version 4"),
    ],
)
def test_hook_without_a_verdict_hands_over_where_its_policy_says_so(point, left):
    decided = answered(called(point, on_error="hand_over"), failure("States.Timeout"))
    assert (decided.next_move, decided.ending.outcome) == (Move.HAND_OVER, Outcome.HANDED_OVER)
    assert f"my-api:live {left}, for a person to decide; " in decided.ending.cause
    assert "smoke: its call failed (States.Timeout); its on_error is hand_over" in decided.ending.cause


def test_unhealthy_canary_is_rolled_back_rather_than_handed_over():
    decided = answered(called(HookPoint.EACH_STEP, on_error="hand_over"), failure("States.Timeout"), observation=BAD)
    assert (decided.next_move, decided.ending) == (Move.ROLL_BACK, None)


@each_point
@pytest.mark.parametrize("on_error", ["roll_back", "hand_over"])
def test_frozen_rollout_keeps_its_share_and_obeys_the_hook_after_its_release(point, on_error):
    calling = called(point, on_error=on_error).model_copy(update={"hook_answers": [failure("States.Timeout")]})
    frozen = evaluated(calling, command("freeze", write_number=0), after=605)
    assert (frozen.next_move, frozen.ending) == (Move.WAIT, None)
    released = evaluated(frozen, after=700)
    assert released.next_move in {Move.ROLL_BACK, Move.REJECT, Move.HAND_OVER}


@each_point
def test_hook_without_a_verdict_is_passed_where_its_policy_goes_on(point):
    decided = answered(called(point, on_error="promote"), failure("Lambda.Unknown", "exited"))
    assert decided.next_move in {Move.SHIFT, Move.FINISH}
    assert "smoke: its call failed (Lambda.Unknown: exited); its on_error is promote" in decided.reason


def test_nothing_is_known_of_a_canary_before_its_traffic():
    """P5."""
    decided = answered(called(HookPoint.BEFORE_TRAFFIC), answer(), after=5)
    assert (decided.next_move, decided.judgement.verdict) == (Move.SHIFT, Verdict.INCONCLUSIVE)
    assert decided.judgement.reason.startswith("version 4 has had no traffic yet; hooks before traffic: smoke: healthy")
