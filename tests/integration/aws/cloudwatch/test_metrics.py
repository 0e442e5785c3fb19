"""The counts of both versions are read in one question, whole or not at all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rollout.aws.cloudwatch.metrics import VersionMetrics, count_metrics
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Unit
from rollout.domain.errors import AwsUnavailableError, MetricsIncompleteError
from rollout.evidence.series import Minute, Series
from rollout.judging.window import Window
from rollout.state.rollout import Rollout
from tests.integration.conftest import client
from tests.samples import AT, ON_AWS, TARGET, policy, rollout

WINDOW = Window(
    history_start=AT - timedelta(minutes=180),
    history_end=AT,
    shared_start=AT,
    start=AT,
    closed_until=AT + timedelta(minutes=1),
    end=AT + timedelta(minutes=3),
)
IN_THE_BAKE = WINDOW.model_copy(update={"start": AT + timedelta(minutes=2)})
BAKE = rollout(phase=Phase.BAKE)
CANARY, STABLE, ALIAS = "4", "3", ""
CHECKOUTS = {"namespace": "Shop", "name": "Failed", "dimensions": {"Function": "{function}", "Version": "{version}"}}

Told = dict[tuple[str, str], list[float | None]]
"""From AT on, a metric's values by its version and name, minute by minute; None where there is no datapoint."""


class FakeCloudWatch:
    """Answers what it was told, newest first as CloudWatch does, and notes the questions."""

    def __init__(self, told: Told, **flaws: Any) -> None:
        self.told, self.flaws = told, flaws
        self.questions: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "FakeCloudWatch":
        assert operation == "get_metric_data"
        return self

    def paginate(self, **metric_query: Any) -> Iterator[dict[str, Any]]:
        self.questions.append(metric_query)
        if any(query["MetricStat"]["Stat"].startswith(self.flaws.get("refuses", "?")) for query in self.queries):
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "no such statistic"}}, "GetMetricData")
        yield {"MetricDataResults": [self._result(query) for query in self.queries]}

    @property
    def queries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.questions[-1]["MetricDataQueries"]
        return found

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        values = self.told.get((version(query), name(query)), [])
        stamped = [(AT + timedelta(minutes=n), value) for n, value in enumerate(values) if value is not None][::-1]
        status = self.flaws.get("statuses", {}).get((version(query), name(query)), "Complete")
        return {
            "Id": query["Id"],
            "Timestamps": [stamp for stamp, _ in stamped],
            "Values": [value for _, value in stamped],
            "StatusCode": status,
        }


def dimensions(query: dict[str, Any]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in query["MetricStat"]["Metric"]["Dimensions"]}


def version(query: dict[str, Any]) -> str:
    found = dimensions(query)
    return found.get("ExecutedVersion") or found.get("Version") or ALIAS


def name(query: dict[str, Any]) -> str:
    metric, statistic = query["MetricStat"]["Metric"]["MetricName"], query["MetricStat"]["Stat"]
    return metric if statistic == "Sum" else statistic


def read(told: Told, begun: Rollout | None = None, window: Window = WINDOW, **flaws: Any) -> dict[str, Series]:
    """Return what a look reads of what CloudWatch has."""
    return VersionMetrics(FakeCloudWatch(told, **flaws), ON_AWS).measure(begun or rollout(), window)


def asked(begun: Rollout, window: Window = WINDOW) -> list[dict[str, Any]]:
    """Return what CloudWatch is asked at a look."""
    fake = FakeCloudWatch({})
    VersionMetrics(fake, ON_AWS).measure(begun, window)
    (metric_query,) = fake.questions
    assert (metric_query["StartTime"], metric_query["EndTime"]) == (window.history_start, window.end)
    assert all(query["MetricStat"]["Period"] == 60 for query in fake.queries)
    return fake.queries


