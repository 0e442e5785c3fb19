"""Tests of locks: conditional writes give each alias one writer (P3)."""

import pytest

from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.domain.errors import AliasBusyError, AliasChangedError, LockLostError
from rollout.domain.identity import Execution
from rollout.state.commands.record import CommandRecord
from rollout.state.commands.source import source_of
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock, PlannedWrite, lock_of
from tests.commands import command, gate, record
from tests.integration.conftest import NOW, owned_entry
from tests.samples import EXECUTION, TARGET, rollout

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=NOW)
LOCK, OTHER_LOCK = lock_of(rollout()), lock_of(rollout(execution=OTHER))
STEP = PlannedWrite(version="3", shares={"4": 10.0})

pytestmark = pytest.mark.usefixtures("ledger")


def announced(planned_write: PlannedWrite, step: int = 0) -> Lock:
    return lock_of(rollout(step=step), planned_write)


def test_lock_is_acquired_by_one_execution_any_number_of_times():
    """P3, P4."""
    locks().acquire(LOCK)
    locks().acquire(LOCK)
    with pytest.raises(AliasBusyError, match="Another rollout has just acquired the lock of my-api:live"):
        locks().acquire(OTHER_LOCK)
    assert locks().find(TARGET) == LOCK


def test_lock_records_announced_write():
    locks().acquire(LOCK)
    locks().announce(announced(STEP))
    lock = locks().find(TARGET)
    assert lock is not None
    assert lock.planned_write == STEP


def test_lock_acquired_again_keeps_announced_write():
    """P1, P4: a late repetition must not make the rollout look as if it had written nothing."""
    locks().acquire(LOCK)
    locks().announce(announced(STEP))
    locks().acquire(LOCK)
    lock = locks().find(TARGET)
    assert lock is not None
    assert lock.planned_write == STEP


def test_only_the_first_announcement_of_a_write_is_the_first():
    """P2: a later task cannot know whether an earlier one has made the write."""
    locks().acquire(LOCK)
    again = [locks().announce(announced(STEP)) for _ in range(3)]
    assert [(each.number, each.is_first) for each in again] == [(1, True), (2, False), (3, False)]
    following = locks().announce(announced(STEP, step=1))
    assert (following.number, following.is_first) == (4, True)


def test_announcement_is_confirmed_until_the_next_one():
    """P2, P3."""
    locks().acquire(LOCK)
    first = locks().announce(announced(STEP))
    locks().confirm(first)
    second = locks().announce(announced(STEP))
    locks().confirm(second)
    with pytest.raises(LockLostError, match="a later task of the execution has taken it over"):
        locks().confirm(first)
    locks().take_over(LOCK)
    with pytest.raises(LockLostError):
        locks().confirm(second)


def test_late_task_announces_no_earlier_write():
    """P10: otherwise the lock would no longer say that a promotion was announced."""
    locks().acquire(LOCK)
    locks().announce(announced(PlannedWrite(version="4"), step=2))
    with pytest.raises(LockLostError, match="Nothing was written"):
        locks().announce(announced(STEP))
    lock = locks().find(TARGET)
    assert lock is not None
    assert (lock.promoting, lock.write_number) == (True, 3)


def test_nothing_is_announced_or_confirmed_after_a_rollback_has_begun():
    """P1, P3: a rollback may begin twice."""
    locks().acquire(LOCK)
    late = locks().announce(announced(STEP))
    assert [bool(locks().begin_rollback(TARGET, EXECUTION)) for _ in range(2)] == [True, True]
    with pytest.raises(LockLostError):
        locks().confirm(late)
    with pytest.raises(LockLostError):
        locks().announce(announced(PlannedWrite(version="4"), step=9))
    lock = locks().find(TARGET)
    assert lock is not None
    assert (lock.is_rolling_back, lock.planned_write) == (True, STEP)


def test_rollback_without_lock_does_not_begin():
    """P3."""
    assert not locks().begin_rollback(TARGET, EXECUTION)
    locks().acquire(OTHER_LOCK)
    assert not locks().begin_rollback(TARGET, EXECUTION)
    locks().take_over(OTHER_LOCK)
    assert not locks().begin_rollback(TARGET, OTHER)


