"""Tests of metrics: one GetMetricData call reads the counts of both versions, completely or with an error."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rollout.aws.cloudwatch.metrics import VersionMetrics, count_metrics
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Unit
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError, MetricsIncompleteError
from rollout.evidence.series import Minute, Series
from rollout.judging.window import Window, history_window
from rollout.state.log_counts import LogCounts
from rollout.state.rollout import Rollout
from tests.integration.conftest import client
from tests.samples import AT, ON_AWS, TARGET, policy, rollout

WINDOW = Window(
    history_start=AT - timedelta(minutes=180),
    history_end=AT,
    shared_start=AT,
    start=AT,
    shared_end=AT,
    closed_until=AT + timedelta(minutes=1),
    settled_until=AT + timedelta(minutes=1),
    end=AT + timedelta(minutes=3),
)
PROMOTED = AT + timedelta(minutes=2)
IN_THE_BAKE = WINDOW.model_copy(update={"start": PROMOTED, "shared_end": PROMOTED})
BAKE = rollout(phase=Phase.BAKE)
CANARY, STABLE, ALIAS = "4", "3", ""
CHECKOUTS = {"namespace": "Shop", "name": "Failed", "dimensions": {"Function": "{function}", "Version": "{version}"}}

Values = dict[tuple[str, str], list[float | None]]
"""The values of each metric by version and name, one per minute from AT; None where there is no datapoint."""


class FakeCloudWatch:
    """Answers with these values, newest first as CloudWatch does, and records the requests."""

    def __init__(self, values: Values, **faults: Any) -> None:
        self.values, self.faults = values, faults
        self.requests: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "FakeCloudWatch":
        assert operation == "get_metric_data"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.requests.append(request)
        if any(query["MetricStat"]["Stat"].startswith(self.faults.get("refuses", "?")) for query in self.queries):
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "no such statistic"}}, "GetMetricData")
        yield {"MetricDataResults": [self._result(query) for query in self.queries]}

    @property
    def queries(self) -> list[dict[str, Any]]:
        queries: list[dict[str, Any]] = self.requests[-1]["MetricDataQueries"]
        return queries

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        values = self.values.get((version(query), name(query)), [])
        stamped = [(AT + timedelta(minutes=n), value) for n, value in enumerate(values) if value is not None][::-1]
        status = self.faults.get("statuses", {}).get((version(query), name(query)), "Complete")
        return {
            "Id": query["Id"],
            "Timestamps": [stamp for stamp, _ in stamped],
            "Values": [value for _, value in stamped],
            "StatusCode": status,
        }


def dimensions(query: dict[str, Any]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in query["MetricStat"]["Metric"]["Dimensions"]}


def version(query: dict[str, Any]) -> str:
    by_name = dimensions(query)
    return by_name.get("ExecutedVersion") or by_name.get("Version") or ALIAS


def name(query: dict[str, Any]) -> str:
    metric, statistic = query["MetricStat"]["Metric"]["MetricName"], query["MetricStat"]["Stat"]
    return metric if statistic == "Sum" else statistic


def read(values: Values, begun: Rollout | None = None, window: Window = WINDOW, **faults: Any) -> dict[str, Series]:
    """Return the series that an evaluation reads from these values."""
    return VersionMetrics(FakeCloudWatch(values, **faults), ON_AWS).measure(begun or rollout(), window)


def queries_of(begun: Rollout, window: Window = WINDOW) -> list[dict[str, Any]]:
    """Return the queries of an evaluation."""
    fake = FakeCloudWatch({})
    VersionMetrics(fake, ON_AWS).measure(begun, window)
    (request,) = fake.requests
    assert (request["StartTime"], request["EndTime"]) == (window.history_start, window.end)
    assert all(query["MetricStat"]["Period"] == 60 for query in fake.queries)
    return fake.queries


def test_calls_of_alias_are_read_from_closed_periods():
    fake = FakeCloudWatch({(ALIAS, "Invocations"): [10, None, 30]})
    now = AT + timedelta(minutes=5, seconds=40)
    calls, until = VersionMetrics(fake, ON_AWS).calls(TARGET, now)
    (request,) = fake.requests
    assert calls == {AT: 10, AT + timedelta(minutes=2): 30}
    assert until == request["EndTime"] == AT + timedelta(minutes=3)
    assert request["StartTime"] == until - timedelta(minutes=180)
    assert [dimensions(query) for query in fake.queries] == [{"FunctionName": "my-api", "Resource": "my-api:live"}]


@pytest.mark.parametrize("phase", [Phase.SHIFTING, Phase.BAKE])
@pytest.mark.parametrize(
    "metrics",
    [
        ["errors"],
        ["errors", {"slow": {"over_ms": 800}}],
        ["errors", "slow"],
        ["slow", "throttles", {"cloudwatch": CHECKOUTS}],
        [{"cloudwatch": CHECKOUTS | {"of": "All"}}],
        [{"alarm": "checkout"}],
    ],
)
def test_count_metrics_equals_number_of_queries(phase, metrics):
    for p99 in (None, 120.0):
        begun = rollout_with(*metrics, phase=phase, p99_before=p99)
        assert count_metrics(begun) == len(queries_of(begun))


def rollout_with(*metrics: object, **changes: object) -> Rollout:
    return rollout(policy=policy(metrics=list(metrics)), **changes)


def minute(number: int = 0, **counts: Counts) -> Minute:
    return Minute(start=AT + timedelta(minutes=number), **counts)


SERVED: Values = {
    (CANARY, "Invocations"): [10, 20],
    (CANARY, "Errors"): [1, 0],
    (STABLE, "Invocations"): [90, 80],
    (STABLE, "Errors"): [0, 2],
}


def test_one_request_reads_both_versions_by_three_dimensions():
    split = [query for query in queries_of(rollout()) if "ExecutedVersion" in dimensions(query)]
    assert [(version(query), name(query)) for query in split] == [*SERVED]
    for query in split:
        assert dimensions(query) == {
            "FunctionName": "my-api",
            "Resource": "my-api:live",
            "ExecutedVersion": version(query),
        }


def test_stable_before_first_shift_is_read_from_alias():
    alias = [query for query in queries_of(rollout()) if "ExecutedVersion" not in dimensions(query)]
    assert [name(query) for query in alias] == ["Invocations", "Errors"]
    assert all(dimensions(query) == {"FunctionName": "my-api", "Resource": "my-api:live"} for query in alias)


def test_bake_reads_both_versions_and_the_alias():
    assert [(version(query), name(query)) for query in queries_of(BAKE)] == [
        (served_by, metric) for served_by in (CANARY, STABLE, ALIAS) for metric in ("Invocations", "Errors")
    ]


def canary_in_bake(values: Values, window: Window = IN_THE_BAKE) -> list[tuple[int, int]]:
    """Return the canary's calls and errors in each minute of the bake."""
    return [(each.canary.calls, each.canary.bad) for each in read(values, BAKE, window)["errors"].minutes]


