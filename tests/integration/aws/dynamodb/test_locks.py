"""By conditional writes, one alias has one writer (P3)."""

import pytest

from rollout.aws.wiring import locks, queue
from rollout.domain.errors import AliasBusyError, LockLostError
from rollout.domain.identity import Execution
from rollout.state.lock import Lock, PlannedWrite, QueuedVersion, lock_of
from tests.integration.conftest import NOW, owned
from tests.samples import EXECUTION, TARGET, rollout

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=NOW)
MINE, THEIRS = lock_of(rollout()), lock_of(rollout(execution=OTHER))
STEP = PlannedWrite(version="3", shares={"4": 10.0})

pytestmark = pytest.mark.usefixtures("ledger")


def announced(planned_write: PlannedWrite) -> Lock:
    return lock_of(rollout(), planned_write)


def test_a_claim_is_taken_once_and_by_its_holder_as_often_as_it_likes():
    """P3, P4."""
    locks().take(MINE)
    locks().take(MINE)
    with pytest.raises(AliasBusyError, match="my-api:live was claimed by another rollout"):
        locks().take(THEIRS)
    assert locks().find(TARGET) == MINE


def test_what_is_to_be_written_is_announced_first():
    locks().take(MINE)
    locks().announce(announced(STEP))
    found = locks().find(TARGET)
    assert found is not None
    assert found.planned_write == STEP


def test_a_claim_taken_again_forgets_nothing_that_was_announced():
    """P1, P4: a task that comes late must not make its own rollout look as if it had written nothing."""
    locks().take(MINE)
    locks().announce(announced(STEP))
    locks().take(MINE)
    found = locks().find(TARGET)
    assert found is not None
    assert found.planned_write == STEP


def test_nobody_announces_a_write_without_the_claim():
    """P3."""
    with pytest.raises(LockLostError, match="holds my-api:live no longer, so nothing was written"):
        locks().announce(announced(STEP))
    locks().take(THEIRS)
    with pytest.raises(LockLostError):
        locks().announce(announced(STEP))


def test_only_its_holder_releases_a_claim():
    locks().take(MINE)
    locks().release(TARGET, OTHER)
    assert owned("lock")
    locks().release(TARGET, EXECUTION)
    locks().release(TARGET, EXECUTION)
    assert owned("lock") is None


def test_a_holder_is_asked_to_make_way_and_keeps_the_question_when_it_announces_a_write():
    locks().take(MINE)
    locks().supersede(MINE, "5")
    locks().announce(announced(STEP))
    found = locks().find(TARGET)
    assert found is not None
    assert found.superseded_by == "5"


def test_nobody_is_asked_to_make_way_who_has_let_go():
    locks().supersede(MINE, "5")
    assert owned("lock") is None


def test_a_seized_claim_is_its_holders_no_more():
    """P3: whatever a task still does that outlives its execution."""
    locks().take(MINE)
    assert locks().take_over(MINE)
    found = locks().find(TARGET)
    assert found is not None
    assert (found.is_taken_over, found.holder) == (True, EXECUTION)
    with pytest.raises(LockLostError):
        locks().announce(announced(STEP))


def test_a_claim_may_be_seized_again_and_is_then_dropped():
    """P4: the guardian itself may die half way."""
    locks().take(MINE)
    assert all(locks().take_over(MINE) for _ in range(2))
    locks().drop(MINE)
    assert owned("lock") is None


def test_nothing_is_taken_over_that_was_given_back_or_taken_by_another():
    assert not locks().take_over(MINE)
    locks().take(THEIRS)
    assert not locks().take_over(MINE)


def test_the_guardian_sees_every_claim():
    assert locks().held() == []
    locks().take(MINE)
    assert locks().held() == [MINE]


def test_the_newest_waiting_version_takes_the_place_of_the_one_before():
    for version, holder in (("5", OTHER), ("6", EXECUTION)):
        queue().enter(TARGET, QueuedVersion(version=version, holder=holder, seen_at=NOW))
    found = queue().find(TARGET)
    assert found == QueuedVersion(version="6", holder=EXECUTION, seen_at=NOW)


def test_a_version_takes_only_itself_out_of_the_waiting():
    queue().enter(TARGET, QueuedVersion(version="6", holder=EXECUTION, seen_at=NOW))
    queue().leave(TARGET, OTHER)
    assert queue().find(TARGET)
    queue().leave(TARGET, EXECUTION)
    assert queue().find(TARGET) is None
