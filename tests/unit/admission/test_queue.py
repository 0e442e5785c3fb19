"""One alias, one writer: a version begins, waits, or is superseded (P3)."""

from datetime import timedelta

import pytest

from rollout.admission.accept import accept
from rollout.admission.queue import after_try, queue_decision, seconds_to_next_attempt
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Phase, Start
from rollout.domain.errors import AliasLockedError, NotOptedInError
from rollout.domain.identity import Execution
from rollout.state.alias import AliasState
from rollout.state.hold import Hold
from rollout.state.lock import Lock, PlannedWrite, QueuedVersion, lock_of
from rollout.state.rollout import Waiting
from tests.samples import AT, EXECUTION, facts, policy, rollout, version

OTHER = Execution(arn=f"{EXECUTION.arn}-other", name="my-api-other", started_at=AT)
REQUEST = RolloutRequest(
    account_region=EXECUTION.account_region, function="my-api", alias=None, version=None, policy=policy()
)


def held_by(holder: Execution, canary: str = "4", **changes: object) -> Lock:
    return lock_of(rollout(execution=holder, canary_version=canary)).model_copy(update=changes)


def queued_by(holder: Execution, version_number: str) -> QueuedVersion:
    return QueuedVersion(version=version_number, holder=holder, seen_at=AT)


@pytest.mark.parametrize(
    ("lock", "queued"),
    [
        (None, None),
        (held_by(EXECUTION), None),
        (held_by(EXECUTION), queued_by(EXECUTION, "4")),
        (None, queued_by(EXECUTION, "5")),
        (None, queued_by(OTHER, "4")),
        (None, queued_by(OTHER, "3")),
    ],
)
def test_version_begins_without_another_holder_or_newer_queued_version(lock, queued):
    """P3, P4: a lock from its own earlier attempt is no obstacle."""
    assert queue_decision("4", policy(), EXECUTION, lock, queued) is None


@pytest.mark.parametrize(
    ("canary", "on_newer_version", "start", "sentence"),
    [
        ("3", "queue", Start.QUEUE, "is rolling out version 3 on my-api:live; version 4 waits for its turn"),
        (
            "3",
            "supersede",
            Start.QUEUE,
            "out version 3 on my-api:live and has to roll back first; version 4 waits for its turn",
        ),
        ("4", "queue", Start.NOTHING_TO_DO, "there is nothing to do for version 4: execution my-api-other is rolling"),
        ("5", "queue", Start.NOTHING_TO_DO, "execution my-api-other is rolling out version 5 on my-api:live"),
        ("10", "supersede", Start.NOTHING_TO_DO, "version 10"),
    ],
)
def test_version_with_a_locked_alias_waits_or_is_superseded(canary, on_newer_version, start, sentence):
    """P3, P7: versions are compared as numbers, so 10 is newer than 4."""
    lock = held_by(OTHER, canary)
    decision = queue_decision("4", policy(on_newer_version=on_newer_version), EXECUTION, lock, None)
    assert decision is not None
    assert decision.start is start
    assert sentence in decision.reason


def test_policy_may_refuse_to_wait():
    with pytest.raises(AliasLockedError, match=r"is rolling out version 3 .* start again when it has ended"):
        queue_decision("4", policy(on_newer_version="refuse"), EXECUTION, held_by(OTHER, "3"), None)


@pytest.mark.parametrize("lock", [None, held_by(OTHER, "3")])
def test_version_older_than_the_queued_one_is_superseded(lock):
    decision = queue_decision("4", policy(), EXECUTION, lock, queued_by(OTHER, "5"))
    assert decision is not None
    assert decision.start is Start.NOTHING_TO_DO
    assert decision.reason == (
        "there is nothing to do for version 4: version 5 waits for its turn (execution my-api-other)"
    )


def test_lock_taken_over_by_the_guardian_belongs_to_no_execution():
    assert not held_by(EXECUTION, is_taken_over=True).belongs_to(EXECUTION.arn)
    decision = queue_decision("4", policy(), EXECUTION, held_by(EXECUTION, "3", is_taken_over=True), None)
    assert decision is not None
    assert decision.start is Start.QUEUE


@pytest.mark.parametrize(("seconds", "is_waiting"), [(0, True), (1799, True), (1800, False)])
def test_queued_version_times_out(seconds, is_waiting):
    """No version waits for ever behind an execution that was stopped."""
    assert queued_by(OTHER, "5").is_waiting_at(AT + timedelta(seconds=seconds)) is is_waiting