def test_the_calls_of_the_alias_are_those_of_closed_periods():
    fake = FakeCloudWatch({(ALIAS, "Invocations"): [10, None, 30]})
    now = AT + timedelta(minutes=5, seconds=40)
    calls, until = VersionMetrics(fake, ON_AWS).calls(TARGET, now)
    (metric_query,) = fake.questions
    assert calls == {AT: 10, AT + timedelta(minutes=2): 30}
    assert until == metric_query["EndTime"] == AT + timedelta(minutes=3)
    assert metric_query["StartTime"] == until - timedelta(minutes=180)
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
def test_what_a_look_asks_for_can_be_counted_beforehand(phase, metrics):
    for p99 in (None, 120.0):
        begun = watching(*metrics, phase=phase, p99_before=p99)
        assert count_metrics(begun) == len(asked(begun))


def watching(*metrics: object, **changes: object) -> Rollout:
    return rollout(policy=policy(metrics=list(metrics)), **changes)


def minute(number: int = 0, **healths: Counts) -> Minute:
    return Minute(start=AT + timedelta(minutes=number), **healths)


SERVED: Told = {
    (CANARY, "Invocations"): [10, 20],
    (CANARY, "Errors"): [1, 0],
    (STABLE, "Invocations"): [90, 80],
    (STABLE, "Errors"): [0, 2],
}


def test_both_versions_are_asked_for_in_one_question_by_three_dimensions():
    split = [query for query in asked(rollout()) if "ExecutedVersion" in dimensions(query)]
    assert [(version(query), name(query)) for query in split] == [*SERVED]
    for query in split:
        assert dimensions(query) == {
            "FunctionName": "my-api",
            "Resource": "my-api:live",
            "ExecutedVersion": version(query),
        }


def test_before_the_first_shift_the_whole_alias_is_stable():
    whole = [query for query in asked(rollout()) if "ExecutedVersion" not in dimensions(query)]
    assert [name(query) for query in whole] == ["Invocations", "Errors"]
    assert all(dimensions(query) == {"FunctionName": "my-api", "Resource": "my-api:live"} for query in whole)


def test_the_bake_reads_the_aliass_own_series_and_stables_from_before():
    queries = asked(BAKE)
    assert [(version(query), name(query)) for query in queries] == [
        (ALIAS, "Invocations"),
        (ALIAS, "Errors"),
        (STABLE, "Invocations"),
        (STABLE, "Errors"),
    ]


def test_in_the_bake_stables_minutes_beside_the_canary_are_history():
    told: Told = {
        (ALIAS, "Invocations"): [100, 100, 50],
        (ALIAS, "Errors"): [9, 9, 5],
        (STABLE, "Invocations"): [90, 80, 7],
        (STABLE, "Errors"): [1, 2, 7],
    }
    errors = read(told, BAKE, IN_THE_BAKE)["errors"]
    assert errors.history == (Counts(calls=90, bad=1), Counts(calls=80, bad=2))
    assert [(one.canary.calls, one.canary.bad) for one in errors.minutes] == [(50, 5)]


def test_minutes_are_put_together_in_order():
    assert read(SERVED)["errors"].minutes == (
        minute(0, canary=Counts(calls=10, bad=1), stable=Counts(calls=90)),
        minute(1, canary=Counts(calls=20), stable=Counts(calls=80, bad=2)),
    )


@pytest.mark.parametrize(
    ("calls", "errors", "health"),
    [(10, None, Counts()), (None, 1, Counts()), (10, 0, Counts(calls=10)), (2, 3, Counts(calls=2, bad=2))],
)
def test_calls_without_their_errors_are_not_taken_for_good_ones(calls, errors, health):
    """P5: the two series arrive apart; a minute that lacks one of them says nothing yet."""
    told = SERVED | {(CANARY, "Invocations"): [calls], (CANARY, "Errors"): [errors]}
    assert read(told)["errors"].minutes[0].canary == health


def test_a_later_correction_of_an_earlier_minute_is_seen():
    """P5: nothing is carried over from look to look, so what CloudWatch adds later counts."""
    first = read(SERVED)["errors"].canary
    corrected_ending = read(SERVED | {(CANARY, "Errors"): [8, 0]})["errors"].canary
    assert (first.bad, corrected_ending.bad) == (1, 8)


