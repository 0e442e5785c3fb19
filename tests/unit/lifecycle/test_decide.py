"""Tests of the next move: every evaluation decides one, and only a healthy canary advances."""

from datetime import timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.judging.window import seconds_to_next_evaluation
from rollout.lifecycle.decide import decide
from rollout.lifecycle.orders import Orders, orders_of
from rollout.policy.planned import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS
from rollout.policy.policy import OnInconclusive
from rollout.state.hold import FreezeMode, Hold
from rollout.state.rollout import Rollout
from tests.commands import command
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, INCONCLUSIVE = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
FORWARD = {Move.SHIFT, Move.PROMOTE, Move.FINISH}
LAST_STEP = {"step": 2}
BAKE = {"step": 2, "phase": Phase.BAKE}
AT_ONCE = {"step": 0, "phase": Phase.BAKE, "policy": policy(steps="AllAtOnce")}


def decided(begun: Rollout, verdict: Verdict, after_seconds: float) -> Rollout:
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after_seconds), ON_AWS)


@pytest.mark.parametrize(
    ("position", "verdict", "after_seconds", "move"),
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
        (AT_ONCE, INCONCLUSIVE, 300, Move.WAIT),
        ({}, UNHEALTHY, 0, Move.ROLL_BACK),
        (LAST_STEP, UNHEALTHY, 300, Move.ROLL_BACK),
        (BAKE, UNHEALTHY, 300, Move.ROLL_BACK),
        ({}, INCONCLUSIVE, 0, Move.WAIT),
        ({}, INCONCLUSIVE, 300, Move.WAIT),
        (BAKE, INCONCLUSIVE, 300, Move.WAIT),
        ({}, INCONCLUSIVE, 7_497, Move.WAIT),
    ],
)
def test_move_follows_from_position_verdict_and_time(position, verdict, after_seconds, move):
    assert decided(rollout(**position), verdict, after_seconds).next_move is move


@pytest.mark.parametrize(
    ("position", "after_seconds", "move"),
    [({}, 298, Move.SHIFT), (BAKE, 298, Move.WAIT), (BAKE, 597.9, Move.WAIT), (BAKE, 598, Move.FINISH)],
)
def test_step_lasts_its_hold_and_bake_lasts_its_length(position, after_seconds, move):
    assert decided(rollout(**position, policy=policy(bake="10m")), HEALTHY, after_seconds).next_move is move


@pytest.mark.parametrize(("steps", "move"), [(None, Move.SHIFT), ("AllAtOnce", Move.PROMOTE)])
def test_rollout_before_traffic_goes_on_with_nothing_to_judge(steps, move):
    """Its hooks have agreed; how long they took does not matter."""
    before = rollout(
        step=0, first_shift_at=None, step_started_at=None, policy=policy(**{"steps": steps} if steps else {})
    )
    assert decided(before, Verdict.INCONCLUSIVE, METRIC_RETENTION_SECONDS + 1).next_move is move


@pytest.mark.parametrize(("position", "move"), [({}, Move.SHIFT), (LAST_STEP, Move.PROMOTE)])
def test_step_that_may_end_early_advances(position, move):
    early = judgement(HEALTHY).model_copy(update={"may_end_step": True})
    ended = decide(rollout(**position), early, AT + timedelta(seconds=60), ON_AWS)
    assert ended.next_move is move
    assert ended.reason.endswith("; the step ends early because the policy sets advance_early")


@pytest.mark.parametrize(
    ("position", "settled", "move"),
    [
        ({}, 0, Move.SHIFT),
        (LAST_STEP, 0, Move.WAIT),
        (LAST_STEP, 49, Move.WAIT),
        (LAST_STEP, 50, Move.PROMOTE),
        (LAST_STEP, None, Move.PROMOTE),
        (BAKE, 49, Move.WAIT),
        (BAKE, 50, Move.FINISH),
        (BAKE | {"policy": policy(bake=0)}, 0, Move.FINISH),
        (LAST_STEP | {"policy": policy(steps=[{"percent": 10, "hold": 0}, {"percent": 50, "hold": 0}])}, 0, Move.WAIT),
    ],
)
def test_promotion_and_end_of_bake_wait_for_calls_that_cannot_fail_any_more(position, settled, move):
    """P5: a call that times out is counted only then. A step does not wait for it."""
    healthy = judgement(HEALTHY).model_copy(update={"settled_calls": settled, "may_end_step": True})
    begun = rollout(**position, timeout_seconds=900)
    for after_seconds in (60, 300):
        assert decide(begun, healthy, AT + timedelta(seconds=after_seconds), ON_AWS).next_move is move


