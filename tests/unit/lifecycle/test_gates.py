"""Tests of approvals and pauses of a policy: what the rollout waits for, and what happens without it."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.lifecycle.decide import decide
from rollout.lifecycle.gates import has_ended_at_gate, with_gate_of
from rollout.lifecycle.orders import orders_of
from rollout.lifecycle.transitions import begin_bake, begin_step, next_step
from rollout.policy.planned import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS, evaluations_while_waiting
from rollout.state.gate import ReachedGate
from rollout.state.hold import FreezeMode, Hold
from rollout.state.rollout import Rollout
from tests.commands import command, gate, lock
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, INCONCLUSIVE = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
REACHED, HOUR, DAY = 300, 3600, 86_400
"""Seconds from AT to the evaluation that reaches the gate, and of an hour and a day."""


def gated(kind: str = "approval", *, is_last: bool = False, **changes: object) -> Rollout:
    """Return a rollout whose current step ends with a gate; `changes` are fields of the approval."""
    written = {kind: changes}
    first, second = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}
    steps = [first, second, written] if is_last else [first, written, second]
    return rollout(policy=policy(steps=steps), step=2 if is_last else 1)


def decided(begun: Rollout, *commands, verdict: Verdict = HEALTHY, after: float = REACHED) -> Rollout:
    orders = orders_of(commands)
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after), ON_AWS, orders=orders)


def reached(kind: str = "approval", *, is_last: bool = False, **changes: object) -> Rollout:
    """Return the rollout after the evaluation that reaches its gate."""
    return decided(gated(kind, is_last=is_last, **changes))


def approve(**changes: object):
    return command("approve", at_gate=True, **changes)


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("kind", ["approval", "pause"])
@pytest.mark.parametrize(
    ("verdict", "after", "is_reached"),
    [(HEALTHY, REACHED - 60, False), (HEALTHY, REACHED, True), (INCONCLUSIVE, REACHED, False), (UNHEALTHY, 60, False)],
)
def test_gate_is_reached_where_the_rollout_would_go_on(kind, is_last, verdict, after, is_reached):
    waiting = decided(gated(kind, is_last=is_last), verdict=verdict, after=after)
    assert (waiting.gate is not None) is is_reached
    assert waiting.next_move is (Move.ROLL_BACK if verdict is UNHEALTHY else Move.WAIT)


def test_gate_is_reached_by_too_few_calls_where_the_policy_goes_on_with_them():
    extended = decided(gated(), verdict=INCONCLUSIVE, after=REACHED + 7200)
    assert extended.gate == gate(since=AT + timedelta(seconds=REACHED + 7200))


def test_gate_is_reached_by_a_step_that_ends_early():
    early = judgement().model_copy(update={"may_end_step": True})
    waiting = decide(gated(), early, AT + timedelta(seconds=60), ON_AWS)
    assert (waiting.next_move, waiting.gate.since) == (Move.WAIT, AT + timedelta(seconds=60))


def test_last_step_waits_for_settled_calls_before_it_requests_an_approval():
    unsettled = judgement().model_copy(update={"settled_calls": 0})
    assert decide(gated(is_last=True), unsettled, AT + timedelta(seconds=REACHED), ON_AWS).gate is None


@pytest.mark.parametrize(
    ("on_timeout", "consequence"),
    [("roll_back", "it is rolled back"), ("promote", "it goes on"), ("hand_over", "it is handed over")],
)
def test_reason_says_since_when_until_when_and_what_then(on_timeout, consequence):
    assert reached(on_timeout=on_timeout).reason == (
        "healthy: errors: as counted; waits for the command approve since 2026-03-01T12:05Z; without it until"
        f" 2026-03-02T12:05Z, {consequence}"
    )
    assert reached("pause").reason.endswith("; paused by the policy since 2026-03-01T12:05Z until the command resume")


@pytest.mark.parametrize("kind", ["approval", "pause"])
@pytest.mark.parametrize(
    ("verdict", "move"), [(HEALTHY, Move.WAIT), (INCONCLUSIVE, Move.WAIT), (UNHEALTHY, Move.ROLL_BACK)]
)
def test_waiting_canary_is_judged_all_the_while(kind, verdict, move):
    """An unhealthy one is rolled back at once; too few calls never end what a person thinks about."""
    later = decided(reached(kind), verdict=verdict, after=4 * HOUR)
    assert later.next_move is move
    assert later.gate == reached(kind).gate


@pytest.mark.parametrize(("is_last", "number", "move"), [(False, 1, Move.SHIFT), (True, 2, Move.PROMOTE)])
@pytest.mark.parametrize(("kind", "given"), [("approval", "approve"), ("pause", "resume")])
def test_passed_gate_leads_on(is_last, number, move, kind, given):
    """P11: the reason names the command."""
    passing = command(given, at_gate=True, write_number=number)
    passed = decided(reached(kind, is_last=is_last), passing, after=HOUR)
    assert passed.next_move is move
    assert passed.reason.startswith(f"{given}d by the command {given}-1: the database is slow; healthy: ")


@pytest.mark.parametrize(
    ("given", "verdict", "move"),
    [
        (approve(), UNHEALTHY, Move.ROLL_BACK),
        (approve(), INCONCLUSIVE, Move.SHIFT),
        (approve(write_number=2), HEALTHY, Move.WAIT),
        (command("resume"), HEALTHY, Move.WAIT),
        (command("promote"), HEALTHY, Move.PROMOTE),
        (command("promote"), UNHEALTHY, Move.ROLL_BACK),
        (command("abort"), HEALTHY, Move.ROLL_BACK),
        (command("freeze"), UNHEALTHY, Move.WAIT),
    ],
)
def test_command_decides_at_the_gate(given, verdict, move):
    """An approval of another step passes no gate, and none makes a bad canary pass."""
    assert decided(reached(), given, verdict=verdict, after=3 * HOUR).next_move is move


def test_freeze_cancels_an_approval():
    """After the release, the approval would surprise."""
    commands = approve(), command("freeze"), command("release")
    assert decided(reached(), *commands, after=HOUR).next_move is Move.WAIT


@pytest.mark.parametrize(
    ("commands", "mode", "after", "move"),
    [
        ((approve(),), FreezeMode.HOLD, HOUR, Move.WAIT),
        ((approve(override_freeze="a fix"),), FreezeMode.HOLD, HOUR, Move.SHIFT),
        ((approve(),), FreezeMode.NO_NEW, HOUR, Move.SHIFT),
        ((), FreezeMode.ROLL_BACK, HOUR, Move.ROLL_BACK),
        ((), FreezeMode.HOLD, REACHED + DAY, Move.ROLL_BACK),
    ],
)
def test_freeze_of_the_stack_outlasts_an_approval(commands, mode, after, move):
    """What is approved meanwhile is carried out afterwards; the time of an approval goes on."""
    hold, at = Hold(reason="the stack is frozen", mode=mode), AT + timedelta(seconds=after)
    orders = orders_of(commands)
    assert decide(reached(), judgement(), at, ON_AWS, orders=orders, hold=hold).next_move is move
    assert decided(reached(), *commands, after=HOUR).next_move is (Move.SHIFT if commands else Move.WAIT)


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize(
    ("on_timeout", "verdict", "move"),
    [
        ("roll_back", HEALTHY, Move.ROLL_BACK),
        ("roll_back", INCONCLUSIVE, Move.ROLL_BACK),
        ("hand_over", HEALTHY, Move.HAND_OVER),
        ("hand_over", UNHEALTHY, Move.ROLL_BACK),
        ("promote", HEALTHY, "forward"),
        ("promote", UNHEALTHY, Move.ROLL_BACK),
    ],
)
def test_policy_decides_without_an_approval(is_last, on_timeout, verdict, move):
    """P10: the reason says that the approval is missing, where it decides."""
    late = decided(reached(is_last=is_last, on_timeout=on_timeout), verdict=verdict, after=REACHED + DAY)
    forward = Move.PROMOTE if is_last else Move.SHIFT
    assert late.next_move is (forward if move == "forward" else move)
    if verdict is not UNHEALTHY:
        assert late.reason.endswith(f"; it was not approved within 1d, and on_timeout is {on_timeout}")
        assert late.gate.timed_out
    assert (late.ending and late.ending.outcome) == (Outcome.HANDED_OVER if move is Move.HAND_OVER else None)


def test_timeout_never_promotes_with_too_few_calls_before_max_extension():
    """P5: the policy says what is acceptable, and waits as long as it says."""
    waiting = reached(on_timeout="promote", timeout=600)
    assert decided(waiting, verdict=INCONCLUSIVE, after=REACHED + 600).next_move is Move.WAIT
    assert decided(waiting, verdict=INCONCLUSIVE, after=REACHED + 7200).next_move is Move.SHIFT


@pytest.mark.parametrize("timeout", [1, 2, 3])
def test_shortest_approval_is_requested_too(timeout):
    """An evaluation tolerates two seconds of delay, which is more than this timeout."""
    waiting = reached(timeout=timeout)
    assert (waiting.next_move, waiting.gate.timed_out) == (Move.WAIT, False)
    assert decided(waiting, after=REACHED + 60).next_move is Move.ROLL_BACK


@pytest.mark.parametrize(("after", "move"), [(REACHED + DAY - 3, Move.WAIT), (REACHED + DAY - 2, Move.ROLL_BACK)])
def test_timeout_counts_from_the_evaluation_that_reached_the_gate(after, move):
    assert decided(reached(), after=after).next_move is move


@pytest.mark.parametrize(
    ("given", "after", "move"),
    [
        (command("extend", seconds=HOUR, at_gate=True), REACHED + DAY, Move.WAIT),
        (command("extend", seconds=HOUR, at_gate=True), REACHED + DAY + HOUR, Move.ROLL_BACK),
        (command("extend", seconds=HOUR, at_gate=True, write_number=2), REACHED + DAY, Move.ROLL_BACK),
        (command("extend", seconds=HOUR), REACHED + DAY, Move.ROLL_BACK),
    ],
)
def test_extension_at_the_gate_prolongs_the_time_for_an_approval(given, after, move):
    assert decided(reached(), given, after=after).next_move is move


def test_extension_at_the_gate_does_not_delay_what_is_approved():
    extend = command("extend", seconds=DAY, at_gate=True)
    assert decided(reached(), extend, approve(), after=HOUR).next_move is Move.SHIFT


@pytest.mark.parametrize(
    ("kind", "after", "seconds"),
    [
        ("approval", REACHED, 60),
        ("approval", REACHED + HOUR, 360),
        ("approval", REACHED + DAY // 2, 900),
        ("approval", REACHED + DAY - 120, 120),
        ("pause", REACHED + DAY, 900),
    ],
)
def test_evaluations_stretch_while_a_person_thinks_but_not_beyond_the_timeout(kind, after, seconds):
    assert decided(reached(kind), after=after).wait_seconds == seconds


@pytest.mark.parametrize("commands", [(), (approve(),)])
def test_interval_is_the_policys_where_nothing_is_waited_for(commands):
    begun = reached() if commands else gated()
    assert decided(begun, *commands, verdict=INCONCLUSIVE, after=REACHED).wait_seconds == 60


@pytest.mark.parametrize(
    ("changes", "after"), [({"evaluations": MAX_EVALUATIONS - 1}, HOUR), ({}, METRIC_RETENTION_SECONDS + 1)]
)
def test_limit_ends_a_pause(changes, after):
    """P1."""
    assert decided(reached("pause").model_copy(update=changes), after=after).next_move is Move.ROLL_BACK


@pytest.mark.parametrize(
    ("held", "since"),
    [
        (None, None),
        (lock(), None),
        (lock(gate=gate()), gate().since),
        (lock(gate=gate(step=2)), None),
    ],
)
def test_repeated_evaluation_keeps_since_when_it_waits(held, since):
    """P4: the first one has recorded it in the lock."""
    found = with_gate_of(gated(), held)
    assert (found.gate and found.gate.since) == since
    late = decided(found, after=REACHED + 60)
    assert late.gate.since == (since or AT + timedelta(seconds=REACHED + 60))


def test_gate_of_the_document_keeps_that_it_was_published():
    published = gated().model_copy(update={"gate": gate(is_published=True)})
    assert with_gate_of(published, lock(gate=gate())) is published
    assert with_gate_of(published, lock(gate=gate(timed_out=True))).gate.timed_out


def test_gate_that_has_timed_out_stays_so():
    """P4: the first task has recorded it, and an approval is refused since."""
    waiting = reached(on_timeout="promote")
    late = waiting.model_copy(update={"gate": waiting.gate.model_copy(update={"timed_out": True})})
    assert decided(late, after=HOUR).next_move is Move.SHIFT


@pytest.mark.parametrize("timeout", [90, 600, DAY, 7 * DAY])
@pytest.mark.parametrize("interval", [30, 60, 300])
def test_evaluations_of_an_approval_are_no_more_than_planned(timeout, interval):
    """P12: otherwise a policy that is accepted could run into the limit of its execution."""
    begun = gated(timeout=timeout)
    begun = begun.model_copy(update={"policy": begun.policy.model_copy(update={"interval": interval})})
    waiting, after = decided(begun, after=REACHED + 1), REACHED + 1
    while waiting.next_move is Move.WAIT:
        after += waiting.wait_seconds + 1
        waiting = decided(waiting, after=after)
    assert waiting.evaluations <= evaluations_while_waiting(timeout, interval)
    assert after <= REACHED + timeout + max(interval, 60) + 2


@pytest.mark.parametrize(
    ("on_timeout", "verdict", "after", "has_ended"),
    [
        ("roll_back", HEALTHY, REACHED + DAY, True),
        ("roll_back", HEALTHY, HOUR, False),
        ("roll_back", UNHEALTHY, REACHED + DAY, False),
        ("hand_over", HEALTHY, REACHED + DAY, False),
        ("promote", HEALTHY, REACHED + DAY, False),
    ],
)
def test_rollback_for_want_of_an_approval_is_told_from_others(on_timeout, verdict, after, has_ended):
    assert has_ended_at_gate(decided(reached(on_timeout=on_timeout), verdict=verdict, after=after)) is has_ended
    assert not has_ended_at_gate(decided(rollout(), verdict=UNHEALTHY))


def test_next_step_and_the_bake_have_no_gate_yet():
    now = AT + timedelta(seconds=HOUR)
    shifted = begin_step(next_step(reached()), "revision-2", now, ON_AWS)
    assert (shifted.gate, shifted.step) == (None, 2)
    baking = begin_bake(reached(is_last=True), "revision-2", now, ON_AWS)
    assert (baking.gate, baking.phase) == (None, Phase.BAKE)
    assert decided(baking, after=2 * HOUR).next_move is Move.FINISH


def test_gate_number_grows_with_each_gate_and_its_timeout():
    numbers = [gate(step=step, timed_out=late).number for step in (1, 2) for late in (False, True)]
    assert numbers == sorted({*numbers})
    assert min(numbers) > lock().gate_number == 0
    assert ReachedGate.model_validate_json(gate().model_dump_json()) == gate()
