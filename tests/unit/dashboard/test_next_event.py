"""Every situation that a command could find has a sentence on what the rollout does next."""

from datetime import timedelta

import pytest

from rollout.dashboard.live import applicable_commands
from rollout.dashboard.mark import MARKS
from rollout.dashboard.next_event import next_event
from rollout.domain.enums import Command, Move, Phase, Verdict
from rollout.lifecycle.command_rules import ALLOWED, Situation, situation_of
from rollout.state.dashboard.status import status_of
from rollout.state.releases.part import Participation
from tests.commands import LOCKS, baking, command, lock
from tests.release_samples import release
from tests.samples import AT, judgement, policy, rollout

MINUTE = timedelta(minutes=1)


def status(verdict=Verdict.HEALTHY, at=AT + 3 * MINUTE, **changes):
    return status_of(rollout(judgement=judgement(verdict), next_move=Move.WAIT, **changes), at)


def following(held, plan=None, found=None):
    return next_event(situation_of(held), held, plan or policy(), found or status())


@pytest.mark.parametrize("situation", Situation)
def test_every_situation_has_a_mark_and_only_commands_that_it_obeys(situation):
    assert MARKS[situation]
    assert all(situation in ALLOWED[one] for one in applicable_commands(situation))


@pytest.mark.parametrize(("situation", "held"), LOCKS.items())
def test_every_situation_says_what_follows(situation, held):
    found = next_event(situation, held, policy(), status())
    assert found.text
    assert "{" not in found.text


def test_step_ends_after_its_hold():
    found = following(lock())
    assert (found.text, found.at) == ("version 4 gets 50 %, if it stays healthy", AT + 5 * MINUTE)


def test_extension_of_a_step_delays_what_follows():
    held = lock().model_copy(update={"commands": (command("extend", seconds=600),)})
    assert following(held).at == AT + 15 * MINUTE


def test_last_step_is_followed_by_the_promotion():
    assert "promoted to 100 %" in following(lock(), found=status(step=2)).text


def test_step_with_approval_is_followed_by_the_wait_for_it():
    plan = policy(steps=[{"percent": 10, "hold": "5m"}, {"approval": {}}, {"percent": 50, "hold": "5m"}])
    assert following(lock(), plan).text.startswith("it waits for an approval")


def test_step_with_pause_is_followed_by_the_pause():
    plan = policy(steps=[{"percent": 10, "hold": "5m"}, {"pause": {}}, {"percent": 50, "hold": "5m"}])
    assert following(lock(), plan).text.startswith("it pauses for the command resume")


def test_step_beyond_its_hold_waits_for_calls():
    late = status(Verdict.INCONCLUSIVE, AT + 9 * MINUTE)
    assert following(lock(), found=late).text.endswith("once there are enough calls for a verdict")


def test_bake_ends_after_its_time():
    found = following(baking(), found=status(phase=Phase.BAKE, step=2))
    assert (found.text, found.at) == ("the bake ends, and version 4 stays, if it stays healthy", AT + 5 * MINUTE)


@pytest.mark.parametrize("held", [lock(write_number=2), baking()])
def test_share_that_the_newest_evaluation_has_not_seen_is_evaluated_next(held):
    """Until then, the plan of the step before would name the share that the canary already has."""
    found = following(held, found=status(step=1))
    assert (found.text, found.at) == ("the first evaluation at this share", None)


def test_approval_names_its_deadline_and_what_happens_without_it():
    found = following(LOCKS[Situation.AWAITING_APPROVAL])
    assert found.text == "without the command approve it is rolled back"
    assert found.at == AT + 5 * MINUTE + timedelta(days=1)


def test_rollout_before_its_first_share_gets_it_next():
    assert following(LOCKS[Situation.PREPARING]).text == "version 4 gets 10 %"


def test_rollout_held_by_a_freeze_keeps_its_share():
    assert "the stack is frozen" in following(lock(), found=status(held_since=AT)).text


def test_policy_that_cannot_be_read_makes_the_next_event_unknown():
    assert next_event(Situation.SHIFTING, lock(), None, status()).text.startswith("not known")


def test_frozen_rollout_obeys_release_and_abort():
    assert applicable_commands(Situation.FROZEN) == (Command.RELEASE, Command.ABORT)


def test_function_of_a_release_says_for_whom_it_waits():
    waits_for = "the release 2026-11-25.3 until the steps of cart have passed"
    waiting = Participation(part=release().part(1), waits_for=waits_for)
    shown = following(lock(), found=status(release=waiting)).text
    assert shown == f"it waits for {waits_for}, and rolls back with them"
