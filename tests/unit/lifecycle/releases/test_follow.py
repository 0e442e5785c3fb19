"""A part of a release waits for the others, is judged meanwhile, and ends as the release does."""

from datetime import datetime, timedelta

import pytest

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.lifecycle.evaluate import Surroundings, evaluate
from rollout.lifecycle.ownership import Ownership
from rollout.lifecycle.releases.follow import LONGEST_INTERVAL_SECONDS
from rollout.policy.planned import MAX_EVALUATIONS
from rollout.state.alias import AliasState
from rollout.state.dashboard.status import status_of
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.releases.part import Progress
from rollout.state.releases.release import ReleaseState, ReleaseStatus
from rollout.state.rollout import Rollout
from tests.commands import command
from tests.release_samples import part_rollout, release, state
from tests.samples import AT, ON_AWS, judgement, observation_of, policy

ROLLING, PROMOTING, PROMOTED, FAILED = ReleaseStatus
WAITING, READY, SERVES, PASSED = Progress
STEPS_PASSED = AT + timedelta(minutes=5)
UNHEALTHY, HEALTHY, INCONCLUSIVE = Verdict.UNHEALTHY, Verdict.HEALTHY, Verdict.INCONCLUSIVE


@pytest.fixture(autouse=True)
def verdict(monkeypatch):
    """Call the fixture with the verdict of the evaluations, which is healthy otherwise."""

    def choose(chosen: Verdict) -> None:
        monkeypatch.setattr("rollout.lifecycle.evaluate.judge", lambda *_: judgement(chosen))

    choose(HEALTHY)
    return choose


def evaluated(part: Rollout, found: ReleaseState | None, *commands, now: datetime = STEPS_PASSED) -> Rollout:
    alias: AliasState = part.written_alias
    lock = lock_of(part, PlannedWrite(version=alias.version, shares=alias.shares))
    lock = lock.model_copy(update={"commands": commands, "promoting": part.phase is Phase.BAKE})
    surroundings = Surroundings(ownership=Ownership(alias=alias, lock=lock), release=found)
    observed = None if part.is_before_traffic else observation_of((100, 1, 900, 9))
    return evaluate(part, observed, surroundings, now, ON_AWS)


def before_traffic(**changes) -> Rollout:
    chained = release(checkout=("cart",))
    return part_rollout(of=chained, step=0, first_shift_at=None, step_started_at=None, **changes)


def in_bake(**changes) -> Rollout:
    return part_rollout(phase=Phase.BAKE, **changes)


def test_first_share_waits_until_the_steps_of_those_before_it_have_passed():
    waiting = evaluated(before_traffic(), state())
    assert waiting.next_move is Move.WAIT
    assert "waits for the release 2026-11-25.3 since 2026-03-01T12:05Z until the steps of cart have passed" in (
        waiting.reason
    )
    assert evaluated(waiting, state(ROLLING, READY)).next_move is Move.SHIFT


def test_wait_is_shown_on_the_dashboard_until_it_is_over():
    waiting = evaluated(before_traffic(), state())
    assert status_of(waiting, AT).waits_for == "the release 2026-11-25.3 until the steps of cart have passed"
    assert status_of(evaluated(waiting, state(ROLLING, READY)), AT).waits_for == ""


def test_first_share_of_one_without_predecessors_does_not_wait():
    assert evaluated(part_rollout(0, step=0, first_shift_at=None), state()).next_move is Move.SHIFT


def test_hooks_before_traffic_are_called_after_the_wait():
    hooked = before_traffic(policy=policy(hooks={"before_traffic": [{"function": "smoke"}]}))
    assert evaluated(hooked, state()).hook_run is None
    assert evaluated(hooked, state(ROLLING, READY)).next_move is Move.RUN_BEFORE_TRAFFIC_HOOKS


@pytest.mark.parametrize(
    ("found", "move", "waits"),
    [
        (state(), Move.WAIT, "until the steps of all 3 have passed, 1 so far"),
        (state(ROLLING, READY, READY), Move.WAIT, "2 so far"),
        (state(PROMOTING, READY, READY, READY), Move.WAIT, "until cart serves alone"),
        (state(PROMOTING, SERVES, READY, READY), Move.PROMOTE, ""),
    ],
)
def test_part_is_promoted_after_the_steps_of_all_and_after_those_before_it(found, move, waits):
    part = evaluated(part_rollout(of=release(checkout=("cart",))), found)
    assert (part.next_move, part.release.progress) == (move, READY)
    assert waits in part.reason