def test_no_datapoints_are_no_minutes():
    """P5: not minutes with zeros in them."""
    errors = read({})["errors"]
    assert (errors.minutes, errors.history, errors.note) == ((), (), "")


def test_datapoints_under_two_dimensions_only_are_no_health_and_said_so():
    """P5: calls nobody can tell apart by version say nothing of the canary."""
    errors = read({(ALIAS, "Invocations"): [100, 100], (ALIAS, "Errors"): [0, 0]})["errors"]
    assert errors.minutes == ()
    assert errors.note == "CloudWatch has calls of the alias in this time, but no calls by version"


def test_what_lies_outside_the_window_is_left_out():
    assert len(read({key: [5] * 5 for key in SERVED})["errors"].minutes) == 3


def test_a_series_may_come_in_pages():
    count = len(asked(rollout()))

    def page(status: str, first: dict[datetime, float]) -> dict[str, Any]:
        stamped = {"Timestamps": [*first], "Values": [*first.values()]}
        rest = [{"Id": f"m{n}", "Timestamps": [AT], "Values": [0.0], "StatusCode": "Complete"} for n in range(1, count)]
        return {"MetricDataResults": [{"Id": "m0", "StatusCode": status} | stamped, *rest]}

    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", page("PartialData", {AT: 10.0}) | {"NextToken": "1"})
        stub.add_response("get_metric_data", page("Complete", {AT + timedelta(minutes=1): 20.0}))
        series = VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)["errors"]
    assert [one.canary.calls for one in series.minutes] == [10, 0]  # the second minute's errors have not come


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_part_of_the_answer_is_no_answer(status):
    """P5: it is an error of the look, tried again, never a verdict."""
    with pytest.raises(MetricsIncompleteError, match=f"Invocations Sum of ExecutedVersion 3 is {status}"):
        read(SERVED, statuses={(STABLE, "Invocations"): status})


def test_a_series_that_is_missing_is_named():
    """P5."""
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        with pytest.raises(MetricsIncompleteError, match="Errors Sum of ExecutedVersion 4 is missing"):
            VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)


def test_a_question_not_answered_is_unavailability():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_client_error("get_metric_data", "InternalServiceFault", http_status_code=500)
        with pytest.raises(AwsUnavailableError, match="reading the versions' metrics"):
            VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)


def test_history_is_the_whole_alias_before_the_first_shift():
    later = WINDOW.model_copy(update={"history_end": AT + timedelta(minutes=2), "start": AT + timedelta(minutes=2)})
    told: Told = {(ALIAS, "Invocations"): [100, 90, 80], (ALIAS, "Errors"): [1, 0, 7]}
    assert read(told, window=later)["errors"].history == (Counts(calls=100, bad=1), Counts(calls=90))


def test_slow_calls_are_counted_above_the_limit_of_the_policy():
    told: Told = SERVED | {(CANARY, "SampleCount"): [10], (CANARY, "TC(800:)"): [4], (STABLE, "SampleCount"): [90]}
    slow = read(told, watching("errors", {"slow": {"over_ms": 800}}))["slow"]
    assert slow.title == "slow (over 800 ms)"
    assert slow.minutes == (minute(canary=Counts(calls=10, bad=4)),)  # stable's slow calls have not come


def test_the_limit_of_slow_calls_is_stables_p99_where_none_is_stated():
    queries = asked(watching("slow", p99_before=412.5))
    assert {name(query) for query in queries} == {"Invocations", "Errors", "SampleCount", "TC(412.5:)"}


def test_without_a_limit_slow_calls_are_not_asked_for_and_the_judgement_says_so():
    slow = read(SERVED, watching("errors", "slow"))["slow"]
    assert (slow.minutes, slow.note) == (
        (),
        "stable had no calls before the rollout, so there is no limit: set over_ms in the policy",
    )