LONG_BAKE = IN_THE_BAKE.model_copy(
    update={"closed_until": AT + timedelta(minutes=5), "end": AT + timedelta(minutes=6), "history_end": AT}
)
AFTER_PROMOTION: Values = {
    (ALIAS, "Invocations"): [None, None, 100, 100, 100, 100],
    (ALIAS, "Errors"): [None, None, 90, 4, 5, 6],
}


def test_calls_that_stable_still_serves_in_the_bake_are_not_the_canarys():
    """The alias has 100 calls and 90 errors in the first minute, and the canary 10 and none of them."""
    by_version: Values = {
        (CANARY, "Invocations"): [None, None, 10],
        (CANARY, "Errors"): [None, None, 0],
        (STABLE, "Invocations"): [None, None, 90],
        (STABLE, "Errors"): [None, None, 90],
    }
    assert canary_in_bake(AFTER_PROMOTION | by_version, LONG_BAKE)[:3] == [(10, 0), (100, 4), (100, 5)]


def test_minute_in_which_only_stable_is_counted_is_not_the_canarys():
    only_stable: Values = {(STABLE, "Invocations"): [None, None, 90], (STABLE, "Errors"): [None, None, 90]}
    assert canary_in_bake(AFTER_PROMOTION | only_stable, LONG_BAKE)[0] == (0, 0)


