"""Spreads the evaluations of many rollouts, so that they do not all begin in the same second."""

from datetime import datetime

from rollout.judging.window import Timing, seconds_to_next_evaluation
from rollout.lifecycle.beat.live_count import fraction_of
from rollout.state.rollout import Rollout

EVALUATIONS_PER_SECOND = 10
"""How many evaluations of an account and region begin in a second, until they are spread as widely as they may be."""

_WIDEST = 5 / 6
"""Of a metric period. An evaluation that begins a little late must not miss its period, and wait for the next one."""


def seconds_to_evaluation(rollout: Rollout, interval_seconds: int, now: datetime, timing: Timing) -> int:
    """Return whole seconds, at least 1, to the next evaluation.

    It is just after the edge of a metric period; with many rollouts beside, as much later as the target says.
    """
    longest = min(rollout.alias_reads.live_beside / EVALUATIONS_PER_SECOND, _WIDEST * timing.period_seconds)
    return seconds_to_next_evaluation(now, interval_seconds, timing, longest * fraction_of(rollout.target))