def test_wait_for_calls_that_can_still_fail_states_their_numbers():
    healthy = judgement(HEALTHY).model_copy(update={"settled_calls": 12})
    reason = decide(rollout(**LAST_STEP, timeout_seconds=900), healthy, AT + timedelta(minutes=5), ON_AWS).reason
    assert reason.endswith(
        "; waits until 50 calls of the canary are older than the timeout of 15m, so that none of them can still fail:"
        " 12 are"
    )


@pytest.mark.parametrize(
    ("position", "choice", "move"),
    [
        ({}, OnInconclusive.EXTEND, Move.WAIT),
        ({}, OnInconclusive.PROMOTE, Move.SHIFT),
        (LAST_STEP, OnInconclusive.PROMOTE, Move.PROMOTE),
        (BAKE, OnInconclusive.PROMOTE, Move.FINISH),
        ({}, OnInconclusive.ROLL_BACK, Move.ROLL_BACK),
        ({}, OnInconclusive.HAND_OVER, Move.HAND_OVER),
    ],
)
def test_step_inconclusive_after_max_extension_follows_policy(position, choice, move):
    begun = rollout(**position, policy=policy(max_extension="10m", on_inconclusive=choice))
    assert decided(begun, INCONCLUSIVE, 897.9).next_move is Move.WAIT
    assert decided(begun, INCONCLUSIVE, 898).next_move is move


@pytest.mark.parametrize(("position", "move"), [({}, Move.SHIFT), (LAST_STEP, Move.PROMOTE), (BAKE, Move.FINISH)])
def test_rollout_with_too_few_calls_ends_by_default(position, move):
    """At two hours after each hold at the latest; `extend` would use up the evaluations and roll back."""
    assert decided(rollout(**position), INCONCLUSIVE, 300 + 7200).next_move is move


@pytest.mark.parametrize(
    ("choice", "move"), [(OnInconclusive.PROMOTE, Move.ROLL_BACK), (OnInconclusive.EXTEND, Move.WAIT)]
)
@pytest.mark.parametrize("position", [{}, LAST_STEP, BAKE])
def test_canary_above_a_ceiling_is_never_promoted(position, choice, move):
    """P5: `promote` is for too few calls. A ceiling that enough calls exceed is no lack of data."""
    above = judgement(INCONCLUSIVE).model_copy(update={"is_above_ceiling": True})
    begun = rollout(**position, policy=policy(on_inconclusive=choice))
    ended = decide(begun, above, AT + timedelta(seconds=7500), ON_AWS)
    assert ended.next_move is move


@pytest.mark.parametrize(
    ("position", "choice", "newer", "after_seconds", "move"),
    [
        (BAKE, "promote", "5", 297.9, Move.WAIT),
        (BAKE, "promote", "5", 298, Move.FINISH),
        (BAKE, "promote", "", 298, Move.WAIT),
        (BAKE, "extend", "5", 298, Move.WAIT),
        (BAKE, "roll_back", "5", 298, Move.WAIT),
        (BAKE, "hand_over", "5", 298, Move.WAIT),
        ({}, "promote", "5", 298, Move.WAIT),
        (LAST_STEP, "promote", "5", 298, Move.WAIT),
    ],
)
def test_bake_with_too_few_calls_is_not_extended_while_newer_version_waits(
    position, choice, newer, after_seconds, move
):
    """P5: only where it would be promoted later too; a step is never shortened."""
    now = AT + timedelta(seconds=after_seconds)
    begun = rollout(**position, policy=policy(on_inconclusive=choice))
    assert decide(begun, judgement(INCONCLUSIVE), now, ON_AWS, newer_version=newer).next_move is move