def test_bake_without_datapoints_by_version_is_read_from_the_alias():
    """AWS documents them for split aliases only; the open minute may show a fault."""
    assert canary_in_bake(AFTER_PROMOTION, LONG_BAKE) == [(100, 90), (100, 4), (100, 5), (100, 6)]


def test_open_minute_of_the_bake_waits_for_its_datapoints_by_version():
    by_version: Values = {(CANARY, "Invocations"): [None, None, 100], (CANARY, "Errors"): [None, None, 0]}
    assert canary_in_bake(AFTER_PROMOTION | by_version, LONG_BAKE) == [(100, 0), (100, 4), (100, 5)]


def test_minutes_before_the_promotion_are_read_again_in_the_bake():
    """Calls that began there may end, and fail, after the promotion."""
    values = SERVED | {(ALIAS, "Invocations"): [100, 100, 50], (ALIAS, "Errors"): [1, 2, 5]}
    before = read(values, BAKE, IN_THE_BAKE)["errors"].before_promotion
    assert before
    assert before.minutes == read(SERVED)["errors"].minutes
    assert read(values, window=WINDOW)["errors"].before_promotion is None


def test_stable_minutes_beside_canary_are_history_in_bake():
    values: Values = {
        (ALIAS, "Invocations"): [100, 100, 50],
        (ALIAS, "Errors"): [9, 9, 5],
        (STABLE, "Invocations"): [90, 80],
        (STABLE, "Errors"): [1, 2],
    }
    errors = read(values, BAKE, IN_THE_BAKE)["errors"]
    assert errors.history == (Counts(calls=90, bad=1), Counts(calls=80, bad=2))
    assert [(minute.canary.calls, minute.canary.bad) for minute in errors.minutes] == [(50, 5)]


def test_minutes_are_combined_in_order():
    assert read(SERVED)["errors"].minutes == (
        minute(0, canary=Counts(calls=10, bad=1), stable=Counts(calls=90)),
        minute(1, canary=Counts(calls=20), stable=Counts(calls=80, bad=2)),
    )


@pytest.mark.parametrize(
    ("calls", "errors", "counts"),
    [(10, None, Counts()), (None, 1, Counts()), (10, 0, Counts(calls=10)), (2, 3, Counts(calls=2, bad=2))],
)
def test_minute_without_calls_or_errors_is_empty(calls, errors, counts):
    """P5: the two series arrive separately, so a minute that lacks one of them does not count yet."""
    values = SERVED | {(CANARY, "Invocations"): [calls], (CANARY, "Errors"): [errors]}
    assert read(values)["errors"].minutes[0].canary == counts


def test_late_datapoint_changes_earlier_minute():
    """P5: each evaluation reads every minute again, so late data counts."""
    first = read(SERVED)["errors"].canary
    second = read(SERVED | {(CANARY, "Errors"): [8, 0]})["errors"].canary
    assert (first.bad, second.bad) == (1, 8)


def test_missing_datapoints_are_no_minutes():
    """P5: they do not count as zero."""
    errors = read({})["errors"]
    assert (errors.minutes, errors.history, errors.note) == ((), (), "")


def test_datapoints_without_version_are_noted_and_not_counted():
    """P5: calls without a version say nothing about the canary."""
    errors = read({(ALIAS, "Invocations"): [100, 100], (ALIAS, "Errors"): [0, 0]})["errors"]
    assert errors.minutes == ()
    assert errors.note == "CloudWatch has calls of the alias in this time, but no calls by version"


def test_datapoints_outside_window_are_ignored():
    assert len(read({key: [5] * 5 for key in SERVED})["errors"].minutes) == 3


