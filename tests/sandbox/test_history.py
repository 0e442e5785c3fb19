"""The recorded history of a function is what CloudWatch shows of an alias that has been called."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.history import PERIOD_SECONDS, PERIODS, record_history
from sandbox.shop import Shop

CALLS_PER_SECOND = 20


@pytest.fixture(scope="module")
def sums(emulator):
    """Return a function that reads a statistic of the alias in the recorded time."""
    shop = Shop(emulator, "recorded")
    record_history(emulator, shop, CALLS_PER_SECOND)
    metrics = emulator.client("cloudwatch")
    dimensions = [{"Name": "FunctionName", "Value": "recorded"}, {"Name": "Resource", "Value": "recorded:live"}]

    def read(metric, statistic="Sum"):
        named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
        query = {"Id": "a", "MetricStat": {"Metric": named, "Period": PERIOD_SECONDS, "Stat": statistic}}
        now = datetime.now(UTC)
        answer = metrics.get_metric_data(MetricDataQueries=[query], StartTime=now - timedelta(minutes=10), EndTime=now)
        return answer["MetricDataResults"][0]["Values"]

    return read


def test_history_has_the_calls_of_each_period(sums):
    assert sums("Invocations") == [CALLS_PER_SECOND * PERIOD_SECONDS] * PERIODS
    assert sums("Throttles") == [0] * PERIODS


@pytest.mark.parametrize(("metric", "statistic"), [("Errors", "Sum"), ("Duration", "TC(800:)")])
def test_about_one_call_in_a_hundred_is_bad(sums, metric, statistic):
    calls = CALLS_PER_SECOND * PERIOD_SECONDS * PERIODS
    assert sum(sums(metric, statistic)) == pytest.approx(0.01 * calls, rel=0.5)


def test_bad_calls_come_in_many_periods(sums):
    """A rollout learns from them that they do not come in bursts."""
    assert sum(1 for errors in sums("Errors") if errors) > PERIODS / 3