def test_bake_that_ends_for_newer_version_names_it():
    """P10."""
    now = AT + timedelta(seconds=300)
    ended = decide(rollout(**BAKE), judgement(INCONCLUSIVE), now, ON_AWS, newer_version="5")
    assert ended.ending.outcome is Outcome.PROMOTED
    assert ended.reason == (
        "inconclusive: errors: as counted; the bake is not extended to collect more calls, because version 5 waits"
    )


@pytest.mark.parametrize("verdict", [HEALTHY, UNHEALTHY])
def test_newer_version_changes_no_other_verdict(verdict):
    now = AT + timedelta(seconds=300)
    unasked = decide(rollout(**BAKE), judgement(verdict), now, ON_AWS)
    assert decide(rollout(**BAKE), judgement(verdict), now, ON_AWS, newer_version="5") == unasked


def test_canary_above_a_ceiling_keeps_its_bake_while_newer_version_waits():
    """P5: a fault that enough calls show is proved or refuted by the rest of the bake."""
    above = judgement(INCONCLUSIVE).model_copy(update={"is_above_ceiling": True})
    now = AT + timedelta(seconds=300)
    assert decide(rollout(**BAKE), above, now, ON_AWS, newer_version="5").next_move is Move.WAIT


def test_rollout_without_bake_finishes_at_first_evaluation():
    ended = decided(rollout(**BAKE, policy=policy(bake=0)), INCONCLUSIVE, 0)
    assert ended.next_move is Move.FINISH
    assert ended.reason.endswith("; the policy has no bake")


def test_inconclusive_step_waits_even_without_bake():
    """P5."""
    assert decided(rollout(policy=policy(bake=0)), INCONCLUSIVE, 300).next_move is Move.WAIT


@pytest.mark.parametrize(
    ("position", "verdict", "move"),
    [
        ({}, HEALTHY, Move.ROLL_BACK),
        ({}, INCONCLUSIVE, Move.ROLL_BACK),
        (BAKE, INCONCLUSIVE, Move.ROLL_BACK),
        (BAKE, HEALTHY, Move.FINISH),
    ],
)
def test_last_evaluation_ends_rollout(position, verdict, move):
    """P12: before Step Functions ends the execution, and not earlier; a bake that is over still finishes."""
    assert decided(rollout(**position, evaluations=MAX_EVALUATIONS - 2), verdict, 300).next_move is not Move.ROLL_BACK
    ended = decided(rollout(**position, evaluations=MAX_EVALUATIONS - 1), verdict, 300)
    assert (ended.next_move, ended.evaluations) == (move, MAX_EVALUATIONS)


def test_rollout_rolled_back_at_last_evaluation_names_limit():
    """P10."""
    reason = decided(rollout(evaluations=MAX_EVALUATIONS - 1), HEALTHY, 60).reason
    assert reason == "healthy: errors: as counted; the limit of 2,500 evaluations per execution is reached"


def test_extended_step_names_max_extension():
    reason = decided(rollout(policy=policy(max_extension="10m")), INCONCLUSIVE, 300).reason
    assert reason == "inconclusive: errors: as counted; extended by at most 10m to collect more calls"


@pytest.mark.parametrize(
    ("position", "verdict", "move"),
    [
        ({}, HEALTHY, Move.ROLL_BACK),
        (LAST_STEP, HEALTHY, Move.ROLL_BACK),
        ({}, INCONCLUSIVE, Move.ROLL_BACK),
        (BAKE, INCONCLUSIVE, Move.ROLL_BACK),
        (BAKE, HEALTHY, Move.FINISH),
    ],
)
def test_rollout_older_than_metric_retention_is_rolled_back(position, verdict, move):
    """P12: a bake that is over still finishes."""
    old = rollout(**position, policy=policy(on_inconclusive="extend"))
    assert decided(old, verdict, METRIC_RETENTION_SECONDS).next_move is not Move.ROLL_BACK
    assert decided(old, verdict, METRIC_RETENTION_SECONDS + 1).next_move is move