def test_series_is_combined_from_pages():
    count = len(queries_of(rollout()))

    def page(status: str, first: dict[datetime, float]) -> dict[str, Any]:
        stamped = {"Timestamps": [*first], "Values": [*first.values()]}
        rest = [{"Id": f"m{n}", "Timestamps": [AT], "Values": [0.0], "StatusCode": "Complete"} for n in range(1, count)]
        return {"MetricDataResults": [{"Id": "m0", "StatusCode": status} | stamped, *rest]}

    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", page("PartialData", {AT: 10.0}) | {"NextToken": "1"})
        stub.add_response("get_metric_data", page("Complete", {AT + timedelta(minutes=1): 20.0}))
        series = VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)["errors"]
    assert [minute.canary.calls for minute in series.minutes] == [10, 0]  # the errors of the second minute are missing


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_incomplete_answer_is_an_error(status):
    """P5: the evaluation is retried, and no verdict rests on a part of the data."""
    with pytest.raises(MetricsIncompleteError, match=f"Invocations Sum of ExecutedVersion 3 is {status}"):
        read(SERVED, statuses={(STABLE, "Invocations"): status})


def test_missing_series_is_named():
    """P5."""
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        with pytest.raises(MetricsIncompleteError, match="Errors Sum of ExecutedVersion 4 is missing"):
            VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)


def test_failed_request_is_unavailable():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_client_error("get_metric_data", "InternalServiceFault", http_status_code=500)
        with pytest.raises(AwsUnavailableError, match="reading the versions' metrics"):
            VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)


def test_history_is_alias_before_first_shift():
    later = WINDOW.model_copy(update={"history_end": AT + timedelta(minutes=2), "start": AT + timedelta(minutes=2)})
    values: Values = {(ALIAS, "Invocations"): [100, 90, 80], (ALIAS, "Errors"): [1, 0, 7]}
    assert read(values, window=later)["errors"].history == (Counts(calls=100, bad=1), Counts(calls=90))


def test_slow_calls_are_counted_above_limit_of_policy():
    values: Values = SERVED | {
        (CANARY, "SampleCount"): [10],
        (CANARY, "TC(:800)"): [6],
        (STABLE, "SampleCount"): [90],
        (STABLE, "TC(:800)"): [90],
    }
    slow = read(values, rollout_with("errors", {"slow": {"over_ms": 800}}))["slow"]
    assert slow.title == "slow (over 800 ms)"
    assert slow.minutes == (minute(canary=Counts(calls=10, bad=4), stable=Counts(calls=90)),)


def test_calls_without_datapoint_of_the_fast_ones_are_all_slow():
    """P5: CloudWatch may have no datapoint for an empty range, so a missing count of slow calls proves nothing."""
    values: Values = SERVED | {
        (CANARY, "SampleCount"): [10],
        (STABLE, "SampleCount"): [90],
        (STABLE, "TC(:800)"): [89.6],
    }
    slow = read(values, rollout_with("errors", {"slow": {"over_ms": 800}}))["slow"]
    assert slow.minutes == (minute(canary=Counts(calls=10, bad=10), stable=Counts(calls=90)),)


def test_slow_calls_are_unknown_where_cloudwatch_counts_none_as_fast():
    """P5: a metric without this statistic looks like versions of which every call is slow."""
    values: Values = SERVED | {(CANARY, "SampleCount"): [10], (STABLE, "SampleCount"): [90]}
    slow = read(values, rollout_with("errors", {"slow": {"over_ms": 800}}))["slow"]
    assert slow.minutes == (minute(),)


def test_slow_limit_is_p99_of_stable_by_default():
    queries = queries_of(rollout_with("slow", p99_before=412.5))
    assert {name(query) for query in queries} == {"Invocations", "Errors", "SampleCount", "TC(:412.5)"}


def test_slow_calls_without_limit_are_noted_and_not_read():
    slow = read(SERVED, rollout_with("errors", "slow"))["slow"]
    assert (slow.minutes, slow.note) == (
        (),
        "stable had no calls before the rollout, so there is no limit: set over_ms in the policy",
    )