@pytest.mark.parametrize(("waited", "seconds"), [(0, 60), (599, 60), (3000, 300), (9001, 900), (10**6, 900)])
def test_queued_version_tries_again_after_a_tenth_of_its_wait(waited, seconds):
    queued = rollout(execution=EXECUTION.model_copy(update={"started_at": AT - timedelta(seconds=waited)}))
    assert seconds_to_next_attempt(queued, AT) == seconds


@pytest.mark.parametrize(
    ("planned_write", "phase", "promoting"),
    [
        (None, Phase.SHIFTING, False),
        (PlannedWrite(version="3", shares={"4": 10}), Phase.SHIFTING, False),
        (PlannedWrite(version="4"), Phase.SHIFTING, True),
        (None, Phase.BAKE, True),
    ],
)
def test_lock_records_whether_a_promotion_was_announced(planned_write, phase, promoting):
    lock = lock_of(rollout(phase=phase), planned_write)
    assert (lock.promoting, lock.planned_write) == (promoting, planned_write)


def test_lock_has_defaults_for_newer_fields():
    """An item written before a deployment may lack newer fields."""
    stored = lock_of(rollout()).model_dump(
        include={*Lock.model_fields} - {"planned_write", "promoting", "superseded_by"}
    )
    assert Lock.model_validate(stored) == lock_of(rollout())


def test_alias_split_by_another_rollout_is_waited_for():
    split = AliasState(version="3", revision_id="r", shares={"2": 10})
    queued = accept(REQUEST, facts(alias=split, lock=held_by(OTHER, "3")), EXECUTION)
    assert (queued.start, queued.canary_version) == (Start.QUEUE, "4")


def test_request_that_can_never_begin_is_refused_before_the_queue():
    """P6: the refusal comes at once, not after an hour in the queue."""
    with pytest.raises(NotOptedInError):
        accept(REQUEST, facts(tags={}, lock=held_by(OTHER, "3")), EXECUTION)


def test_newer_version_with_another_role_waits():
    """The version that the alias serves when its turn comes is not known yet."""
    queued_facts = facts(canary=version("4", role="another"), lock=held_by(OTHER, "3"))
    assert accept(REQUEST, queued_facts, EXECUTION).start is Start.QUEUE


def test_each_try_is_counted():
    assert after_try(rollout(waiting=Waiting(tries=7)), AT) == Waiting(tries=8)


LATER = AT + timedelta(minutes=4)


@pytest.mark.parametrize(
    ("revision", "since", "known"), [("", None, LATER), ("", AT, AT), ("r", AT, None), ("r", None, None)]
)
def test_missing_alias_is_timed_from_the_first_try_that_found_none(revision, since, known):
    tried = after_try(rollout(revision_id=revision, waiting=Waiting(alias_missing_since=since)), LATER)
    assert tried.alias_missing_since == known


HOLD = Hold(reason="the stack is frozen until 2026-03-01T12:30Z: holidays", until=AT + timedelta(minutes=30))


def test_version_published_in_a_freeze_waits_and_begins_by_itself():
    """P7: it is not lost."""
    held = accept(REQUEST, facts(hold=HOLD), EXECUTION)
    assert (held.start, held.held_until) == (Start.QUEUE, HOLD.until)
    assert held.reason == (
        "version 4 waits, because the stack is frozen until 2026-03-01T12:30Z: holidays; it begins by itself afterwards"
    )


@pytest.mark.parametrize(("minutes", "seconds"), [(0, 60), (20, 120), (29.9, 6), (31, 1)])
def test_held_version_tries_again_at_the_end_of_the_freeze_at_the_latest(minutes, seconds):
    held = accept(REQUEST, facts(hold=HOLD), EXECUTION)
    assert seconds_to_next_attempt(held, AT + timedelta(minutes=minutes)) == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("changes", [{"alias": None, "stable": None}, {"rolled_out_before": True}])
def test_freeze_does_not_hold_what_moves_no_traffic(changes):
    assert accept(REQUEST, facts(hold=HOLD, **changes), EXECUTION).start is Start.NOTHING_TO_DO


def test_override_is_kept_with_the_rollout():
    """P11."""
    request = REQUEST.model_copy(update={"override_freeze": "a fix"})
    assert accept(request, facts(), EXECUTION).override_freeze == "a fix"
