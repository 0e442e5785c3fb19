"""Random orders: how many of them are played, and the rules that those of every world of releases share."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.interleavings.actors import Actor, CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.release_world import FUNCTIONS, ReleaseWorld
from tests.interleavings.scenario import EVALUATIONS

OUTCOMES = st.sampled_from([*CallOutcome, CallOutcome.ANSWERED, CallOutcome.ANSWERED, CallOutcome.ANSWERED])
STEPS = st.integers(1, 40)
INDEXES = st.integers(0, 5)

Item = TypeVar("Item")


def play_orders(play: Any, part: int, orders: int, *, is_deterministic: bool) -> None:
    """Play so many random orders of the machine that `play` returns; the same ones every time if deterministic."""
    run_state_machine_as_test(
        seed(part)(play) if is_deterministic else play,
        settings=settings(
            max_examples=orders,
            stateful_step_count=60,
            deadline=None,
            derandomize=is_deterministic,
            suppress_health_check=[*HealthCheck],
            report_multiple_bugs=False,
        ),
    )


def pick(values: Sequence[Item], index: int) -> Item:
    """Return one of some values, whatever the index."""
    return values[index % len(values)]


def resume(actor: Actor, outcome: CallOutcome, steps: int) -> None:
    """Let a task make so many calls that are answered, or one with another outcome, unless it ends before."""
    for _ in range(steps if outcome is CallOutcome.ANSWERED else 1):
        if not actor.has_ended:
            actor.resume(outcome)


class ReleaseOrders(RuleBasedStateMachine):
    """A world of releases with its events in any order."""

    def __init__(self, scenarios: Any, world: ReleaseWorld) -> None:
        super().__init__()
        self.world = world
        scenarios.play(world)

    @precondition(lambda self: self._running())
    @rule(index=INDEXES)
    def operator_stops_execution(self, index: int) -> None:
        pick(self._running(), index).stop()

    @precondition(lambda self: self._ended())
    @rule(index=INDEXES)
    def operator_redrives_execution(self, index: int) -> None:
        pick(self._ended(), index).redrive()

    @precondition(lambda self: self.world.detached_actors())
    @rule(index=INDEXES, outcome=OUTCOMES, steps=STEPS)
    def guardian_or_stale_task_advances(self, index: int, outcome: CallOutcome, steps: int) -> None:
        resume(pick(self.world.detached_actors(), index), outcome, steps)

    @rule(function=st.sampled_from(FUNCTIONS), evaluation=st.sampled_from([*EVALUATIONS]))
    def evaluations_change(self, function: str, evaluation: str) -> None:
        self.world.evaluations[function] = evaluation

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.world.kill_every_actor()

    def settle(self) -> None:
        """Let the world settle, and check it."""
        raise NotImplementedError

    def advance_all(self, turns: int) -> None:
        """Let every running execution take so many turns."""
        for _ in range(turns):
            for execution in self._running():
                execution.advance()

    def _running(self) -> list[Execution]:
        return [execution for execution in self.world.executions if execution.is_running]

    def _ended(self) -> list[Execution]:
        return [execution for execution in self.world.executions if execution.status in ("ABORTED", "FAILED")]
