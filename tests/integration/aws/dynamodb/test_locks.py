"""By conditional writes, one alias has one writer (P3)."""

import pytest

from rollout.aws.wiring import claims, waiting_versions
from rollout.domain.errors import AliasMovingError, ClaimLostError
from rollout.domain.identity import Execution
from rollout.state.lock import Claim, Intent, Waiting, claim_of
from tests.integration.conftest import NOW, owned
from tests.samples import EXECUTION, TARGET, rollout

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=NOW)
MINE, THEIRS = claim_of(rollout()), claim_of(rollout(execution=OTHER))
STEP = Intent(version="3", shares={"4": 10.0})

pytestmark = pytest.mark.usefixtures("ledger")


def announced(writing: Intent) -> Claim:
    return claim_of(rollout(), writing)


def test_a_claim_is_taken_once_and_by_its_holder_as_often_as_it_likes():
    """P3, P4."""
    claims().take(MINE)
    claims().take(MINE)
    with pytest.raises(AliasMovingError, match="my-api:live was claimed by another rollout"):
        claims().take(THEIRS)
    assert claims().find(TARGET) == MINE


def test_what_is_to_be_written_is_announced_first():
    claims().take(MINE)
    claims().announce(announced(STEP))
    found = claims().find(TARGET)
    assert found is not None
    assert found.writing == STEP


def test_a_claim_taken_again_forgets_nothing_that_was_announced():
    """P1, P4: a task that comes late must not make its own rollout look as if it had written nothing."""
    claims().take(MINE)
    claims().announce(announced(STEP))
    claims().take(MINE)
    found = claims().find(TARGET)
    assert found is not None
    assert found.writing == STEP


def test_nobody_announces_a_write_without_the_claim():
    """P3."""
    with pytest.raises(ClaimLostError, match="holds my-api:live no longer, so nothing was written"):
        claims().announce(announced(STEP))
    claims().take(THEIRS)
    with pytest.raises(ClaimLostError):
        claims().announce(announced(STEP))


def test_only_its_holder_releases_a_claim():
    claims().take(MINE)
    claims().release(TARGET, OTHER)
    assert owned("claim")
    claims().release(TARGET, EXECUTION)
    claims().release(TARGET, EXECUTION)
    assert owned("claim") is None


def test_a_holder_is_asked_to_make_way_and_keeps_the_question_when_it_announces_a_write():
    claims().take(MINE)
    claims().supersede(MINE, "5")
    claims().announce(announced(STEP))
    found = claims().find(TARGET)
    assert found is not None
    assert found.superseded_by == "5"


def test_nobody_is_asked_to_make_way_who_has_let_go():
    claims().supersede(MINE, "5")
    assert owned("claim") is None


def test_a_seized_claim_is_its_holders_no_more():
    """P3: whatever a task still does that outlives its execution."""
    claims().take(MINE)
    assert claims().seize(MINE)
    found = claims().find(TARGET)
    assert found is not None
    assert (found.is_seized, found.holder) == (True, EXECUTION)
    with pytest.raises(ClaimLostError):
        claims().announce(announced(STEP))


def test_a_claim_may_be_seized_again_and_is_then_dropped():
    """P4: the guardian itself may die half way."""
    claims().take(MINE)
    assert all(claims().seize(MINE) for _ in range(2))
    claims().drop(MINE)
    assert owned("claim") is None


def test_nothing_is_seized_that_was_given_back_or_taken_by_another():
    assert not claims().seize(MINE)
    claims().take(THEIRS)
    assert not claims().seize(MINE)


def test_the_guardian_sees_every_claim():
    assert claims().held() == []
    claims().take(MINE)
    assert claims().held() == [MINE]


def test_the_newest_waiting_version_takes_the_place_of_the_one_before():
    for version, holder in (("5", OTHER), ("6", EXECUTION)):
        waiting_versions().enter(TARGET, Waiting(version=version, holder=holder, seen_at=NOW))
    found = waiting_versions().find(TARGET)
    assert found == Waiting(version="6", holder=EXECUTION, seen_at=NOW)


def test_a_version_takes_only_itself_out_of_the_waiting():
    waiting_versions().enter(TARGET, Waiting(version="6", holder=EXECUTION, seen_at=NOW))
    waiting_versions().leave(TARGET, OTHER)
    assert waiting_versions().find(TARGET)
    waiting_versions().leave(TARGET, EXECUTION)
    assert waiting_versions().find(TARGET) is None