def test_rollout_rolled_back_for_its_age_names_retention():
    """P10."""
    reason = decided(rollout(policy=policy(max_extension="30d")), INCONCLUSIVE, METRIC_RETENTION_SECONDS + 1).reason
    assert reason == (
        "inconclusive: errors: as counted; the first shift is more than 15d ago, and CloudWatch keeps a metric's"
        " minutes for 15d"
    )


def test_finished_rollout_names_version_served():
    ending = decided(rollout(**BAKE), HEALTHY, 300).ending
    assert (ending.outcome, ending.error) == (Outcome.PROMOTED, "")
    assert ending.cause == "my-api:live serves version 4 alone; healthy: errors: as counted"


def test_rollout_handed_over_names_state_of_alias():
    """P10."""
    begun = rollout(policy=policy(max_extension=0, on_inconclusive="hand_over"))
    ending = decided(begun, INCONCLUSIVE, 300).ending
    assert (ending.outcome, ending.error) == (Outcome.HANDED_OVER, "RolloutHandedOver")
    assert ending.cause == (
        "my-api:live is left with 10 % on version 4, for a person to decide; inconclusive: errors: as counted; still"
        " inconclusive after max_extension 0s, and on_inconclusive is hand_over"
    )


def test_unhealthy_canary_is_rolled_back_with_its_judgement_as_reason():
    assert decided(rollout(), UNHEALTHY, 60).reason == "unhealthy: errors: as counted"


def test_evaluation_is_counted_with_its_judgement():
    after = decided(rollout(evaluations=3), HEALTHY, 60)
    assert (after.evaluations, after.judgement, after.wait_seconds) == (4, judgement(HEALTHY), 60)
    assert after.reason == "healthy: errors: as counted"


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
def test_every_evaluation_ends_in_one_valid_move(begun, verdict, after_seconds):
    """P5, P12: in every phase, with every policy, verdict and time."""
    after = decided(begun, verdict, after_seconds)
    written = begun.policy
    is_baked = begun.phase is Phase.BAKE and written.bake == 0
    assert after.next_move in Move
    assert (after.next_move is Move.ROLL_BACK) or verdict is not UNHEALTHY
    assert after.next_move not in FORWARD or verdict is HEALTHY or written.on_inconclusive == "promote" or is_baked
    assert (after.next_move is Move.FINISH) <= (begun.phase is Phase.BAKE)
    assert (after.next_move in {Move.SHIFT, Move.PROMOTE}) <= (begun.phase is Phase.SHIFTING)
    assert (after.ending is not None) == (after.next_move in {Move.FINISH, Move.HAND_OVER})
    assert after.evaluations < MAX_EVALUATIONS or after.next_move in {Move.FINISH, Move.HAND_OVER, Move.ROLL_BACK}
    assert after.wait_seconds >= 1
    assert Rollout.model_validate(after.document()) == after


SEVENTEEN_DAYS = timedelta(days=17)
"""The metric retention, the longest interval until the evaluation after it, and the lag."""
policies = st.builds(
    lambda **written: policy(steps=[{"percent": 10, "hold": "5m"}], **written),
    bake=st.integers(0, 86_400),
    max_extension=st.integers(0, 30 * 86_400),
    interval=st.just(86_400) | st.integers(3_600, 86_400),
    on_inconclusive=st.just(OnInconclusive.EXTEND) | st.sampled_from(OnInconclusive),
)


@given(policies, st.lists(st.sampled_from([HEALTHY, INCONCLUSIVE, INCONCLUSIVE]), min_size=1, max_size=20))
def test_rollout_ends_before_its_execution_does(written, verdicts):
    """P12: Step Functions ends an execution after a year; every policy ends its rollout much earlier."""
    begun, at = rollout(policy=written), AT
    for verdict in cycle([*verdicts, INCONCLUSIVE]):
        at += timedelta(seconds=seconds_to_next_evaluation(at, written.interval, ON_AWS))
        begun = decide(begun, judgement(verdict), at, ON_AWS)
        if begun.next_move is Move.PROMOTE:
            begun = begun.model_copy(update={"phase": Phase.BAKE, "step_started_at": at})
        elif begun.next_move is not Move.WAIT:
            break
    assert begun.next_move in {Move.FINISH, Move.HAND_OVER, Move.ROLL_BACK}
    assert at - AT < SEVENTEEN_DAYS


