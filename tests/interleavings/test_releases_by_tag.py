"""A release that a tag starts, with its events in any order, lost, late or twice (P1, P7, P8)."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.interleavings.actors import CallOutcome
from tests.interleavings.orders import INDEXES, OUTCOMES, STEPS, ReleaseOrders, pick, play_orders
from tests.interleavings.release_world import FUNCTIONS
from tests.interleavings.tag_promises import check_settled
from tests.interleavings.tag_world import TagWorld
from tests.samples import AT

PARTS = 2
_MAX_VERSIONS = 4
_MAX_ACTORS = 4
_LONGEST = timedelta(hours=8)
"""A version that no sweep could start for a day is given up, so an order takes less than that."""
ORDERS = [["cart", "checkout"], ["checkout", "cart"]]


class TagInterleavings(ReleaseOrders):
    """Two functions with a tag, with their events in any order."""

    def __init__(self, scenarios) -> None:
        super().__init__(scenarios, TagWorld())

    @initialize(order=st.sampled_from(ORDERS))
    def both_functions_publish(self, order):
        for function in order:
            self.world.publish(function)

    @rule(function=st.sampled_from(FUNCTIONS))
    def function_publishes(self, function):
        if int(self.world.newest()[function]) < _MAX_VERSIONS:
            self.world.publish(function)

    @precondition(lambda self: self.world.events and self._has_room())
    @rule(index=INDEXES, again=st.booleans())
    def event_arrives(self, index, again):
        self.world.deliver(index % len(self.world.events), again=again)

    @precondition(lambda self: self.world.events)
    @rule(index=INDEXES)
    def event_is_lost(self, index):
        self.world.events.pop(index % len(self.world.events))

    @precondition(lambda self: self._has_room())
    @rule(sweep=st.sampled_from(["aliases", "versions"]))
    def guardian_starts(self, sweep):
        self.world.start_guardian(sweep)

    @precondition(lambda self: self._running())
    @rule(turns=st.integers(10, 300))
    def every_execution_advances(self, turns):
        self.advance_all(turns)

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, outcome=OUTCOMES, steps=STEPS)
    def execution_advances(self, index, outcome, steps):
        execution = pick(self._running(), index)
        for _ in range(steps if outcome is CallOutcome.ANSWERED else 1):
            if execution.is_running:
                execution.advance(outcome)

    @precondition(lambda self: not self.world.by_hand)
    @rule(function=st.sampled_from(FUNCTIONS))
    def operator_rolls_out_one_version(self, function):
        self.world.start_by_hand(function)

    @precondition(lambda self: self.world.now - AT < _LONGEST)
    @rule(minutes=st.sampled_from([5, 20, 70]))
    def time_passes(self, minutes):
        self.world.pass_time(minutes)

    def settle(self):
        bad = {name for name, evaluation in self.world.evaluations.items() if evaluation == "unhealthy"}
        self.world.evaluations = {name: "unhealthy" if name in bad else "ends_step" for name in FUNCTIONS}
        self.world.settle()
        check_settled(self.world)

    def _has_room(self):
        return sum(not each.has_ended for each in self.world.actors) < _MAX_ACTORS


@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_events_starts_one_release_of_the_versions_that_wait(part, scenarios, examples, is_deterministic):
    """P1, P7, P8, and all or nothing."""
    play = partial(TagInterleavings, scenarios)
    orders = max(examples // 5 // PARTS if is_deterministic else examples // PARTS, 1)
    play_orders(play, part, orders, is_deterministic=is_deterministic)


def settled(world):
    world.settle()
    check_settled(world)
    return world


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("arrivals", [1, 2])
def test_events_in_any_order_once_or_twice_start_one_release(tag_world, order, arrivals):
    for function in order:
        tag_world.publish(function)
    for _ in range(arrivals):
        for index in range(2):
            tag_world.deliver(index, again=True).finish()
    assert settled(tag_world).recorded() == [{"cart": "2", "checkout": "2"}]
    assert (len(tag_world.releases), tag_world.served()) == (1, ["2", "2"])


@pytest.mark.parametrize("lost", [1, 2])
def test_lost_events_are_made_up_for_by_sweeps(tag_world, lost):
    """P8."""
    for function in FUNCTIONS:
        tag_world.publish(function)
    for index in range(2 - lost):
        tag_world.deliver(index).finish()
    tag_world.events = []
    assert settled(tag_world).served() == ["2", "2"]
    assert len(tag_world.releases) == 1


def test_newer_version_takes_the_place_of_one_that_waits(tag_world):
    for function in ("cart", "cart", "checkout"):
        tag_world.publish(function)
        tag_world.deliver(0).finish()
    assert settled(tag_world).recorded() == [{"cart": "3", "checkout": "2"}]
    assert tag_world.served() == ["3", "2"]


def test_version_of_one_function_waits_for_the_other(tag_world):
    tag_world.publish("cart")
    tag_world.deliver(0).finish()
    assert settled(tag_world).waiting() == {"cart": "2"}
    assert (tag_world.releases, tag_world.served()) == ([], ["1", "1"])


def test_two_events_at_the_same_time_start_one_release(tag_world):
    for function in FUNCTIONS:
        tag_world.publish(function)
    first, second = tag_world.deliver(0), tag_world.deliver(0)
    while not (first.has_ended and second.has_ended):
        for task in (first, second):
            task.resume(CallOutcome.ANSWERED)
    assert settled(tag_world).recorded() == [{"cart": "2", "checkout": "2"}]
    assert len(tag_world.releases) == 1


def test_version_that_is_published_during_the_release_waits_for_the_next_one(tag_world):
    for function in FUNCTIONS:
        tag_world.publish(function)
        tag_world.deliver(0).finish()
    tag_world.advance(lambda: "3" in tag_world.newest().values())
    tag_world.publish("cart")
    tag_world.deliver(0).finish()
    assert settled(tag_world).waiting() == {"cart": "3"}
    assert tag_world.served() == ["2", "2"]
