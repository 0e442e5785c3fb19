"""A release of two functions in any order of steps: both are promoted, or both serve stable (all or nothing)."""

from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.interleavings.orders import INDEXES, OUTCOMES, STEPS, ReleaseOrders, pick, play_orders
from tests.interleavings.release_world import FUNCTIONS, ReleaseWorld

PARTS = 2
_MAX_GUARDIANS = 2
_MAX_COMMANDS = 2
CHAIN = {"checkout": ["cart"]}


def check_settled(world: ReleaseWorld) -> None:
    """Check P1 and all-or-nothing after a world has settled, and that nothing stays open in the ledger."""
    running = [each.name for each in world.executions if each.is_running]
    assert running == [], world.format_history()
    assert None not in world.served(), f"P1: {world.format_history()}"
    entries = world.dynamodb.entries()
    still_open = [e["entry"] for e in entries if e.get("open") and not e["entry"].startswith(("command#", "starter#"))]
    assert still_open == [], f"{still_open} stay open: {world.format_history()}"
    outcomes = {e["outcome"] for e in entries if e["entry"].startswith("rollout#")}
    restored = any("RestoreAlias" in each.path for each in world.executions)
    if outcomes <= {"promoted", "rolled_back", "rejected"} and not restored and not _aborted_after_promotion(entries):
        assert len({*world.served()}) == 1, f"all or nothing: {world.served()}\n{world.format_history()}"


def _aborted_after_promotion(entries) -> bool:
    """Whether a person aborted one function: after the promotion of the release, the other one stays."""
    is_promoted = any(entry.get("release_status") == "promoted" for entry in entries)
    return is_promoted and any(e.get("command") == "abort" and "/release/" not in e["target"] for e in entries)


class ReleaseInterleavings(ReleaseOrders):
    """A release with its events in any order."""

    def __init__(self, scenarios) -> None:
        super().__init__(scenarios, ReleaseWorld(**CHAIN))

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, steps=STEPS)
    def execution_advances(self, index, steps):
        execution = pick(self._running(), index)
        for _ in range(steps):
            if execution.is_running:
                execution.advance()

    @precondition(lambda self: self._running())
    @rule(turns=st.integers(10, 120))
    def every_execution_advances(self, turns):
        self.advance_all(turns)

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, outcome=OUTCOMES)
    def execution_makes_one_call(self, index, outcome):
        pick(self._running(), index).advance(outcome)

    @precondition(
        lambda self: sum(not each.has_ended for each in self.world.actors if each.name == "Guardian") < _MAX_GUARDIANS
    )
    @rule()
    def guardian_starts(self):
        self.world.start_guardian()

    @precondition(lambda self: sum(each.name == "TakeCommand" for each in self.world.actors) < _MAX_COMMANDS)
    @rule(named=st.sampled_from([{"release": "2026-11-25.3"}, *({"function": each} for each in FUNCTIONS)]))
    def operator_aborts(self, named):
        self.world.give(command="abort", **named)

    def settle(self):
        self.world.evaluations = dict.fromkeys(FUNCTIONS, "ends_step")
        self.world.settle()
        check_settled(self.world)


@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_steps_promotes_both_functions_or_none(part, scenarios, examples, is_deterministic):
    """P1, and all or nothing."""
    play = partial(ReleaseInterleavings, scenarios)
    play_orders(play, part, examples // 2 // PARTS, is_deterministic=is_deterministic)


@pytest.fixture
def world(scenarios):
    world = ReleaseWorld(**CHAIN)
    scenarios.play(world)
    yield world
    world.kill_every_actor()


def settled(world):
    world.settle()
    check_settled(world)
    return world


def test_two_good_functions_are_promoted_in_their_order(world):
    assert settled(world).served() == ["3", "3"]
    assert world.release.state == "ReleasePromoted"


@pytest.mark.parametrize("bad", FUNCTIONS)
def test_one_bad_function_returns_both_to_stable(world, bad):
    world.evaluations[bad] = "unhealthy"
    assert settled(world).served() == ["1", "1"]
    assert world.release.state == "ReleaseRolledBack"
    assert f"{bad} ended: " in world.release.document["ending"]["Cause"]
    assert [part["outcome"] == "promoted" for part in world.release.document["functions"]] == [False, False]


@pytest.mark.parametrize("bad", FUNCTIONS)
def test_function_that_is_bad_in_the_bake_returns_both(world, bad):
    for _ in range(30):
        world.advance(lambda: world.served() == ["3", "3"])
    world.evaluations[bad] = "unhealthy"
    assert settled(world).served() == ["1", "1"]


@pytest.mark.parametrize("named", [{"release": "2026-11-25.3"}, {"function": "cart"}])
def test_abort_in_the_bake_returns_both(world, named):
    """P11."""
    for _ in range(30):
        world.advance(lambda: world.served() == ["3", "3"])
    world.give(command="abort", **named).finish()
    assert settled(world).served() == ["1", "1"]
    assert world.release.state == "ReleaseRolledBack"
    assert "aborted by the command" in world.release.document["ending"]["Cause"]
