"""CloudWatch's statistics as documented, and as the judge queries them."""

from datetime import UTC, datetime, timedelta

import pytest

from rollout.aws.cloudwatch.metrics import VersionMetrics
from rollout.domain.enums import Unit
from rollout.judging.window import Timing, Window
from sandbox.shop import Shop
from tests.samples import TARGET, policy, rollout

MINUTE = Timing(period_seconds=60, lag_seconds=1)
AT = MINUTE.floor(datetime.now(UTC)) - timedelta(hours=1)
CALLS = 4
LIMIT_MS, DELAY_MS = 150, 400


@pytest.fixture(scope="module")
def statistic_by_minute(emulator):
    """Put values for four minutes; return a function from a statistic to its value by minute."""
    cloudwatch, minutes = emulator.client("cloudwatch"), [(80, 80.5, 500, 500.5), (), (-1, 900), tuple(range(1, 102))]
    for number, values in enumerate(minutes):
        data = [{"MetricName": "Took", "Timestamp": AT + timedelta(minutes=number), "Value": value} for value in values]
        if data:
            cloudwatch.put_metric_data(Namespace="Sandbox", MetricData=data)

    def query(statistic: str) -> dict[int, float]:
        metric = {"Namespace": "Sandbox", "MetricName": "Took"}
        result = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}],
            StartTime=AT,
            EndTime=AT + timedelta(minutes=len(minutes)),
        )["MetricDataResults"][0]
        stamped = zip(result["Timestamps"], result["Values"], strict=True)
        return {round((at - AT).total_seconds() / 60): value for at, value in stamped}

    return query


@pytest.mark.parametrize(
    ("statistic", "values"),
    [
        ("SampleCount", {0: 4, 2: 2, 3: 101}),
        ("TC(80:500)", {0: 2, 3: 21}),  # above 80, and up to 500
        ("TC(80:)", {0: 3, 3: 21}),
        ("TC(:80)", {0: 1, 3: 80}),
        ("TC(500.5:)", {}),  # AWS promises no datapoint for an empty range
        ("PR(:500)", {0: 75, 3: 100}),
        ("p90", {0: pytest.approx(500.35), 3: 91}),
        ("p99", {0: pytest.approx(500.485), 3: 100}),
    ],
)
def test_statistic_equals_the_documented_value(statistic_by_minute, statistic, values):
    """A minute without values, or with a negative value, has no datapoint of a range or a percentile."""
    assert statistic_by_minute(statistic) == values


@pytest.fixture(scope="module")
def slow_shop(emulator):
    """Return a shop with a slow version 2, and a few calls of both versions."""
    shop, functions = Shop(emulator, "slow-calls"), emulator.client("lambda")
    shop.create(opted_in=False)
    shop.publish(delay_ms=DELAY_MS)
    for version in ("1", "2"):
        weights = {"AdditionalVersionWeights": {"2": 1.0} if version == "2" else {}}
        functions.update_alias(FunctionName=shop.name, Name=shop.alias, RoutingConfig=weights)
        for _ in range(CALLS):
            functions.invoke(FunctionName=f"{shop.name}:{shop.alias}")
    return shop


def measured(emulator, shop: Shop):
    """Return the series of slow calls that the judge reads for versions 1 and 2."""
    target = TARGET.model_copy(update={"function": shop.name})
    slow_policy = policy(metrics=["errors", {"slow": {"over_ms": LIMIT_MS}}])
    versions = rollout(target=target, stable_version="1", canary_version="2", policy=slow_policy)
    start = MINUTE.floor(datetime.now(UTC)) - timedelta(minutes=5)
    end = start + timedelta(minutes=6)
    window = Window(
        history_start=start,
        history_end=start,
        shared_start=start,
        start=start,
        shared_end=start,
        closed_until=end,
        settled_until=end,
        end=end,
    )
    return VersionMetrics(emulator.client("cloudwatch"), MINUTE).measure(versions, window)["slow"]


def test_judge_counts_slow_calls_by_version(emulator, slow_shop):
    series = measured(emulator, slow_shop)
    assert (series.unit, series.canary.calls, series.canary.bad) == (Unit.CALLS, CALLS, CALLS)
    assert (series.stable.calls, series.stable.bad) == (CALLS, 0)


def test_judge_counts_slow_minutes_where_ranges_are_refused(emulator, slow_shop):
    functions = emulator.client("lambda")
    arn = functions.get_function(FunctionName=slow_shop.name)["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"sandbox:refuse-ranges": "yes"})
    series = measured(emulator, slow_shop)
    assert series.unit is Unit.MINUTES
    assert series.canary.calls == series.canary.bad > 0
    assert series.stable.bad == 0
