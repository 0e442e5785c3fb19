"""Tests of overdue rollouts: longer than planned, and no person, freeze or window is the reason."""

from datetime import datetime, timedelta

import pytest

from rollout.domain.enums import Command, Move, Phase
from rollout.policy.gates import Approval
from rollout.policy.policy import Policy
from rollout.state.commands.taken import TakenCommand
from rollout.state.gate import ReachedGate
from rollout.state.lock import Lock, lock_of
from rollout.telemetry.last_evaluation import LastEvaluation
from rollout.telemetry.overdue import (
    MARGIN_SECONDS,
    OpenRollout,
    is_overdue,
    longest_seconds,
    open_values,
    stage_seconds,
)
from tests.samples import AT, EXECUTION, TARGET, policy, rollout

HOUR = 3600
LONG = 10**7
"""More seconds than any plan takes."""


def open_rollout(plan: Policy | None = None) -> OpenRollout:
    return OpenRollout(target=TARGET, execution=EXECUTION, began_at=AT, policy=plan or policy())


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def evaluation(**changes: object) -> LastEvaluation:
    """Return an evaluation in the first step, which began with the rollout."""
    valid = {"evaluations": 7, "at": AT, "phase": "shifting", "step": 1, "next_move": "wait", "step_started_at": AT}
    return LastEvaluation.model_validate(valid | changes)


def lock(*commands: TakenCommand, **changes: object) -> Lock:
    return lock_of(rollout()).model_copy(update={"commands": commands, "write_number": 1} | changes)


def command(name: Command, at: float, **changes: object) -> TakenCommand:
    return TakenCommand(id=f"arn:{at}", name=name, command=name, at=after(at), why="we look", **changes)


def test_longest_plan_extends_each_step_and_the_bake():
    """Two steps and a bake of five minutes each."""
    assert longest_seconds(policy(max_extension="1h")) == 3 * 300 + 3 * HOUR


def test_longest_plan_waits_for_each_approval_and_each_hook():
    hook = [{"function": "smoke", "timeout": "10m"}]
    steps = [{"percent": 10, "hold": "5m"}, {"approval": {"timeout": "1d"}}, {"percent": 50, "hold": "5m"}]
    plan = policy(steps=steps, max_extension=0, hooks={"before_traffic": hook, "each_step": hook})
    assert longest_seconds(plan) == 3 * 300 + 24 * HOUR + 3 * 600
    assert stage_seconds(plan, Phase.SHIFTING, 1) == 300 + 24 * HOUR + 2 * 600
    assert stage_seconds(plan, Phase.SHIFTING, 2) == 300 + 2 * 600


def test_bake_is_a_stage_also_without_steps():
    plan = policy(steps="AllAtOnce", bake="1h", max_extension="2h")
    assert stage_seconds(plan, Phase.BAKE, 0) == stage_seconds(plan, Phase.SHIFTING, 0) == 3 * HOUR


@pytest.mark.parametrize(("beyond", "expected"), [(0, False), (1, True)])
def test_rollout_is_overdue_only_beyond_its_plan_and_the_margin(beyond, expected):
    seconds = longest_seconds(policy()) + MARGIN_SECONDS + beyond
    for last in (evaluation(), None):
        assert is_overdue(open_rollout(), lock(), last, after(seconds)) is expected


def test_rollout_without_lock_is_overdue_too():
    """Nothing but a defect leaves an open entry without a lock; nothing else would report it."""
    assert is_overdue(open_rollout(), None, evaluation(), after(LONG))


WAITING = {
    "paused by a command": (lock(command(Command.PAUSE, 60)), {}),
    "frozen by a command": (lock(command(Command.FREEZE, 60)), {}),
    "at a pause of its policy": (lock(gate=ReachedGate(step=1, since=AT)), {}),
    "held by a freeze of the stack or a window": (lock(), {"held_since": AT}),
}


@pytest.mark.parametrize("case", WAITING)
def test_rollout_that_waits_without_limit_for_a_person_is_never_overdue(case):
    held, last = WAITING[case]
    assert not is_overdue(open_rollout(), held, evaluation(**last), after(LONG))


@pytest.mark.parametrize("name", [Command.RESUME, Command.RELEASE, Command.APPROVE])
def test_command_of_a_person_begins_the_time_of_the_step_again(name):
    given = lock(command(Command.PAUSE, 60), command(Command.FREEZE, 70), *_ended(name))
    step = stage_seconds(policy(), Phase.SHIFTING, 1) + MARGIN_SECONDS
    assert not is_overdue(open_rollout(), given, evaluation(), after(LONG + step))
    assert is_overdue(open_rollout(), given, evaluation(), after(LONG + step + 1))


def _ended(name: Command) -> list[TakenCommand]:
    return [command(end, LONG) for end in (Command.RESUME, Command.RELEASE)] + [command(name, LONG)]


def test_approval_that_did_not_come_in_time_is_overdue():
    """It has a timeout, after which the rollout should have gone on or rolled back."""
    approval = Approval(timeout=600)
    steps = [{"percent": 10, "hold": "5m"}, {"approval": {"timeout": 600}}]
    gate = ReachedGate(step=1, since=AT, approval=approval)
    waiting = open_rollout(policy(steps=steps))
    assert is_overdue(waiting, lock(gate=gate), evaluation(), after(LONG))


def test_next_step_after_a_long_pause_is_in_time():
    """The whole plan is over, and the present step is not."""
    started = evaluation(step=2, at=after(LONG), step_started_at=after(LONG))
    assert not is_overdue(open_rollout(), lock(), started, after(LONG + 60))
    moving = evaluation(at=after(LONG), next_move=Move.SHIFT)
    assert not is_overdue(open_rollout(), lock(), moving, after(LONG + 60))


def test_extension_by_a_command_is_planned():
    extended = lock(command(Command.EXTEND, 60, seconds=5 * HOUR))
    late = longest_seconds(policy()) + MARGIN_SECONDS + 60
    assert is_overdue(open_rollout(), lock(), evaluation(), after(late))
    assert not is_overdue(open_rollout(), extended, evaluation(), after(late))


def test_open_rollouts_are_counted_and_the_oldest_has_its_age():
    began = ["2026-03-01T11:30:00.000Z", "2026-03-01T11:00:00.000Z"]
    values = {"RolloutsOpen": 2, "OldestOpenRolloutAge": 3600, "RolloutsOverdue": 1}
    assert open_values(began, 1, AT) == values


def test_no_open_rollout_is_zero_and_not_missing():
    assert open_values([], 0, AT) == {"RolloutsOpen": 0, "OldestOpenRolloutAge": 0, "RolloutsOverdue": 0}
