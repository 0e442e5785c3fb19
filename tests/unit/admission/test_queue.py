"""One alias, one writer: what becomes of a version that finds its alias held."""

from datetime import timedelta

import pytest

from rollout.admission.accept import accept
from rollout.admission.queue import queue_decision, seconds_to_next_attempt
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Phase, Start
from rollout.domain.errors import AliasLockedError, NotOptedInError
from rollout.domain.identity import Execution
from rollout.state.alias import AliasState
from rollout.state.lock import Lock, PlannedWrite, QueuedVersion, lock_of
from tests.samples import AT, EXECUTION, facts, policy, rollout, version

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=AT)
REQUEST = RolloutRequest(
    account_region=EXECUTION.account_region, function="my-api", alias=None, version=None, policy=policy()
)


def held_by(holder: Execution, canary: str = "4", **changes: object) -> Lock:
    return lock_of(rollout(execution=holder, canary_version=canary)).model_copy(update=changes)


def waits(holder: Execution, version_waiting: str) -> QueuedVersion:
    return QueuedVersion(version=version_waiting, holder=holder, seen_at=AT)


@pytest.mark.parametrize(
    ("lock", "waiting"),
    [
        (None, None),
        (held_by(EXECUTION), None),
        (held_by(EXECUTION), waits(EXECUTION, "4")),
        (None, waits(EXECUTION, "5")),
        (None, waits(OTHER, "4")),
        (None, waits(OTHER, "3")),
    ],
)
def test_a_version_begins_where_nobody_else_holds_the_alias_and_nobody_newer_waits(lock, waiting):
    """P3, P4: its own claim, from an attempt whose answer was lost, is no obstacle."""
    assert queue_decision("4", policy(), EXECUTION, lock, waiting) is None


@pytest.mark.parametrize(
    ("canary", "choice", "start", "said"),
    [
        ("3", "queue", Start.QUEUE, "is rolling out version 3 on my-api:live; version 4 waits for its turn"),
        (
            "3",
            "supersede",
            Start.QUEUE,
            "out version 3 on my-api:live; it is asked to take that back, and version 4 waits",
        ),
        ("4", "queue", Start.NOTHING_TO_DO, "nothing is left to do for version 4: execution my-api-other is rolling"),
        ("5", "queue", Start.NOTHING_TO_DO, "execution my-api-other is rolling out version 5 on my-api:live"),
        ("10", "supersede", Start.NOTHING_TO_DO, "version 10"),
    ],
)
def test_a_version_that_finds_its_alias_held_waits_or_is_overtaken(canary, choice, start, said):
    """P3, P7: versions are numbers, so 10 is newer than 4."""
    found = queue_decision("4", policy(on_newer_version=choice), EXECUTION, held_by(OTHER, canary), None)
    assert found is not None
    assert found.start is start
    assert said in found.reason


def test_a_policy_may_refuse_to_wait():
    with pytest.raises(AliasLockedError, match=r"is rolling out version 3 .* start again when it has ended"):
        queue_decision("4", policy(on_newer_version="refuse"), EXECUTION, held_by(OTHER, "3"), None)


@pytest.mark.parametrize("lock", [None, held_by(OTHER, "3")])
def test_an_older_version_than_the_one_that_waits_is_overtaken(lock):
    found = queue_decision("4", policy(), EXECUTION, lock, waits(OTHER, "5"))
    assert found is not None
    assert found.start is Start.NOTHING_TO_DO
    assert found.reason == (
        "nothing is left to do for version 4: version 5 waits for its turn (execution my-api-other)"
    )


def test_a_claim_that_the_guardian_has_seized_belongs_to_nobody():
    assert not held_by(EXECUTION, is_taken_over=True).belongs_to(EXECUTION.arn)
    found = queue_decision("4", policy(), EXECUTION, held_by(EXECUTION, "3", is_taken_over=True), None)
    assert found is not None
    assert found.start is Start.QUEUE


@pytest.mark.parametrize(("seconds", "still"), [(0, True), (1799, True), (1800, False)])
def test_a_version_that_has_long_not_asked_waits_no_more(seconds, still):
    """Somebody stopped it; nobody waits behind a dead execution for ever."""
    assert waits(OTHER, "5").is_waiting_at(AT + timedelta(seconds=seconds)) is still


@pytest.mark.parametrize(("waited", "seconds"), [(0, 60), (599, 60), (3000, 300), (9001, 900), (10**6, 900)])
def test_a_waiting_version_asks_again_after_a_tenth_of_its_waiting(waited, seconds):
    waiting = rollout(execution=EXECUTION.model_copy(update={"started_at": AT - timedelta(seconds=waited)}))
    assert seconds_to_next_attempt(waiting, AT) == seconds


@pytest.mark.parametrize(
    ("planned_write", "phase", "promoting"),
    [
        (None, Phase.SHIFTING, False),
        (PlannedWrite(version="3", shares={"4": 10}), Phase.SHIFTING, False),
        (PlannedWrite(version="4"), Phase.SHIFTING, True),
        (None, Phase.BAKE, True),
    ],
)
def test_a_claim_tells_whether_the_alias_may_serve_the_canary_alone_by_its_holders_hand(
    planned_write, phase, promoting
):
    lock = lock_of(rollout(phase=phase), planned_write)
    assert (lock.promoting, lock.planned_write) == (promoting, planned_write)


def test_a_claim_says_nothing_that_it_was_not_told():
    """An item written before a deploy may lack what is newer."""
    written = lock_of(rollout()).model_dump(
        include={*Lock.model_fields} - {"planned_write", "promoting", "superseded_by"}
    )
    assert Lock.model_validate(written) == lock_of(rollout())


def test_an_alias_that_another_rollout_has_split_is_waited_for_not_refused():
    split = AliasState(version="3", revision_id="r", shares={"2": 10})
    found = facts(alias=split, lock=held_by(OTHER, "3"))
    waiting = accept(REQUEST, found, EXECUTION)
    assert (waiting.start, waiting.canary_version) == (Start.QUEUE, "4")


def test_what_never_could_be_rolled_out_does_not_wait_first():
    """P6: bad news at once, not after an hour in a queue."""
    with pytest.raises(NotOptedInError):
        accept(REQUEST, facts(tags={}, lock=held_by(OTHER, "3")), EXECUTION)


def test_a_newer_version_waits_though_the_alias_serves_an_older_one_of_another_role():
    """What the alias will serve at its turn is not known yet."""
    found = facts(canary=version("4", role="another"), lock=held_by(OTHER, "3"))
    assert accept(REQUEST, found, EXECUTION).start is Start.QUEUE
