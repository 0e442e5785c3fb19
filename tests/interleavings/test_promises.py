"""The phrases by which the promises read a reason are those that the endings contain."""

from rollout.lifecycle.guardian.recovery import FinalState, repair_plan
from rollout.state.endings import format_moved, handed_over_by_policy
from rollout.state.lock import Lock
from tests.interleavings.promises import FOR_A_PERSON, LEFT_WITH_SHARE, MOVED, NOTHING_WRITTEN
from tests.samples import EXECUTION, TARGET, rollout


def test_moved_alias_is_recognized():
    assert MOVED in format_moved(TARGET.name, "version 3", None)


def test_share_left_by_the_policy_is_recognized():
    cause = handed_over_by_policy(rollout(), "too few calls").cause
    assert LEFT_WITH_SHARE.search(cause).groups() == ("10", "4")
    assert FOR_A_PERSON in cause


def test_unwritten_alias_is_recognized():
    lock = Lock(holder=EXECUTION, target=TARGET, stable_version="3", canary_version="4", revision_id="revision-1")
    assert NOTHING_WRITTEN in repair_plan(lock, None, FinalState(status="ABORTED")).ending.cause
