"""After every look there is exactly one move, and a canary goes on only when it was found healthy."""

from datetime import timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.judging.window import seconds_to_next_evaluation
from rollout.lifecycle.decide import decide
from rollout.policy.policy import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS, OnInconclusive
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, THIN = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
ONWARD = {Move.SHIFT, Move.PROMOTE, Move.FINISH}
LAST_STEP = {"step": 2}
BAKE = {"step": 2, "phase": Phase.BAKE}
AT_ONCE = {"step": 0, "phase": Phase.BAKE, "policy": policy(steps="AllAtOnce")}


def decided(begun: Rollout, verdict: Verdict, after_seconds: float) -> Rollout:
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after_seconds), ON_AWS)


@pytest.mark.parametrize(
    ("where", "verdict", "after_seconds", "move"),
    [
        ({}, HEALTHY, 240, Move.WAIT),
        ({}, HEALTHY, 297.9, Move.WAIT),
        ({}, HEALTHY, 298, Move.SHIFT),
        ({}, HEALTHY, 300, Move.SHIFT),
        (LAST_STEP, HEALTHY, 240, Move.WAIT),
        (LAST_STEP, HEALTHY, 300, Move.PROMOTE),
        (BAKE, HEALTHY, 240, Move.WAIT),
        (BAKE, HEALTHY, 300, Move.FINISH),
        (AT_ONCE, HEALTHY, 240, Move.WAIT),
        (AT_ONCE, HEALTHY, 300, Move.FINISH),
        (AT_ONCE, UNHEALTHY, 0, Move.ROLL_BACK),
        (AT_ONCE, THIN, 300, Move.WAIT),
        ({}, UNHEALTHY, 0, Move.ROLL_BACK),
        (LAST_STEP, UNHEALTHY, 300, Move.ROLL_BACK),
        (BAKE, UNHEALTHY, 300, Move.ROLL_BACK),
        ({}, THIN, 0, Move.WAIT),
        ({}, THIN, 300, Move.WAIT),
        (BAKE, THIN, 300, Move.WAIT),
        ({}, THIN, 99_999, Move.WAIT),
    ],
)
def test_the_move_follows_from_place_verdict_and_time(where, verdict, after_seconds, move):
    assert decided(rollout(**where), verdict, after_seconds).next_move is move


@pytest.mark.parametrize(
    ("where", "after_seconds", "move"),
    [({}, 298, Move.SHIFT), (BAKE, 298, Move.WAIT), (BAKE, 597.9, Move.WAIT), (BAKE, 598, Move.FINISH)],
)
def test_a_step_lasts_its_hold_and_the_bake_as_long_as_it_was_planned(where, after_seconds, move):
    assert decided(rollout(**where, policy=policy(bake="10m")), HEALTHY, after_seconds).next_move is move


def test_before_the_first_shift_no_hold_is_over():
    assert (
        decided(rollout(first_shift_at=None, step_started_at=None), HEALTHY, METRIC_RETENTION_SECONDS + 1).next_move
        is Move.WAIT
    )


@pytest.mark.parametrize(("where", "move"), [({}, Move.SHIFT), (LAST_STEP, Move.PROMOTE)])
def test_a_step_that_may_end_early_does(where, move):
    shown = judgement(HEALTHY).model_copy(update={"may_end_step": True})
    ended = decide(rollout(**where), shown, AT + timedelta(seconds=60), ON_AWS)
    assert ended.next_move is move
    assert ended.reason.endswith("; the step ends early, as the policy lets it")


