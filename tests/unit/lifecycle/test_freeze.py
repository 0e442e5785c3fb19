"""Tests of the freeze that holds a rollout: remembered from its first evaluation on, once for each freeze."""

from datetime import datetime, timedelta

import pytest

from rollout.domain.enums import Move
from rollout.lifecycle.freeze import with_freeze
from rollout.lifecycle.orders import Orders, orders_of
from rollout.state.hold import Hold, StandingFreeze
from rollout.state.rollout import Rollout
from tests.commands import command
from tests.samples import AT, rollout

STACK = Hold(reason="the stack is frozen: holidays", until=AT + timedelta(days=1), is_freeze=True)
CLOSED = Hold(reason="the policy's windows are closed", until=AT + timedelta(hours=1))
UNKNOWN = Hold(reason="it is not known whether the stack is frozen")
BY_COMMAND = orders_of([command("freeze")])


def evaluated(
    before: Rollout | None = None, held_since: datetime | None = AT, move: Move = Move.WAIT, number: int = 3
) -> Rollout:
    """Return a rollout after an evaluation, before its freeze is looked at."""
    changes = {"next_move": move, "held_since": held_since, "evaluations": number}
    return (before or rollout()).model_copy(update=changes)


def test_freeze_of_the_stack_is_remembered_with_reason_and_end():
    frozen = with_freeze(evaluated(), Orders(), STACK).freeze
    assert frozen == StandingFreeze(number=3, since=AT, reason=STACK.reason, until=STACK.until)


def test_freeze_by_a_command_is_remembered_with_its_reason():
    frozen = with_freeze(evaluated(held_since=None), BY_COMMAND, None).freeze
    given = command("freeze")
    assert frozen == StandingFreeze(
        number=3, since=given.at, reason="frozen by the command freeze-1: the database is slow", command=given.id
    )


@pytest.mark.parametrize(("orders", "hold"), [(Orders(), STACK), (BY_COMMAND, None), (BY_COMMAND, STACK)])
def test_same_freeze_is_kept_at_later_evaluations(orders, hold):
    """People are notified once for each freeze, so what was published stays published."""
    first = with_freeze(evaluated(), orders, hold)
    assert first.freeze
    published = first.model_copy(update={"freeze": first.freeze.model_copy(update={"is_published": True})})
    later = with_freeze(evaluated(published, number=4), orders, hold)
    assert later.freeze == published.freeze


def test_repeated_task_remembers_the_same_freeze():
    """P4."""
    first, again = (with_freeze(evaluated(), Orders(), STACK).freeze for _ in range(2))
    assert first == again


def test_freeze_goes_on_while_it_cannot_be_read():
    first = with_freeze(evaluated(), Orders(), STACK)
    assert with_freeze(evaluated(first, number=4), Orders(), UNKNOWN).freeze == first.freeze


@pytest.mark.parametrize("hold", [CLOSED, UNKNOWN])
def test_closed_window_and_unknown_freeze_are_no_freeze(hold):
    """The windows are the team's own plan, and what cannot be read is reported by the reason."""
    assert with_freeze(evaluated(), Orders(), hold).freeze is None


def test_freeze_that_has_held_nothing_yet_is_not_remembered():
    assert with_freeze(evaluated(held_since=None), Orders(), STACK).freeze is None


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.WAIT])
def test_rollout_that_moves_is_not_frozen(move):
    assert with_freeze(evaluated(move=move), Orders(), STACK).freeze is None
    assert with_freeze(evaluated(move=move), BY_COMMAND, None).freeze is None


@pytest.mark.parametrize("orders", [Orders(overrides_freeze=True), orders_of([command("freeze"), command("release")])])
def test_freeze_ends_with_an_override_or_a_release(orders):
    first = with_freeze(evaluated(), BY_COMMAND, None)
    hold = STACK if orders.overrides_freeze else None
    assert with_freeze(evaluated(first), orders, hold).freeze is None


def test_each_freeze_is_another_one():
    first = with_freeze(evaluated(), BY_COMMAND, None)
    second = with_freeze(evaluated(first, number=7), orders_of([command("freeze", 2)]), None)
    third = with_freeze(evaluated(second, number=9), Orders(), STACK)
    assert [one.freeze and one.freeze.number for one in (first, second, third)] == [3, 7, 9]