@pytest.mark.parametrize("versions", [{"stable_version": "2"}, {"canary_version": "5"}])
def test_lock_is_not_acquired_again_for_other_versions(versions):
    """P2: another writer moved the alias between two tries of one execution, of which the first may still run."""
    locks().acquire(LOCK)
    with pytest.raises(AliasChangedError, match=r"to roll out version 4 over version 3, and now finds .* Nothing was"):
        locks().acquire(lock_of(rollout(**versions)))
    assert locks().find(TARGET) == LOCK


def test_write_without_lock_cannot_be_announced():
    """P3."""
    with pytest.raises(LockLostError, match=r"no longer holds the lock of my-api:live, .* Nothing was written"):
        locks().announce(announced(STEP))
    locks().acquire(OTHER_LOCK)
    with pytest.raises(LockLostError):
        locks().announce(announced(STEP))


def test_lock_is_released_only_by_its_holder():
    locks().acquire(LOCK)
    locks().release(TARGET, OTHER)
    assert owned_entry("lock")
    locks().release(TARGET, EXECUTION)
    locks().release(TARGET, EXECUTION)
    assert owned_entry("lock") is None


def test_superseding_version_is_kept_when_holder_announces_write():
    locks().acquire(LOCK)
    locks().supersede(LOCK, "5")
    locks().announce(announced(STEP))
    lock = locks().find(TARGET)
    assert lock is not None
    assert lock.superseded_by == "5"


def test_waiting_version_is_kept_when_holder_announces_write():
    locks().acquire(LOCK)
    locks().await_end(LOCK, "5")
    locks().announce(announced(STEP))
    lock = locks().find(TARGET)
    assert lock is not None
    assert (lock.awaited_by, lock.superseded_by, lock.newer_version) == ("5", "", "5")


@pytest.mark.parametrize("request_by", [Locks.supersede, Locks.await_end])
def test_released_lock_takes_no_request(request_by):
    request_by(locks(), LOCK, "5")
    assert owned_entry("lock") is None


def test_holder_of_taken_over_lock_cannot_announce_write():
    """P3: this includes a task that outlives its execution."""
    locks().acquire(LOCK)
    assert locks().take_over(LOCK)
    lock = locks().find(TARGET)
    assert lock is not None
    assert (lock.is_taken_over, lock.holder) == (True, EXECUTION)
    with pytest.raises(LockLostError):
        locks().announce(announced(STEP))


def test_lock_can_be_taken_over_again_and_released():
    """P4: the guardian itself may fail half way."""
    locks().acquire(LOCK)
    assert all(locks().take_over(LOCK) for _ in range(2))
    locks().release_taken_over(LOCK)
    assert owned_entry("lock") is None


def test_released_or_other_lock_is_not_taken_over():
    assert not locks().take_over(LOCK)
    locks().acquire(OTHER_LOCK)
    assert not locks().take_over(LOCK)


def test_find_all_returns_every_lock():
    assert locks().find_all() == []
    locks().acquire(LOCK)
    assert [entry.read() for entry in locks().find_all()] == [LOCK]


def test_commands_are_kept_in_order_through_announcements_and_a_late_acquisition():
    """P11."""
    locks().acquire(LOCK)
    first, second = command("pause", write_number=0), command("extend", number=2, seconds=600, metrics=("slow",))
    assert locks().command(LOCK, _record(first))
    assert locks().command(held(), _record(second))
    locks().announce(announced(STEP))
    locks().acquire(LOCK)
    assert held().commands == (first, second)


def _record(taken: TakenCommand) -> CommandRecord:
    return record(taken.command).model_copy(update={"command": taken})


def held() -> Lock:
    lock = locks().find(TARGET)
    assert lock is not None
    return lock


@pytest.mark.parametrize(
    "change",
    [
        lambda: locks().command(held(), record("freeze")),
        lambda: locks().announce(announced(STEP)),
        lambda: locks().reach_gate(held(), gate()),
        lambda: locks().begin_ending(LOCK),
        lambda: locks().begin_rollback(TARGET, EXECUTION),
        lambda: locks().take_over(LOCK),
        lambda: locks().release(TARGET, EXECUTION),
    ],
    ids=["another command", "write", "gate", "ending", "rollback", "guardian", "release"],
)
def test_command_is_kept_only_in_the_state_in_which_it_was_decided(change):
    """P3: a rollout that has begun to roll back is not promoted, nor is another one that has the lock since."""
    locks().acquire(LOCK)
    read = held()
    change()
    before = locks().find(TARGET)
    assert not locks().command(read, record("promote"))
    assert locks().find(TARGET) == before