@pytest.mark.parametrize(
    ("where", "choice", "move"),
    [
        ({}, OnInconclusive.EXTEND, Move.WAIT),
        ({}, OnInconclusive.PROMOTE, Move.SHIFT),
        (LAST_STEP, OnInconclusive.PROMOTE, Move.PROMOTE),
        (BAKE, OnInconclusive.PROMOTE, Move.FINISH),
        ({}, OnInconclusive.ROLL_BACK, Move.ROLL_BACK),
        ({}, OnInconclusive.HAND_OVER, Move.HAND_OVER),
    ],
)
def test_a_step_still_too_thin_is_decided_by_the_policy(where, choice, move):
    begun = rollout(**where, policy=policy(max_extension="10m", on_inconclusive=choice))
    assert decided(begun, THIN, 897.9).next_move is Move.WAIT
    assert decided(begun, THIN, 898).next_move is move


def test_without_a_bake_the_rollout_finishes_at_its_first_look():
    ended = decided(rollout(**BAKE, policy=policy(bake=0)), THIN, 0)
    assert ended.next_move is Move.FINISH
    assert ended.reason.endswith("; the policy asks for no bake")


def test_a_thin_step_waits_though_there_is_no_bake():
    """P5."""
    assert decided(rollout(policy=policy(bake=0)), THIN, 300).next_move is Move.WAIT


@pytest.mark.parametrize(
    ("where", "verdict", "move"),
    [
        ({}, HEALTHY, Move.ROLL_BACK),
        ({}, THIN, Move.ROLL_BACK),
        (BAKE, THIN, Move.ROLL_BACK),
        (BAKE, HEALTHY, Move.FINISH),
    ],
)
def test_the_last_look_ends_the_rollout(where, verdict, move):
    """P12: before Step Functions would, and not a look sooner; what is done by then is done."""
    assert decided(rollout(**where, evaluations=MAX_EVALUATIONS - 2), verdict, 300).next_move is not Move.ROLL_BACK
    ended = decided(rollout(**where, evaluations=MAX_EVALUATIONS - 1), verdict, 300)
    assert (ended.next_move, ended.evaluations) == (move, MAX_EVALUATIONS)


def test_a_rollout_taken_back_at_its_last_look_says_so():
    """P10."""
    reason = decided(rollout(evaluations=MAX_EVALUATIONS - 1), HEALTHY, 60).reason
    assert reason == "healthy: errors: as counted; 2,500 looks are all an execution has room for"


def test_a_step_that_is_held_on_says_for_how_long():
    held_on = decided(rollout(policy=policy(max_extension="10m")), THIN, 300).reason
    assert held_on == "inconclusive: errors: as counted; held on for more calls, at most 10m longer than planned"


@pytest.mark.parametrize(
    ("where", "verdict", "move"),
    [
        ({}, HEALTHY, Move.ROLL_BACK),
        (LAST_STEP, HEALTHY, Move.ROLL_BACK),
        ({}, THIN, Move.ROLL_BACK),
        (BAKE, THIN, Move.ROLL_BACK),
        (BAKE, HEALTHY, Move.FINISH),
    ],
)
def test_a_rollout_older_than_its_counts_is_taken_back(where, verdict, move):
    """P12: what is done by then is done."""
    assert decided(rollout(**where), verdict, METRIC_RETENTION_SECONDS).next_move is not Move.ROLL_BACK
    assert decided(rollout(**where), verdict, METRIC_RETENTION_SECONDS + 1).next_move is move


def test_a_rollout_taken_back_for_its_age_says_so():
    """P10."""
    reason = decided(rollout(policy=policy(max_extension="30d")), THIN, METRIC_RETENTION_SECONDS + 1).reason
    assert reason == "inconclusive: errors: as counted; the first shift is over 15d ago, and older minutes are gone"


def test_a_finished_rollout_says_what_the_alias_serves():
    ending = decided(rollout(**BAKE), HEALTHY, 300).ending
    assert (ending.outcome, ending.error) == (Outcome.PROMOTED, "")
    assert ending.cause == "my-api:live serves version 4 alone; healthy: errors: as counted"


