"""Any order of steps keeps the promises: rollouts, a guardian, an operator, a stranger, tasks that outlive their stop.

Each step is one call to AWS; between any two of them anybody else may act, a process may die, an answer be lost.
`python -m pytest tests/interleavings --examples 10000 --timeout 3600` plays that many orders, others each time.
"""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.interleavings.actors import Fate
from tests.interleavings.machine import Execution
from tests.interleavings.world import HEALTH

PARTS = 4
"""Played side by side where there are processes for it."""
_MOST_EXECUTIONS = 4
_MOST_GUARDIANS = 2

FATES = st.sampled_from([*Fate, Fate.ANSWERED, Fate.ANSWERED, Fate.ANSWERED])
STEPS = st.integers(1, 25)
WHICH = st.integers(0, _MOST_EXECUTIONS - 1)
EDITS = st.sampled_from(
    [("1", {}), ("2", {}), ("3", {}), ("1", {"2": 0.3}), ("1", {"3": 0.3}), ("2", {"3": 0.2}), ("2", {"1": 0.2})]
)


class Interleavings(RuleBasedStateMachine):
    """A world in which everything happens in any order."""

    def __init__(self, stage) -> None:
        super().__init__()
        self.world = stage.anew()
        self.world.asked("2")

    @precondition(lambda self: len(self.world.executions) < _MOST_EXECUTIONS)
    @rule(
        version=st.sampled_from(["2", "3"]),
        newer=st.sampled_from(["queue", "supersede", "refuse"]),
        thin=st.sampled_from(["extend", "hand_over"]),
    )
    def an_operator_asks_for(self, version, newer, thin):
        self.world.asked(version, on_newer_version=newer, on_inconclusive=thin)

    @precondition(lambda self: self._running())
    @rule(which=WHICH, steps=STEPS)
    def a_rollout_goes_on(self, which, steps):
        execution = _one(self._running(), which)
        for _ in range(steps):
            if execution.is_running:
                execution.go_on()

    @precondition(lambda self: self._running())
    @rule(which=WHICH, fate=FATES)
    def a_rollout_makes_a_call(self, which, fate):
        _one(self._running(), which).go_on(fate)

    @precondition(lambda self: self._running())
    @rule(which=WHICH, steps=STEPS)
    def aws_refuses_a_rollout(self, which, steps):
        execution = _one(self._running(), which)
        for _ in range(steps):
            if execution.is_running:
                execution.go_on(Fate.THROTTLED)

    @precondition(lambda self: self._running())
    @rule(which=WHICH)
    def an_operator_stops(self, which):
        _one(self._running(), which).stop()

    @precondition(lambda self: self._ended())
    @rule(which=WHICH)
    def an_operator_redrives(self, which):
        _one(self._ended(), which).redrive()

    @precondition(lambda self: sum(not one.has_ended for one in self.world.guardians) < _MOST_GUARDIANS)
    @rule(sweep=st.sampled_from(["aliases", "versions"]))
    def the_guardian_comes(self, sweep):
        self.world.guard(sweep)

    @precondition(lambda self: self.world.loose())
    @rule(which=WHICH, fate=FATES, steps=STEPS)
    def a_guardian_or_a_zombie_goes_on(self, which, fate, steps):
        actor = _one(self.world.loose(), which)
        for _ in range(steps if fate is Fate.ANSWERED else 1):
            if not actor.has_ended:
                actor.go_on(fate)

    @precondition(lambda self: any(one.is_running and one.way for one in self.world.executions))
    @rule(edit=EDITS)
    def a_stranger_moves_the_alias(self, edit):
        version, weights = edit
        self.world.edit(version, **weights)

    @rule(version=st.sampled_from(["2", "3"]), health=st.sampled_from([*HEALTH]))
    def looks_will_find(self, version, health):
        self.world.health[version] = health

    @precondition(lambda self: self._running() and "thin" in self.world.health.values())
    @rule()
    def an_hour_passes(self):
        self.world.pass_an_hour()

    def teardown(self):
        try:
            self.world.come_to_rest()
            self.world.promises.at_the_end()
        finally:
            self.world.abandon()

    def _running(self) -> Sequence[Execution]:
        return [one for one in self.world.executions if one.is_running]

    def _ended(self) -> Sequence[Execution]:
        return [one for one in self.world.executions if one.status in ("ABORTED", "FAILED")]


def _one(of, which):
    return of[which % len(of)]


@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_steps_keeps_the_promises(part, stage, examples, is_steady):
    """P1, P2, P3, P4, P6, P7, P10."""
    play = partial(Interleavings, stage)
    run_state_machine_as_test(
        seed(part)(play) if is_steady else play,
        settings=settings(
            max_examples=examples // PARTS,
            stateful_step_count=60,
            deadline=None,
            derandomize=is_steady,
            suppress_health_check=[*HealthCheck],
            report_multiple_bugs=False,
        ),
    )
