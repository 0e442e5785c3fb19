"""CloudWatch's statistics as its documentation has them, and as the judge asks for them."""

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
def asked(emulator):
    """Put values a minute; return what a statistic says of the minutes, in order."""
    cloudwatch, minutes = emulator.client("cloudwatch"), [(80, 80.5, 500, 500.5), (), (-1, 900), tuple(range(1, 102))]
    for number, values in enumerate(minutes):
        data = [{"MetricName": "Took", "Timestamp": AT + timedelta(minutes=number), "Value": value} for value in values]
        if data:
            cloudwatch.put_metric_data(Namespace="Sandbox", MetricData=data)

    def say(statistic: str) -> dict[int, float]:
        metric = {"Namespace": "Sandbox", "MetricName": "Took"}
        result = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}],
            StartTime=AT,
            EndTime=AT + timedelta(minutes=len(minutes)),
        )["MetricDataResults"][0]
        stamped = zip(result["Timestamps"], result["Values"], strict=True)
        return {round((at - AT).total_seconds() / 60): value for at, value in stamped}

    return say


@pytest.mark.parametrize(
    ("statistic", "told"),
    [
        ("SampleCount", {0: 4, 2: 2, 3: 101}),
        ("TC(80:500)", {0: 2, 3: 21}),  # above 80, and up to 500
        ("TC(80:)", {0: 3, 3: 21}),
        ("TC(:80)", {0: 1, 3: 80}),
        ("TC(500.5:)", {0: 0, 3: 0}),  # none, which is not the same as no datapoint
        ("PR(:500)", {0: 75, 3: 100}),
        ("p90", {0: pytest.approx(500.35), 3: 91}),
        ("p99", {0: pytest.approx(500.485), 3: 100}),
    ],
)
def test_a_statistic_says_what_the_documentation_says(asked, statistic, told):
    """A minute without values has no datapoint, nor has one with a value below nothing: no range, no percentile."""
    assert asked(statistic) == told


@pytest.fixture(scope="module")
def slow_shop(emulator):
    """A shop whose version 2 dawdles, a few calls of each counted."""
    shop, functions = Shop(emulator, "dawdling"), emulator.client("lambda")
    shop.open(opted_in=False)
    shop.publish(delay_ms=DELAY_MS)
    for version in ("1", "2"):
        weights = {"AdditionalVersionWeights": {"2": 1.0} if version == "2" else {}}
        functions.update_alias(FunctionName=shop.name, Name=shop.alias, RoutingConfig=weights)
        for _ in range(CALLS):
            functions.invoke(FunctionName=f"{shop.name}:{shop.alias}")
    return shop


def measured(emulator, shop: Shop):
    """Return what the judge reads of the slow calls of versions 1 and 2."""
    target = TARGET.model_copy(update={"function": shop.name})
    watched = policy(metrics=["errors", {"slow": {"over_ms": LIMIT_MS}}])
    versions = rollout(target=target, stable_version="1", canary_version="2", policy=watched)
    start = MINUTE.floor(datetime.now(UTC)) - timedelta(minutes=5)
    end = start + timedelta(minutes=6)
    window = Window(history_start=start, history_end=start, shared_start=start, start=start, closed_until=end, end=end)
    return VersionMetrics(emulator.client("cloudwatch"), MINUTE).measure(versions, window)["slow"]


def test_the_judges_own_queries_count_the_slow_calls_of_each_version(emulator, slow_shop):
    series = measured(emulator, slow_shop)
    assert (series.unit, series.canary.calls, series.canary.bad) == (Unit.CALLS, CALLS, CALLS)
    assert (series.stable.calls, series.stable.bad) == (CALLS, 0)


def test_where_ranges_are_refused_the_judge_reads_the_slow_minutes(emulator, slow_shop):
    functions = emulator.client("lambda")
    arn = functions.get_function(FunctionName=slow_shop.name)["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"sandbox:refuse-ranges": "yes"})
    series = measured(emulator, slow_shop)
    assert series.unit is Unit.MINUTES
    assert series.canary.calls == series.canary.bad > 0
    assert series.stable.bad == 0
