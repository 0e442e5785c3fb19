"""The metrics that the stack writes in the namespace LambdaRollouts; docs/rollout-metrics.md describes each."""

from enum import StrEnum
from typing import NamedTuple

COUNT, SECONDS = "Count", "Seconds"
"""Units of CloudWatch."""

_STACK = ("service",)
"""The dimension that every metric has. Powertools adds it."""
_BY_OUTCOME = ("outcome", *_STACK)
_BY_FUNCTION = ("function", *_BY_OUTCOME)


class Metric(StrEnum):
    """A metric by its name in CloudWatch."""

    ROLLOUTS_ENDED = "RolloutsEnded"
    ROLLOUT_DURATION = "RolloutDuration"
    LEAD_TIME = "LeadTime"
    EVALUATIONS = "Evaluations"
    ROLLOUTS_OPEN = "RolloutsOpen"
    OLDEST_OPEN_ROLLOUT_AGE = "OldestOpenRolloutAge"
    ROLLOUTS_OVERDUE = "RolloutsOverdue"
    ALIASES_REPAIRED = "AliasesRepaired"
    MISSED_VERSIONS_FOUND = "MissedVersionsFound"
    TARGETS_FAILED = "TargetsFailed"
    TARGETS_DELETED = "TargetsDeleted"
    TARGETS_NOT_REACHED = "TargetsNotReached"
    THROTTLED_CALLS = "ThrottledCalls"
    PLANNED_RETRIES = "PlannedRetries"
    EVENTS_NOT_PUBLISHED = "EventsNotPublished"
    STABLE_NOT_KEPT = "StableNotKept"


class Series(NamedTuple):
    """In which unit a metric is written, and under which sets of dimensions."""

    unit: str
    dimension_sets: tuple[tuple[str, ...], ...]


CATALOG: dict[Metric, Series] = {
    Metric.ROLLOUTS_ENDED: Series(COUNT, (_BY_OUTCOME, _BY_FUNCTION)),
    Metric.ROLLOUT_DURATION: Series(SECONDS, (_BY_OUTCOME, _BY_FUNCTION)),
    Metric.LEAD_TIME: Series(SECONDS, (_BY_OUTCOME, _BY_FUNCTION)),
    Metric.EVALUATIONS: Series(COUNT, (_BY_OUTCOME, _BY_FUNCTION)),
    Metric.ROLLOUTS_OPEN: Series(COUNT, (_STACK,)),
    Metric.OLDEST_OPEN_ROLLOUT_AGE: Series(SECONDS, (_STACK,)),
    Metric.ROLLOUTS_OVERDUE: Series(COUNT, (_STACK,)),
    Metric.ALIASES_REPAIRED: Series(COUNT, (_STACK,)),
    Metric.MISSED_VERSIONS_FOUND: Series(COUNT, (_STACK,)),
    Metric.TARGETS_FAILED: Series(COUNT, (_STACK,)),
    Metric.TARGETS_DELETED: Series(COUNT, (_STACK,)),
    Metric.TARGETS_NOT_REACHED: Series(COUNT, (_STACK,)),
    Metric.THROTTLED_CALLS: Series(COUNT, (("operation", *_STACK),)),
    Metric.PLANNED_RETRIES: Series(COUNT, (("task", *_STACK),)),
    Metric.EVENTS_NOT_PUBLISHED: Series(COUNT, (("event", *_STACK),)),
    Metric.STABLE_NOT_KEPT: Series(COUNT, (("function", *_STACK),)),
}