def test_part_that_is_held_is_judged_and_rolled_back_all_the_same(verdict):
    held = evaluated(part_rollout(), state())
    verdict(UNHEALTHY)
    assert evaluated(held, state(ROLLING, WAITING, READY)).next_move is Move.ROLL_BACK


def test_part_that_was_ready_stays_ready():
    """Its steps have passed, and an evaluation with too few calls does not unsay it."""
    held = evaluated(part_rollout(), state())
    assert evaluated(held, state(), now=AT).release.progress is READY


@pytest.mark.parametrize("phase", Phase)
def test_failed_release_rolls_every_part_back_and_names_the_first_one(phase):
    failed = state(FAILED, failure="payment ended: unhealthy: errors: 41 of 1,203 calls")
    part = evaluated(part_rollout(phase=phase), failed)
    assert part.next_move is Move.ROLL_BACK
    assert part.reason.startswith(
        "the release 2026-11-25.3 has failed: payment ended: unhealthy: errors: 41 of 1,203 calls; this function itself"
        " is healthy"
    )


def test_failed_release_rejects_a_part_that_has_had_no_traffic():
    """P6."""
    rejected = evaluated(before_traffic(), state(FAILED, failure="payment ended: unhealthy"))
    assert (rejected.next_move, rejected.ending.outcome) == (Move.REJECT, Outcome.REJECTED)


def test_bake_that_has_passed_waits_until_every_bake_has_passed():
    waiting = evaluated(in_bake(), state(PROMOTING, PASSED, SERVES, SERVES))
    assert (waiting.next_move, waiting.ending, waiting.release.progress) == (Move.WAIT, None, PASSED)
    assert "until the bake of all 3 has passed, 1 so far" in waiting.reason


@pytest.mark.parametrize("found", Verdict)
def test_promoted_release_ends_each_part_as_promoted(found, verdict):
    """Its bake had passed before, so what it finds later does not part it from the others."""
    verdict(found)
    ended = evaluated(in_bake(), state(PROMOTED, PASSED, PASSED, PASSED))
    assert (ended.next_move, ended.ending.outcome) == (Move.FINISH, Outcome.PROMOTED)


def test_frozen_part_is_left_as_it_is_whatever_becomes_of_the_release():
    """P1: a person asked for it."""
    assert evaluated(in_bake(), state(FAILED, failure="x"), command("freeze")).next_move is Move.WAIT


def test_aborted_part_rolls_back_whatever_becomes_of_the_release():
    """P11."""
    aborted = evaluated(in_bake(), state(PROMOTED, PASSED, PASSED, PASSED), command("abort"))
    assert aborted.next_move is Move.ROLL_BACK


def test_command_promote_promotes_a_part_with_the_others():
    asked = evaluated(part_rollout(), state(), command("promote"), now=AT + timedelta(minutes=1))
    assert (asked.next_move, asked.release.progress) == (Move.WAIT, READY)


def test_wait_stretches_but_not_beyond_the_time_in_which_others_are_rolled_back():
    """A day of waiting leaves most of an execution's evaluations."""
    now, held, seconds = STEPS_PASSED, part_rollout(), []
    while now < STEPS_PASSED + timedelta(days=1):
        held = evaluated(held, state(), now=now)
        seconds.append(held.wait_seconds)
        now += timedelta(seconds=held.wait_seconds)
    assert max(seconds) <= LONGEST_INTERVAL_SECONDS
    assert held.evaluations < MAX_EVALUATIONS / 5


def test_wait_of_a_week_leaves_more_than_half_of_the_evaluations():
    """P12: the longest timeout of a release and a policy of 1,400 evaluations fit into one execution."""
    now, held = STEPS_PASSED, part_rollout()
    while now < STEPS_PASSED + timedelta(days=7):
        held = evaluated(held, state(), now=now)
        now += timedelta(seconds=held.wait_seconds)
    assert held.evaluations < 1100


@pytest.mark.parametrize("choice", ["roll_back", "hand_over"])
def test_wait_for_others_uses_up_no_time_of_the_step(verdict, choice):
    """An evaluation that is inconclusive after hours of waiting begins the extension of the step."""
    part = part_rollout(policy=policy(on_inconclusive=choice, max_extension="10m"))
    later = STEPS_PASSED + timedelta(hours=5)
    held = evaluated(evaluated(part, state()), state(), now=later)
    verdict(INCONCLUSIVE)
    for minutes, move in ((9, Move.WAIT), (11, Move(choice))):
        assert evaluated(held, state(), now=later + timedelta(minutes=minutes)).next_move is move


def test_rollout_without_a_release_does_not_wait():
    assert evaluated(part_rollout(release=None), None).next_move is Move.PROMOTE
