"""Tests of what commands amount to, and of what an evaluation then decides."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Command, Move, Phase, Verdict
from rollout.lifecycle.decide import decide
from rollout.lifecycle.orders import Orders, interval_under, orders_of, with_extensions, with_ignored
from rollout.policy.planned import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS
from rollout.state.rollout import Rollout
from tests.commands import command
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, INCONCLUSIVE = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
LAST_STEP = {"step": 2}
BAKE = {"step": 2, "phase": Phase.BAKE}
PAUSE, RESUME, PROMOTE = command("pause"), command("resume"), command("promote")
FREEZE, RELEASE, ABORT = command("freeze"), command("release"), command("abort")
PAUSED = "paused by the command pause-1 since 2026-03-01T12:01Z: the database is slow"


def decided(begun: Rollout, verdict: Verdict, *commands: object, after_seconds: float = 300) -> Rollout:
    orders = orders_of(commands)  # type: ignore[arg-type]
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after_seconds), ON_AWS, orders=orders)


@pytest.mark.parametrize(
    ("commands", "standing"),
    [
        ([], set()),
        ([PAUSE], {"paused"}),
        ([PAUSE, RESUME], set()),
        ([PROMOTE], {"promoted"}),
        ([PAUSE, PROMOTE], {"promoted"}),
        ([FREEZE], {"frozen"}),
        ([PROMOTE, FREEZE], {"frozen"}),
        ([PAUSE, FREEZE], {"paused", "frozen"}),
        ([PAUSE, FREEZE, RELEASE], {"paused"}),
        ([FREEZE, RELEASE], set()),
        ([PAUSE, ABORT], {"paused", "aborted"}),
    ],
)
def test_commands_amount_to_what_the_newest_of_them_leave(commands, standing):
    orders = orders_of(commands)
    assert {name for name in ("paused", "frozen", "promoted", "aborted") if getattr(orders, name)} == standing


def test_first_abort_counts():
    assert orders_of([ABORT, command("abort", number=2)]).aborted == ABORT


@pytest.mark.parametrize("position", [{}, LAST_STEP, BAKE])
@pytest.mark.parametrize(
    ("commands", "verdict", "move"),
    [
        ([PAUSE], HEALTHY, Move.WAIT),
        ([PAUSE], INCONCLUSIVE, Move.WAIT),
        ([PAUSE], UNHEALTHY, Move.ROLL_BACK),
        ([FREEZE], HEALTHY, Move.WAIT),
        ([FREEZE], UNHEALTHY, Move.WAIT),
        ([FREEZE, RELEASE], UNHEALTHY, Move.ROLL_BACK),
        ([PAUSE, FREEZE, RELEASE], HEALTHY, Move.WAIT),
        ([ABORT], HEALTHY, Move.ROLL_BACK),
        ([FREEZE, ABORT], HEALTHY, Move.ROLL_BACK),
        ([PROMOTE], UNHEALTHY, Move.ROLL_BACK),
    ],
)
def test_command_decides_the_move(position, commands, verdict, move):
    """A bad canary is rolled back whatever was ordered, except under a freeze."""
    assert decided(rollout(**position), verdict, *commands).next_move is move


@pytest.mark.parametrize("verdict", [HEALTHY, INCONCLUSIVE])
@pytest.mark.parametrize(("position", "after_seconds"), [({}, 60), (LAST_STEP, 60), ({}, 300)])
def test_promote_skips_the_remaining_steps(position, after_seconds, verdict):
    assert decided(rollout(**position), verdict, PROMOTE, after_seconds=after_seconds).next_move is Move.PROMOTE


def test_promote_does_not_end_the_bake():
    baking = decided(rollout(**BAKE), HEALTHY, PROMOTE, after_seconds=60)
    assert (baking.next_move, "promoted by" in baking.reason) == (Move.WAIT, False)


def test_paused_rollout_outlasts_max_extension():
    """A person thinks: what the policy decides about too few calls waits for them."""
    paused = decided(rollout(policy=policy(on_inconclusive="roll_back")), INCONCLUSIVE, PAUSE, after_seconds=20_000)
    assert paused.next_move is Move.WAIT


def test_resumed_rollout_goes_on_at_once():
    assert decided(rollout(), HEALTHY, PAUSE, RESUME).next_move is Move.SHIFT


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([PAUSE], f"{PAUSED}; healthy: errors: as counted"),
        ([FREEZE], "frozen by the command freeze-1 since 2026-03-01T12:01Z: the database is slow; healthy: errors: as"),
        ([ABORT], "aborted by the command abort-1: the database is slow; healthy: errors: as counted"),
        ([PROMOTE], "promoted by the command promote-1: the database is slow; healthy: errors: as counted"),
        ([command("extend", seconds=1800)], "extended by 30m by the command extend-1: the database is slow; healthy: "),
    ],
)
def test_reason_names_the_command_first(commands, reason):
    """P11."""
    assert decided(rollout(), HEALTHY, *commands).reason.startswith(reason)


@pytest.mark.parametrize(
    ("position", "write_number", "after_seconds", "move"),
    [
        ({}, 1, 300, Move.WAIT),
        ({}, 0, 300, Move.WAIT),
        ({}, 1, 2100, Move.SHIFT),
        ({}, 2, 300, Move.SHIFT),
        (LAST_STEP, 1, 300, Move.PROMOTE),
        (LAST_STEP, 2, 300, Move.WAIT),
        (LAST_STEP, 2, 2100, Move.PROMOTE),
        (BAKE, 3, 300, Move.WAIT),
        (BAKE, 3, 2100, Move.FINISH),
        (BAKE, 2, 300, Move.FINISH),
    ],
)
def test_extension_prolongs_the_step_that_it_met(position, write_number, after_seconds, move):
    extend = command("extend", seconds=1800, write_number=write_number)
    assert decided(rollout(**position), HEALTHY, extend, after_seconds=after_seconds).next_move is move


def test_extensions_add_up():
    twice = [command("extend", number=number, seconds=600) for number in (1, 2)]
    assert with_extensions(rollout(), orders_of(twice)).current_step.hold == 1500
    assert with_extensions(rollout(**BAKE), orders_of(twice)).policy.bake == 300


def test_extension_never_stays_in_the_document():
    """Otherwise each evaluation would prolong the step again."""
    extended = decided(rollout(), HEALTHY, command("extend", seconds=1800))
    assert extended.policy == rollout().policy


def test_extended_step_does_not_end_early():
    early = judgement(HEALTHY).model_copy(update={"may_end_step": True})
    orders = orders_of([command("extend", seconds=600)])
    assert decide(rollout(), early, AT + timedelta(seconds=60), ON_AWS, orders=orders).next_move is Move.WAIT


def test_ignored_metrics_stay_ignored():
    given = rollout(policy=policy(metrics=["errors", "slow", "throttles"], ignore=["throttles"]))
    orders = orders_of([command("ignore", metrics=("slow",)), command("ignore", number=2, metrics=("slow",))])
    ignoring = with_ignored(given, orders)
    assert ignoring.policy.ignore == ["throttles", "slow"]
    assert with_ignored(ignoring, orders) == ignoring
    assert with_ignored(given, Orders()) is given


@pytest.mark.parametrize(
    ("commands", "minutes", "seconds"),
    [
        ([], 600, 60),
        ([PAUSE], 1, 60),
        ([PAUSE], 11, 60),
        ([PAUSE], 31, 180),
        ([FREEZE], 31, 180),
        ([PAUSE], 6000, 900),
        ([PAUSE, RESUME], 6000, 60),
        ([FREEZE, ABORT], 6000, 60),
    ],
)
def test_interval_grows_while_a_person_thinks(commands, minutes, seconds):
    assert interval_under(orders_of(commands).held_since, 60, AT + timedelta(minutes=minutes)) == seconds


def test_interval_is_never_shorter_than_the_policys():
    assert interval_under(orders_of([PAUSE]).held_since, 3600, AT + timedelta(days=3)) == 3600


def test_longest_pause_fits_into_one_execution():
    """Step Functions allows 25,000 events; the pause may last as long as CloudWatch keeps the minutes."""
    now, evaluations, orders = AT, 0, orders_of([PAUSE])
    while (now - AT).total_seconds() < METRIC_RETENTION_SECONDS:
        now += timedelta(seconds=interval_under(orders.held_since, 60, now))
        evaluations += 1
    assert 1_400 < evaluations < MAX_EVALUATIONS * 0.65


@pytest.mark.parametrize(
    ("commands", "move"), [([PAUSE], Move.ROLL_BACK), ([PROMOTE], Move.ROLL_BACK), ([FREEZE], Move.HAND_OVER)]
)
@pytest.mark.parametrize(
    ("evaluations", "after_seconds"), [(MAX_EVALUATIONS - 1, 300), (1, METRIC_RETENTION_SECONDS + 1)]
)
def test_limit_ends_what_a_command_holds(commands, move, evaluations, after_seconds):
    """P1: a frozen alias is left as it is."""
    held = decided(rollout(evaluations=evaluations), HEALTHY, *commands, after_seconds=after_seconds)
    assert held.next_move is move
    assert (held.ending is not None) is (move is Move.HAND_OVER)


@pytest.mark.parametrize("kind", [kind for kind in Command if kind is not Command.HISTORY])
def test_every_command_that_a_rollout_takes_changes_its_orders(kind):
    given = command(kind, seconds=60, metrics=("slow",), at_gate=kind is Command.APPROVE)
    earlier = {Command.RESUME: [PAUSE], Command.RELEASE: [FREEZE]}.get(kind, [])
    assert orders_of([*earlier, given]) != orders_of(earlier)
