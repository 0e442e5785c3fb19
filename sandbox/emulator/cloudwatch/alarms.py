"""Judges an alarm by its own series, period by period. MiniStack adds up the series of all dimensions.

As in MiniStack, an alarm is judged when data arrives, and not by the clock: one that watches for missing data turns red
only with the next datapoint of any metric.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import operator
import time
from collections.abc import Iterator

from ministack.services import cloudwatch

from sandbox.emulator.seams import Original, Record, extends

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_MISSING = {"breaching": True, "notBreaching": False}


@extends(cloudwatch, "_evaluate_alarm")
def _evaluate(original: Original, alarm: Record) -> None:
    if alarm.get("ComparisonOperator") not in _COMPARISONS or not alarm.get("MetricName"):
        original(alarm)
        return
    periods = [*_periods(alarm, time.time())]
    missing = alarm.get("TreatMissingData", "missing")
    if not any(periods) and missing != "breaching":
        return  # as in MiniStack: an alarm that a test has set keeps its state
    judged = [_is_breaching(alarm, points) if points else _MISSING.get(missing) for points in periods]
    counted = [breaching for breaching in judged if breaching is not None]
    needed = min(alarm.get("DatapointsToAlarm") or len(periods), len(counted))
    reason = f"{sum(counted)} of {len(counted)} periods breach the threshold"
    _set_state(alarm, "ALARM" if sum(counted) >= needed else "OK", reason)


def _periods(alarm: Record, now: float) -> Iterator[list[Record]]:
    """Yield the datapoints of each period that the alarm evaluates, the newest first."""
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points, seconds = cloudwatch._metrics.get(key) or [], alarm.get("Period", 60)
    for number in range(alarm.get("EvaluationPeriods", 1)):
        until = now - number * seconds
        yield [point for point in points if until - seconds < point["Timestamp"] <= until]


def _is_breaching(alarm: Record, points: list[Record]) -> bool:
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    value = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
    return bool(_COMPARISONS[alarm["ComparisonOperator"]](value, alarm.get("Threshold", 0)))


def _set_state(alarm: Record, state: str, reason: str) -> None:
    before = alarm["StateValue"]
    if state == before:
        return
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