def test_command_is_kept_together_with_its_record():
    """P11: a task that dies leaves both or neither, and its repetition takes the command once."""
    locks().acquire(LOCK)
    given = record("pause")
    assert locks().command(LOCK, given)
    execution = Execution(arn=given.command.id, name="pause-1", started_at=given.command.at)
    assert commands().find(TARGET, source_of(execution)) == given
    assert not locks().command(held(), given)
    assert held().commands == (given.command,)


def test_command_that_is_refused_leaves_no_record():
    """P11."""
    locks().acquire(LOCK)
    locks().begin_ending(LOCK)
    given = record("pause")
    assert not locks().command(LOCK, given)
    assert commands().last_commands(TARGET, 1) == []


def test_ending_begins_only_with_the_commands_that_its_evaluation_read():
    """P11: no command is taken that nothing obeys any more."""
    locks().acquire(LOCK)
    read = held()
    locks().command(read, record("pause"))
    assert not locks().begin_ending(read)
    assert not held().is_ending
    assert all(locks().begin_ending(held()) for _ in range(2))
    assert held().is_ending


def test_gate_is_kept_through_announcements():
    locks().acquire(LOCK)
    locks().announce(announced(STEP))
    assert locks().reach_gate(held(), gate())
    assert held().open_gate == gate()
    locks().announce(announced(STEP, step=1))
    assert (held().gate, held().open_gate) == (gate(), None)


@pytest.mark.parametrize(
    "change",
    [
        lambda: locks().command(held(), record("pause")),
        lambda: locks().announce(announced(STEP, step=1)),
        lambda: locks().reach_gate(held(), gate()),
        lambda: locks().take_over(held()),
    ],
    ids=["command", "write", "another task", "guardian"],
)
def test_gate_is_reached_only_in_the_state_in_which_it_was_decided(change):
    """P4, P11: nothing is requested of a rollout that an operator has just paused, and since when it waits is kept."""
    locks().acquire(LOCK)
    locks().announce(announced(STEP))
    read = held()
    change()
    before = held()
    assert not locks().reach_gate(read, gate(since=NOW))
    assert held() == before


@pytest.mark.parametrize("given_first", [True, False])
def test_approval_and_timeout_exclude_each_other(given_first):
    """P10: either the approval is taken, or it came too late."""
    locks().acquire(LOCK)
    locks().announce(announced(STEP))
    locks().reach_gate(held(), gate())
    read = held()
    calls = [
        lambda: locks().command(read, record("approve", at_gate=True)),
        lambda: locks().reach_gate(read, gate(timed_out=True)),
    ]
    assert [call() for call in (calls if given_first else reversed(calls))] == [True, False]


def test_abort_is_taken_while_the_rollout_ends():
    locks().acquire(LOCK)
    locks().begin_ending(LOCK)
    assert locks().command(held(), record("abort"))


def test_rollout_that_goes_on_after_all_obeys_commands_again():
    """P4: the repetition of an evaluation may decide otherwise."""
    locks().acquire(LOCK)
    locks().begin_ending(LOCK)
    locks().resume_from_ending(held())
    assert not held().is_ending
    assert locks().command(held(), record("pause"))


def test_command_does_not_reach_the_next_rollout():
    locks().acquire(LOCK)
    read = held()
    locks().release(TARGET, EXECUTION)
    locks().acquire(OTHER_LOCK)
    assert not locks().command(read, record("abort"))
    assert held().commands == ()


def test_commands_stay_for_the_guardian():
    """P10: its ending names the abort."""
    locks().acquire(LOCK)
    locks().command(LOCK, record("abort"))
    locks().take_over(LOCK)
    assert [taken.name for taken in held().commands] == ["abort-1"]


def test_rollback_returns_the_lock_as_it_was():
    locks().acquire(LOCK)
    locks().command(LOCK, record("freeze"))
    before = held()
    assert locks().begin_rollback(TARGET, EXECUTION) == before
    assert held().is_rolling_back
