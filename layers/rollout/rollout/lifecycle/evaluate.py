"""Evaluates a rollout: judges its canary, and decides its next move by what else the evaluation finds."""

from datetime import datetime

from rollout.domain.models import Value
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.judging.window import Timing
from rollout.lifecycle.decide import decide
from rollout.lifecycle.freeze import with_freeze
from rollout.lifecycle.hooks.calls import call_hooks
from rollout.lifecycle.hooks.judge import (
    apply_hook_answers,
    judgement_before_traffic,
    name_waived_hooks,
    reject_before_traffic,
    with_hooks,
)
from rollout.lifecycle.hooks.run import with_answers
from rollout.lifecycle.opt_in import apply_opt_in_check, with_missing_tag
from rollout.lifecycle.ownership import Ownership, apply_ownership_check, under_lock
from rollout.lifecycle.releases.follow import follow_release, hold_for_release, wait_for_start
from rollout.state.hold import Hold
from rollout.state.releases.release import ReleaseState
from rollout.state.rollout import Rollout


class Surroundings(Value):
    """What an evaluation finds beside the metrics."""

    ownership: Ownership
    missing_tag: str = ""
    """A sentence part on the opt-in tag; empty where it is there, and where it could not be read."""
    hold: Hold | None = None
    """Why the canary may get no more traffic; None where it may."""
    release: ReleaseState | None = None
    """The release that the rollout is a part of; None for any other rollout."""


def evaluate(
    rollout: Rollout, observation: Observation | None, found: Surroundings, now: datetime, timing: Timing
) -> Rollout:
    """Return the rollout with its judgement and its next move; there is no observation before the canary has traffic.

    The hooks are called last, when everything else agrees to a larger share.
    """
    ownership, orders = found.ownership, found.ownership.orders
    rollout = with_answers(under_lock(rollout, ownership.lock), now)
    judgement = judge(observation, rollout.policy) if observation else judgement_before_traffic(rollout)
    judgement = with_hooks(with_missing_tag(judgement, found.missing_tag), rollout)
    decided = decide(
        rollout, judgement, now, timing, newer_version=ownership.newer_version, orders=orders, hold=found.hold
    )
    decided = apply_ownership_check(follow_release(decided, found.release, orders), ownership)
    decided = wait_for_start(apply_opt_in_check(decided, found.missing_tag), found.release, now, timing)
    called = call_hooks(_ended_by_hooks(decided, ownership), orders, now, hold=found.hold)
    return with_freeze(hold_for_release(called, found.release, now, timing), orders, found.hold)


def _ended_by_hooks(decided: Rollout, ownership: Ownership) -> Rollout:
    """Return the rollout as decided, or with the ending that hooks bring about while it holds its lock."""
    if ownership.lock is None or not ownership.lock.belongs_to(decided.execution.arn):
        return decided
    return name_waived_hooks(reject_before_traffic(apply_hook_answers(decided, ownership.orders)))