def test_slow_minutes_are_judged_by_percentile_without_trimmed_count():
    """A minute is slow if more than one call in ten took longer than the limit; each version has one per minute."""
    values: Values = SERVED | {
        (CANARY, "SampleCount"): [10, 20],
        (CANARY, "p90"): [801.0, 799.0],
        (STABLE, "SampleCount"): [90, 80],
        (STABLE, "p90"): [90.0, 95.0],
    }
    slow = read(values, rollout_with("errors", {"slow": {"over_ms": 800}}), refuses="TC")["slow"]
    assert (slow.title, slow.unit) == ("slow (p90 over 800 ms)", Unit.MINUTES)
    assert slow.note == "counted by the minute, because CloudWatch cannot count slow calls here"
    assert slow.minutes == (
        minute(0, canary=Counts(calls=1, bad=1), stable=Counts(calls=1)),
        minute(1, canary=Counts(calls=1), stable=Counts(calls=1)),
    )


def test_minute_without_percentile_is_empty():
    """P5."""
    values: Values = SERVED | {(CANARY, "SampleCount"): [10], (STABLE, "SampleCount"): [90], (STABLE, "p90"): [9.0]}
    slow = read(values, rollout_with({"slow": {"over_ms": 800}}), refuses="TC")["slow"]
    assert slow.minutes == (minute(stable=Counts(calls=1)),)


def test_other_refusal_of_aws_is_named():
    with pytest.raises(AwsRefusedError, match="no such statistic"):
        read(SERVED, refuses="Sum")


def test_throttles_are_counted_for_whole_alias():
    values: Values = SERVED | {(ALIAS, "Invocations"): [100, None], (ALIAS, "Throttles"): [25, 7]}
    throttles = read(values, rollout_with("errors", "throttles"))["throttles"]
    assert [minute.canary for minute in throttles.minutes] == [Counts(calls=125, bad=25), Counts(calls=7, bad=7)]
    assert throttles.stable == Counts()


def test_custom_metric_is_read_by_its_dimensions():
    custom = [
        query for query in queries_of(rollout_with("errors", {"cloudwatch": CHECKOUTS})) if name(query) == "Failed"
    ]
    assert [dimensions(query) for query in custom] == [
        {"Function": "my-api", "Version": CANARY},
        {"Function": "my-api", "Version": STABLE},
    ]
    assert {query["MetricStat"]["Metric"]["Namespace"] for query in custom} == {"Shop"}


@pytest.mark.parametrize(("missing", "canary"), [("unknown", Counts()), ("zero", Counts(calls=10))])
def test_custom_metric_without_datapoint_is_unknown_unless_policy_says_zero(missing, canary):
    """P5."""
    values: Values = SERVED | {(STABLE, "Failed"): [2]}
    failed = read(values, rollout_with({"cloudwatch": CHECKOUTS | {"missing": missing}}))["Failed"]
    assert failed.minutes[0] == minute(canary=canary, stable=Counts(calls=90, bad=2))


def test_custom_metric_without_any_datapoint_is_not_zero():
    """P5: its name may be wrong."""
    failed = read(SERVED, rollout_with({"cloudwatch": CHECKOUTS | {"missing": "zero"}}))["Failed"]
    assert failed.canary == Counts()


def test_custom_metric_uses_its_own_total():
    values: Values = SERVED | {(CANARY, "All"): [5], (CANARY, "Failed"): [1]}
    failed = read(values, rollout_with({"cloudwatch": CHECKOUTS | {"of": "All"}}))["Failed"]
    assert failed.canary == Counts(calls=5, bad=1)


def test_ignored_metric_is_not_read():
    ignoring = rollout(policy=policy(metrics=["errors", "throttles"], ignore=["throttles"]))
    assert "Throttles" not in {name(query) for query in queries_of(ignoring)}


def test_history_before_a_rollout_ends_with_the_last_closed_minute():
    now = AT + timedelta(minutes=5, seconds=20)
    fake = FakeCloudWatch({(ALIAS, "Invocations"): [100] * 6, (ALIAS, "Errors"): [1, 2, 3, 4, 5, 6]})
    series = VersionMetrics(fake, ON_AWS).measure(rollout(), history_window(now, ON_AWS))["errors"]
    assert [counts.bad for counts in series.history] == [1, 2, 3]
    assert series.minutes == ()
    (request,) = fake.requests
    assert (request["StartTime"], request["EndTime"]) == (AT - timedelta(minutes=177), AT + timedelta(minutes=3))


