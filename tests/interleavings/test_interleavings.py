"""Every order of steps keeps the promises: rollouts, a guardian, an operator, another writer and stale tasks.

Each step is one call to AWS. Between two steps, any other actor may act, a process may be killed, and a response may
be lost. `python -m pytest tests/interleavings --examples 10000 --timeout 3600` plays 10,000 random orders.
"""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from rollout.domain.enums import WithoutAnswer
from rollout.state.hold import Freeze, FreezeMode
from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.orders import OUTCOMES, pick, play_orders, resume
from tests.interleavings.scenario import EVALUATIONS, HOOK_ANSWERS, POLICY, waits_for_hook

PARTS = 4
"""Parts that pytest-xdist runs in parallel."""
_MAX_EXECUTIONS = 4
_MAX_GUARDIANS = 2
_MAX_COMMANDS = 6

STEPS = st.integers(1, 25)
INDEXES = st.integers(0, _MAX_EXECUTIONS - 1)
GATES = st.sampled_from(
    [
        [],
        [],
        [{"pause": {}}],
        *[[{"approval": {"timeout": "1h", "on_timeout": on_timeout}}] for on_timeout in WithoutAnswer],
    ]
)
HOOKS = st.fixed_dictionaries(
    {point: st.sampled_from([[], [], [{"function": "smoke"}]]) for point in ("after_traffic", "on_rollback")}
    | {
        point: st.sampled_from([[], [], *[[{"function": "smoke", "on_error": on_error}] for on_error in WithoutAnswer]])
        for point in ("before_traffic", "each_step")
    }
)
COUNTS = st.sampled_from([0, 400, 10_000])
"""The live rollouts of the account: with the last two, most evaluations do not read the alias."""
EDITS = st.sampled_from(
    [("1", {}), ("2", {}), ("3", {}), ("1", {"2": 0.3}), ("1", {"3": 0.3}), ("2", {"3": 0.2}), ("2", {"1": 0.2})]
)


class Interleavings(RuleBasedStateMachine):
    """A scenario with its events in any order."""

    def __init__(self, scenarios) -> None:
        super().__init__()
        self.scenario = scenarios.new()
        self.scenario.request("2")

    @precondition(lambda self: len(self.scenario.executions) < _MAX_EXECUTIONS)
    @rule(
        version=st.sampled_from(["2", "3"]),
        on_newer_version=st.sampled_from(["queue", "supersede", "refuse"]),
        on_inconclusive=st.sampled_from(["extend", "hand_over"]),
        gate=GATES,
        hooks=HOOKS,
    )
    def operator_requests_rollout(self, version, on_newer_version, on_inconclusive, gate, hooks):
        first, second = POLICY["steps"]
        choices = {"on_newer_version": on_newer_version, "on_inconclusive": on_inconclusive, "hooks": hooks}
        self.scenario.request(version, **choices, steps=[first, *gate, second])

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, steps=STEPS)
    def rollout_advances(self, index, steps):
        execution = pick(self._running(), index)
        for _ in range(steps):
            if execution.is_running:
                execution.advance()

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, outcome=OUTCOMES)
    def rollout_makes_one_call(self, index, outcome):
        pick(self._running(), index).advance(outcome)

    @precondition(lambda self: self._running())
    @rule(index=INDEXES, steps=STEPS)
    def aws_throttles_rollout(self, index, steps):
        execution = pick(self._running(), index)
        for _ in range(steps):
            if execution.is_running:
                execution.advance(CallOutcome.THROTTLED)

    @rule(mode=st.sampled_from([None, *FreezeMode]))
    def operator_freezes_the_stack(self, mode):
        self.scenario.freeze = mode and Freeze(reason="by the test", mode=mode)

    @rule(answer=st.sampled_from([*HOOK_ANSWERS, "too large"]))
    def hooks_change_their_answer(self, answer):
        self.scenario.hook_answer = answer

    @precondition(lambda self: self._running())
    @rule(index=INDEXES)
    def operator_stops_execution(self, index):
        pick(self._running(), index).stop()

    @precondition(lambda self: self._ended())
    @rule(index=INDEXES)
    def operator_redrives_execution(self, index):
        pick(self._ended(), index).redrive()

    @precondition(lambda self: sum(not each.has_ended for each in self.scenario.guardians) < _MAX_GUARDIANS)
    @rule(sweep=st.sampled_from(["aliases", "versions"]))
    def guardian_starts(self, sweep):
        self.scenario.start_guardian(sweep)

    @precondition(lambda self: self.scenario.detached_actors())
    @rule(index=INDEXES, outcome=OUTCOMES, steps=STEPS)
    def guardian_command_or_stale_task_advances(self, index, outcome, steps):
        resume(pick(self.scenario.detached_actors(), index), outcome, steps)

    @precondition(lambda self: len(self.scenario.operators) < _MAX_COMMANDS)
    @rule(kind=st.sampled_from(["approve", "pause", "resume", "promote", "abort", "freeze", "release"]))
    def operator_gives_command(self, kind):
        self.scenario.give(kind)

    @precondition(lambda self: any(each.is_running and each.path for each in self.scenario.executions))
    @rule(edit=EDITS)
    def another_writer_moves_alias(self, edit):
        version, weights = edit
        self.scenario.edit_alias(version, **weights)

    @precondition(lambda self: self.scenario.lambda_.history)
    @rule()
    def cloudtrail_reports_move(self):
        self.scenario.report_move()

    @initialize(count=COUNTS)
    def guardian_has_counted_live_rollouts(self, count):
        self.scenario.let_many_be_live(count)

    @rule(count=COUNTS)
    def guardian_counts_live_rollouts(self, count):
        self.scenario.let_many_be_live(count)

    @rule(version=st.sampled_from(["2", "3"]), evaluation=st.sampled_from([*EVALUATIONS]))
    def evaluations_change(self, version, evaluation):
        self.scenario.evaluations[version] = evaluation

    @precondition(lambda self: self._running() and self._waits_for_time())
    @rule()
    def hour_passes(self):
        self.scenario.pass_an_hour()

    def teardown(self):
        try:
            self.scenario.check_settled()
        finally:
            self.scenario.kill_every_actor()

    def _running(self) -> Sequence[Execution]:
        return [execution for execution in self.scenario.executions if execution.is_running]

    def _waits_for_time(self) -> bool:
        """Whether a rollout has too few calls, or waits for an approval or a hook."""
        gates = any(execution.document.get("gate") or waits_for_hook(execution) for execution in self._running())
        return gates or "inconclusive" in self.scenario.evaluations.values()

    def _ended(self) -> Sequence[Execution]:
        return [execution for execution in self.scenario.executions if execution.status in ("ABORTED", "FAILED")]


@pytest.mark.parametrize("part", range(PARTS))
def test_any_order_of_steps_keeps_the_promises(part, scenarios, examples, is_deterministic):
    """P1, P2, P3, P4, P6, P7, P10."""
    play = partial(Interleavings, scenarios)
    play_orders(play, part, examples // PARTS, is_deterministic=is_deterministic)
