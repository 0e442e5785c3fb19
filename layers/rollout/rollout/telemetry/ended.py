"""Decides which metrics follow from the ending of a rollout."""

from datetime import datetime

from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.telemetry.catalog import Metric


class EndedRollout(Value):
    """What is known of a rollout at its ending; None for what is not known."""

    function: str
    outcome: Outcome
    ended_at: datetime
    began_at: datetime | None = None
    """When it acquired the lock of its alias, after all waiting."""
    published_at: datetime | None = None
    promoted_at: datetime | None = None
    """When the alias served the canary alone."""
    evaluations: int | None = None


def ending_values(ended: EndedRollout) -> dict[Metric, float]:
    """Return the metrics of an ending. One that is not known, or would be negative, is left out and never invented."""
    values = {
        Metric.ROLLOUTS_ENDED: 1,
        Metric.ROLLOUT_DURATION: _seconds(ended.began_at, ended.ended_at),
        Metric.LEAD_TIME: _lead_seconds(ended),
        Metric.EVALUATIONS: ended.evaluations,
    }
    return {metric: value for metric, value in values.items() if value is not None}


def ending_dimensions(ended: EndedRollout, *, by_function: bool) -> list[dict[str, str]]:
    """Return the sets of dimensions under which the metrics of an ending are written."""
    by_outcome = {"outcome": str(ended.outcome)}
    return [by_outcome, {"function": ended.function} | by_outcome] if by_function else [by_outcome]


def _lead_seconds(ended: EndedRollout) -> float | None:
    return _seconds(ended.published_at, ended.promoted_at) if ended.outcome is Outcome.PROMOTED else None


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    """Return the seconds between two times; None if one is not known, or they are in the wrong order."""
    if since is None or until is None or until < since:
        return None
    return (until - since).total_seconds()