def test_reason_with_many_names_is_short():
    """P10: it becomes a Cause, an entry of the ledger and the sentence of an event."""
    long = judgement(HEALTHY).model_copy(update={"reason": "alarm x has no data; " * 1000})
    assert len(decide(rollout(), long, AT + timedelta(seconds=300), ON_AWS).reason) < 4000


HOLD = Hold(reason="the stack is frozen: holidays")
NO_NEW = HOLD.model_copy(update={"mode": FreezeMode.NO_NEW})
BACK = HOLD.model_copy(update={"mode": FreezeMode.ROLL_BACK})
OVERRIDE = orders_of([command("promote", override_freeze="a fix")])


def held(begun: Rollout, verdict: Verdict, hold: Hold, orders: Orders = Orders(), after: float = 300) -> Rollout:  # noqa: B008
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after), ON_AWS, orders=orders, hold=hold)


@pytest.mark.parametrize(
    ("position", "verdict", "hold", "orders", "move"),
    [
        ({}, HEALTHY, HOLD, Orders(), Move.WAIT),
        (LAST_STEP, HEALTHY, HOLD, Orders(), Move.WAIT),
        (LAST_STEP, HEALTHY, HOLD, orders_of([command("promote")]), Move.WAIT),
        (LAST_STEP, HEALTHY, HOLD, OVERRIDE, Move.PROMOTE),
        (BAKE, HEALTHY, HOLD, Orders(), Move.FINISH),
        ({}, UNHEALTHY, HOLD, Orders(), Move.ROLL_BACK),
        (BAKE, UNHEALTHY, HOLD, Orders(), Move.ROLL_BACK),
        ({}, HEALTHY, NO_NEW, Orders(), Move.SHIFT),
        ({}, HEALTHY, BACK, Orders(), Move.ROLL_BACK),
        ({}, INCONCLUSIVE, BACK, Orders(), Move.ROLL_BACK),
        (BAKE, INCONCLUSIVE, BACK, Orders(), Move.ROLL_BACK),
        (BAKE, HEALTHY, BACK, Orders(), Move.FINISH),
        ({}, HEALTHY, BACK, orders_of([command("freeze")]), Move.WAIT),
        ({}, HEALTHY, BACK, OVERRIDE, Move.PROMOTE),
    ],
)
def test_freeze_holds_the_share_and_never_an_unhealthy_canary(position, verdict, hold, orders, move):
    """P1: bad canaries still roll back."""
    assert held(rollout(**position), verdict, hold, orders).next_move is move


def test_held_rollout_says_why_and_since_when():
    first = held(rollout(), HEALTHY, HOLD)
    assert first.reason.endswith("the canary keeps its share, because the stack is frozen: holidays")
    assert first.held_since == AT + timedelta(seconds=300)
    assert held(first, HEALTHY, HOLD, after=900).held_since == first.held_since
    assert held(first, INCONCLUSIVE, HOLD, after=900).held_since == first.held_since
    assert held(rollout(), INCONCLUSIVE, HOLD, after=60).held_since is None
    assert decided(first, HEALTHY, 900).held_since is None


def test_longest_freeze_fits_into_one_execution():
    """Each evaluation is later than the one before, as while a person thinks."""
    begun = rollout(held_since=AT)
    assert held(begun, HEALTHY, HOLD, after=86_400).wait_seconds == seconds_to_next_evaluation(
        AT + timedelta(days=1), 900, ON_AWS
    )


def test_held_rollout_goes_on_as_soon_as_the_freeze_ends():
    until = AT + timedelta(seconds=86_400 + 240)
    ending_soon = HOLD.model_copy(update={"until": until})
    assert held(rollout(held_since=AT), HEALTHY, ending_soon, after=86_400).wait_seconds == 240