def test_where_cloudwatch_counts_no_slow_calls_minutes_are_told_by_percentile():
    """A minute is slow if more than one call in ten took longer than the limit; either version has one a minute."""
    told: Told = SERVED | {
        (CANARY, "SampleCount"): [10, 20],
        (CANARY, "p90"): [801.0, 799.0],
        (STABLE, "SampleCount"): [90, 80],
        (STABLE, "p90"): [90.0, 95.0],
    }
    slow = read(told, watching("errors", {"slow": {"over_ms": 800}}), refuses="TC")["slow"]
    assert (slow.title, slow.unit) == ("slow (p90 over 800 ms)", Unit.MINUTES)
    assert slow.note == "counted by the minute, because CloudWatch cannot count slow calls here"
    assert slow.minutes == (
        minute(0, canary=Counts(calls=1, bad=1), stable=Counts(calls=1)),
        minute(1, canary=Counts(calls=1), stable=Counts(calls=1)),
    )


def test_a_percentile_that_has_not_come_is_no_fast_minute():
    """P5."""
    told: Told = SERVED | {(CANARY, "SampleCount"): [10], (STABLE, "SampleCount"): [90], (STABLE, "p90"): [9.0]}
    slow = read(told, watching({"slow": {"over_ms": 800}}), refuses="TC")["slow"]
    assert slow.minutes == (minute(stable=Counts(calls=1)),)


def test_a_refusal_that_percentiles_do_not_mend_is_passed_on():
    with pytest.raises(ClientError, match="no such statistic"):
        read(SERVED, refuses="Sum")


def test_refused_calls_are_counted_beside_the_others_and_of_the_whole_alias():
    told: Told = SERVED | {(ALIAS, "Invocations"): [100, None], (ALIAS, "Throttles"): [25, 7]}
    throttles = read(told, watching("errors", "throttles"))["throttles"]
    assert [one.canary for one in throttles.minutes] == [Counts(calls=125, bad=25), Counts(calls=7, bad=7)]
    assert throttles.stable == Counts()


def test_a_metric_of_ones_own_is_asked_for_by_its_dimensions():
    own = [query for query in asked(watching("errors", {"cloudwatch": CHECKOUTS})) if name(query) == "Failed"]
    assert [dimensions(query) for query in own] == [
        {"Function": "my-api", "Version": CANARY},
        {"Function": "my-api", "Version": STABLE},
    ]
    assert {query["MetricStat"]["Metric"]["Namespace"] for query in own} == {"Shop"}


@pytest.mark.parametrize(("missing", "canary"), [("unknown", Counts()), ("zero", Counts(calls=10))])
def test_a_metric_without_a_datapoint_is_unknown_unless_the_policy_takes_it_for_zero(missing, canary):
    """P5."""
    told: Told = SERVED | {(STABLE, "Failed"): [2]}
    found = read(told, watching({"cloudwatch": CHECKOUTS | {"missing": missing}}))["Failed"]
    assert found.minutes[0] == minute(canary=canary, stable=Counts(calls=90, bad=2))


def test_a_metric_that_nobody_ever_published_is_no_zero():
    """P5: its name may be wrong."""
    found = read(SERVED, watching({"cloudwatch": CHECKOUTS | {"missing": "zero"}}))["Failed"]
    assert found.canary == Counts()


def test_a_metric_may_bring_its_own_count_of_all():
    told: Told = SERVED | {(CANARY, "All"): [5], (CANARY, "Failed"): [1]}
    found = read(told, watching({"cloudwatch": CHECKOUTS | {"of": "All"}}))["Failed"]
    assert found.canary == Counts(calls=5, bad=1)


def test_muted_metrics_are_not_asked_for():
    ignore = rollout(policy=policy(metrics=["errors", "throttles"], ignore=["throttles"]))
    assert "Throttles" not in {name(query) for query in asked(ignore)}


def test_stables_usual_p99_is_the_median_of_its_minutes_by_their_calls():
    told: Told = {(ALIAS, "SampleCount"): [10, 100, 1, 10], (ALIAS, "p99"): [50.0, 80.0, 9000.0, 40.0]}
    assert VersionMetrics(FakeCloudWatch(told), ON_AWS).p99(TARGET, AT + timedelta(minutes=4)) == 80.0


def test_without_calls_there_is_no_usual_p99():
    assert VersionMetrics(FakeCloudWatch({}), ON_AWS).p99(TARGET, AT) is None