def test_p99_of_stable_is_median_of_minutes_weighted_by_calls():
    values: Values = {(ALIAS, "SampleCount"): [10, 100, 1, 10], (ALIAS, "p99"): [50.0, 80.0, 9000.0, 40.0]}
    assert VersionMetrics(FakeCloudWatch(values), ON_AWS).p99(TARGET, AT + timedelta(minutes=4)) == 80.0


def test_p99_without_calls_is_none():
    assert VersionMetrics(FakeCloudWatch({}), ON_AWS).p99(TARGET, AT) is None


LINES = policy(metrics=["errors", {"logs": {"pattern": "ERROR"}}])


def counted(canary: tuple[int, ...], stable: tuple[int, ...], **changes: Any) -> Rollout:
    """Return a rollout whose log queries have counted these lines, one number per minute from AT."""
    wrote = {"canary_wrote": True, "stable_wrote": True} | changes
    return rollout(
        policy=LINES, log_counts=LogCounts(start=AT, settled_until=AT, canary=canary, stable=stable, **wrote)
    )


def test_log_lines_count_out_of_the_versions_calls():
    values: Values = {
        (CANARY, "Invocations"): [10, 10],
        (STABLE, "Invocations"): [90, 90],
        (CANARY, "Errors"): [0, 0],
        (STABLE, "Errors"): [0, 0],
    }
    series = read(values, counted((4, 50), (1, 0)))["logs"]
    assert series.title == "logs (ERROR)"
    assert series.minutes == (
        Minute(start=AT, canary=Counts(calls=10, bad=4), stable=Counts(calls=90, bad=1)),
        Minute(start=AT + timedelta(minutes=1), canary=Counts(calls=10, bad=10), stable=Counts(calls=90)),
    )


def test_log_lines_cost_no_cloudwatch_metric():
    assert count_metrics(rollout(policy=LINES)) == count_metrics(rollout())


def test_minute_that_no_query_has_scanned_is_unknown():
    values: Values = {(CANARY, "Invocations"): [10, 10], (STABLE, "Invocations"): [90, 90]}
    series = read(values, counted((4,), (1,)))["logs"]
    assert [minute.canary.calls for minute in series.minutes] == [10, 0]


def test_canary_that_writes_no_line_has_no_counts_and_says_why():
    """P5: silence in the log of a version that may not write to it is no health."""
    values: Values = {(CANARY, "Invocations"): [10], (STABLE, "Invocations"): [90]}
    series = read(values, counted((0,), (0,), canary_wrote=False))["logs"]
    assert series.canary == Counts()
    assert series.note.startswith("version 4 has written no line to /aws/lambda/my-api")


def test_recent_day_is_one_request_of_two_metrics_over_25_hours():
    fake = FakeCloudWatch({(ALIAS, "Invocations"): [10.0, None, 5.0], (ALIAS, "Errors"): [1.0, None, None]})
    now = AT + timedelta(minutes=4, seconds=30)
    recent = VersionMetrics(fake, ON_AWS).recent_day(TARGET, now)
    [request] = fake.requests
    assert [(name(query), version(query)) for query in fake.queries] == [("Invocations", ALIAS), ("Errors", ALIAS)]
    assert (request["StartTime"], request["EndTime"]) == (recent.until - timedelta(hours=25), recent.until)
    assert recent.until == AT + timedelta(minutes=2)
    assert recent.periods == {AT: Counts(calls=10, bad=1)}


def test_recent_day_of_an_incomplete_answer_raises():
    fake = FakeCloudWatch({}, statuses={(ALIAS, "Errors"): "PartialData"})
    with pytest.raises(MetricsIncompleteError, match="Errors Sum of Resource my-api:live is PartialData"):
        VersionMetrics(fake, ON_AWS).recent_day(TARGET, AT)