def test_a_rollout_handed_over_says_how_the_alias_is_left():
    """P10."""
    begun = rollout(policy=policy(max_extension=0, on_inconclusive="hand_over"))
    ending = decided(begun, THIN, 300).ending
    assert (ending.outcome, ending.error) == (Outcome.HANDED_OVER, "RolloutHandedOver")
    assert ending.cause == (
        "my-api:live is left with 10 % on version 4, for a person to decide; inconclusive: errors: as counted; still so"
        " after max_extension 0s, and on_inconclusive is hand_over"
    )


def test_a_canary_taken_back_needs_no_reason_but_its_judgement():
    assert decided(rollout(), UNHEALTHY, 60).reason == "unhealthy: errors: as counted"


def test_a_look_is_counted_and_kept():
    looked = decided(rollout(evaluations=3), HEALTHY, 60)
    assert (looked.evaluations, looked.judgement, looked.wait_seconds) == (4, judgement(HEALTHY), 60)
    assert looked.reason == "healthy: errors: as counted"


rollouts = st.builds(
    lambda step, phase, evaluations, **written: rollout(
        step=step, phase=phase, evaluations=evaluations, policy=policy(**written)
    ),
    step=st.integers(1, 2),
    phase=st.sampled_from(Phase),
    evaluations=st.integers(0, MAX_EVALUATIONS - 1),
    bake=st.integers(0, 5000),
    max_extension=st.integers(0, 5000),
    interval=st.integers(10, 5000),
    on_inconclusive=st.sampled_from(OnInconclusive),
)


@given(rollouts, st.sampled_from(Verdict), st.floats(0, 20_000))
def test_every_look_ends_in_one_sound_move(begun, verdict, after_seconds):
    """P5, P12: over every phase, policy, verdict and time."""
    after = decided(begun, verdict, after_seconds)
    written = begun.policy
    is_baked = begun.phase is Phase.BAKE and written.bake == 0
    assert after.next_move in Move
    assert (after.next_move is Move.ROLL_BACK) or verdict is not UNHEALTHY
    assert after.next_move not in ONWARD or verdict is HEALTHY or written.on_inconclusive == "promote" or is_baked
    assert (after.next_move is Move.FINISH) <= (begun.phase is Phase.BAKE)
    assert (after.next_move in {Move.SHIFT, Move.PROMOTE}) <= (begun.phase is Phase.SHIFTING)
    assert (after.ending is not None) == (after.next_move in {Move.FINISH, Move.HAND_OVER})
    assert after.evaluations < MAX_EVALUATIONS or after.next_move in {Move.FINISH, Move.HAND_OVER, Move.ROLL_BACK}
    assert after.wait_seconds >= 1
    assert Rollout.model_validate(after.document()) == after


SEVENTEEN_DAYS = timedelta(days=17)
"""What CloudWatch keeps, the longest time to the look that finds it gone, and a lag."""
policies = st.builds(
    lambda **written: policy(steps=[{"percent": 10, "hold": "5m"}], **written),
    bake=st.integers(0, 86_400),
    max_extension=st.integers(0, 30 * 86_400),
    interval=st.just(86_400) | st.integers(3_600, 86_400),
    on_inconclusive=st.just(OnInconclusive.EXTEND) | st.sampled_from(OnInconclusive),
)


@given(policies, st.lists(st.sampled_from([HEALTHY, THIN, THIN]), min_size=1, max_size=20))
def test_no_rollout_outlives_its_execution(written, verdicts):
    """P12: Step Functions ends an execution after a year, and we far earlier, however `extend` is set."""
    begun, at = rollout(policy=written), AT
    for verdict in cycle([*verdicts, THIN]):
        at += timedelta(seconds=seconds_to_next_evaluation(at, written.interval, ON_AWS))
        begun = decide(begun, judgement(verdict), at, ON_AWS)
        if begun.next_move is Move.PROMOTE:
            begun = begun.model_copy(update={"phase": Phase.BAKE, "step_started_at": at})
        elif begun.next_move is not Move.WAIT:
            break
    assert begun.next_move in {Move.FINISH, Move.HAND_OVER, Move.ROLL_BACK}
    assert at - AT < SEVENTEEN_DAYS
