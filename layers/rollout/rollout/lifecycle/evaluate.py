"""Evaluates a rollout: judges its canary, and decides its next move by what else the evaluation finds."""

from datetime import datetime

from rollout.domain.models import Value
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.judging.window import Timing
from rollout.lifecycle.decide import decide
from rollout.lifecycle.opt_in import apply_opt_in_check, with_missing_tag
from rollout.lifecycle.ownership import Ownership, apply_ownership_check, under_lock
from rollout.state.hold import Hold
from rollout.state.rollout import Rollout


class Surroundings(Value):
    """What an evaluation finds beside the metrics."""

    ownership: Ownership
    missing_tag: str = ""
    """A sentence part on the opt-in tag; empty where it is there, and where it could not be read."""
    hold: Hold | None = None
    """Why the canary may get no more traffic; None where it may."""


def evaluate(rollout: Rollout, observation: Observation, found: Surroundings, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with its judgement and its next move."""
    ownership, orders = found.ownership, found.ownership.orders
    rollout = under_lock(rollout, ownership.lock)
    judgement = with_missing_tag(judge(observation, rollout.policy), found.missing_tag)
    decided = decide(
        rollout, judgement, now, timing, newer_version=ownership.newer_version, orders=orders, hold=found.hold
    )
    return apply_opt_in_check(apply_ownership_check(decided, ownership), found.missing_tag)
