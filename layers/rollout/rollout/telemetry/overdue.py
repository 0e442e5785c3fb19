"""Decides whether a rollout is open longer than planned."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rollout.domain.enums import Move, Phase
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.lifecycle.orders import Orders, orders_on
from rollout.policy.gates import Approval
from rollout.policy.hooks import longest_wait
from rollout.policy.policy import Policy
from rollout.state.lock import Lock
from rollout.telemetry.catalog import Metric
from rollout.telemetry.last_evaluation import LastEvaluation

MARGIN_SECONDS = 1800
"""How much later than planned is in time: evaluations may come 15 minutes late, a throttled task retries for ten."""


class OpenRollout(Value):
    """A rollout that has not ended."""

    target: Target
    execution: Execution
    began_at: datetime
    policy: Policy

    def may_be_overdue(self, lock: Lock | None, now: datetime) -> bool:
        """Whether it is open for longer than its whole plan; most are not, and then nothing else has to be read."""
        return _is_over(self.began_at, longest_seconds(self.policy), orders_on(lock), now)


def is_overdue(rollout: OpenRollout, lock: Lock | None, last: LastEvaluation | None, now: datetime) -> bool:
    """Whether a rollout is open for longer than planned, and no person, freeze or window is the reason.

    The whole plan is over, and so is the present step or bake. A rollout that waits without limit for a person, a
    freeze or a window is as planned, as is one that waits for its release, which has a limit of its own. A command
    begins the time of its step again.
    """
    if not rollout.may_be_overdue(lock, now) or _waits_without_limit(lock, last):
        return False
    if last is None:
        return True
    since = last.step_started_at if last.next_move is Move.WAIT else last.at
    commanded = [command.at for command in lock.commands] if lock else []
    latest = max([since or rollout.began_at, *commanded])
    return _is_over(latest, stage_seconds(rollout.policy, last.phase, last.step), orders_on(lock), now)


def longest_seconds(policy: Policy) -> int:
    """Return the longest that a rollout takes as planned: each step and the bake extended, each approval at its end."""
    return policy.planned_seconds + policy.hook_seconds + (len(policy.steps) + 1) * policy.max_extension


def stage_seconds(policy: Policy, phase: Phase, step: int) -> int:
    """Return the longest that a step, or the bake, takes as planned, with its extension, approval and hooks."""
    hooks = policy.hooks
    if phase is Phase.BAKE or not policy.steps:
        waits = longest_wait(hooks.before_traffic) + longest_wait(hooks.after_traffic)
        return policy.seconds_in(policy.bake) + policy.max_extension + waits
    current = policy.steps[min(max(step, 1), len(policy.steps)) - 1]
    approval = policy.seconds_in(current.gate.timeout) if isinstance(current.gate, Approval) else 0
    waits = longest_wait(hooks.before_traffic) + longest_wait(hooks.each_step)
    return policy.seconds_in(current.hold) + policy.max_extension + approval + waits


def _waits_without_limit(lock: Lock | None, last: LastEvaluation | None) -> bool:
    gate = lock.open_gate if lock else None
    is_paused = gate is not None and gate.approval is None
    return is_paused or orders_on(lock).held_since is not None or bool(last and last.held_since)


def _is_over(since: datetime, planned_seconds: int, orders: Orders, now: datetime) -> bool:
    extended = sum(command.seconds for command in orders.extensions)
    return now - since > timedelta(seconds=planned_seconds + extended + MARGIN_SECONDS)


def open_values(began_at: Sequence[str], overdue: int, now: datetime) -> dict[Metric, float]:
    """Return the metrics of the open rollouts by when each began, in ISO format; without one, all are 0."""
    ages = [(now - datetime.fromisoformat(at)).total_seconds() for at in began_at]
    return {
        Metric.ROLLOUTS_OPEN: len(ages),
        Metric.OLDEST_OPEN_ROLLOUT_AGE: max([0, *ages]),
        Metric.ROLLOUTS_OVERDUE: overdue,
    }
