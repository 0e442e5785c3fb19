"""The counts of both versions are read in one question, whole or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.metrics import VersionMetrics
from rollout.errors import AwsUnavailableError, MetricsIncompleteError
from rollout.health import Measured, Minute
from rollout.models import Health, Rollout
from rollout.window import Window
from rollout.words import Phase
from tests.integration.conftest import client
from tests.samples import AT, ON_AWS, rollout

WINDOW = Window(
    history_start=AT - timedelta(minutes=180),
    history_end=AT,
    start=AT,
    closed_until=AT + timedelta(minutes=1),
    end=AT + timedelta(minutes=3),
)
IDS = ("canary_calls", "canary_errors", "stable_calls", "stable_errors", "alias_calls", "alias_errors")
BAKE = rollout(phase=Phase.BAKE)


def series(name: str, *values: float | None, status: str = "Complete") -> dict[str, Any]:
    """Return a series newest first, as CloudWatch gives it; None where there is no datapoint."""
    stamped = [(AT + timedelta(minutes=n), value) for n, value in enumerate(values) if value is not None][::-1]
    return {
        "Id": name,
        "Timestamps": [stamp for stamp, _ in stamped],
        "Values": [value for _, value in stamped],
        "StatusCode": status,
    }


NO_HISTORY = [series("alias_calls"), series("alias_errors")]


def read(*pages: list[dict[str, Any]], begun: Rollout | None = None) -> Measured:
    with Stubber(client("cloudwatch")) as stub:
        for number, results in enumerate(pages, start=1):
            more = {"NextToken": str(number)} if number < len(pages) else {}
            stub.add_response("get_metric_data", {"MetricDataResults": results} | more)
        measured = VersionMetrics(stub.client, ON_AWS).measure(begun or rollout(), WINDOW)
        stub.assert_no_pending_responses()
        return measured


class FakeCloudWatch:
    """Notes the question, and has nothing to tell."""

    def get_paginator(self, operation: str) -> "FakeCloudWatch":
        assert operation == "get_metric_data"
        return self

    def paginate(self, **question: Any) -> list[dict[str, Any]]:
        self.question = question
        return [{"MetricDataResults": [series(query["Id"]) for query in question["MetricDataQueries"]]}]


def asked(begun: Rollout) -> dict[str, Any]:
    """Return what CloudWatch is asked at a look."""
    fake = FakeCloudWatch()
    assert VersionMetrics(fake, ON_AWS).measure(begun, WINDOW) == Measured()
    return fake.question


def dimensions(query: dict[str, Any]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in query["MetricStat"]["Metric"]["Dimensions"]}


def test_both_versions_are_asked_for_in_one_question_by_three_dimensions():
    question = asked(rollout())
    assert (question["StartTime"], question["EndTime"]) == (WINDOW.history_start, WINDOW.end)
    assert tuple(query["Id"] for query in question["MetricDataQueries"]) == IDS
    for query, version, metric in zip(
        question["MetricDataQueries"][:4], "4433", ["Invocations", "Errors"] * 2, strict=True
    ):
        assert dimensions(query) == {"FunctionName": "my-api", "Resource": "my-api:live", "ExecutedVersion": version}
        assert query["MetricStat"]["Metric"]["MetricName"] == metric
        assert (query["MetricStat"]["Period"], query["MetricStat"]["Stat"]) == (60, "Sum")


def test_the_bake_reads_the_aliass_own_series():
    queries = asked(BAKE)["MetricDataQueries"]
    assert [query["Id"] for query in queries] == ["canary_calls", "canary_errors"]
    assert all(dimensions(query) == {"FunctionName": "my-api", "Resource": "my-api:live"} for query in queries)


def test_minutes_are_put_together_in_order():
    found = read(
        [
            series("canary_calls", 10, 20),
            series("canary_errors", 1, 0),
            series("stable_calls", 90, 80),
            series("stable_errors", 0, 2),
            *NO_HISTORY,
        ]
    )
    assert found.minutes == (
        Minute(start=AT, canary=Health(calls=10, bad=1), stable=Health(calls=90)),
        Minute(start=AT + timedelta(minutes=1), canary=Health(calls=20), stable=Health(calls=80, bad=2)),
    )


@pytest.mark.parametrize(
    ("calls", "errors", "health"),
    [(10, None, Health()), (None, 1, Health()), (10, 0, Health(calls=10)), (2, 3, Health(calls=2, bad=2))],
)
def test_calls_without_their_errors_are_not_taken_for_good_ones(calls, errors, health):
    """P5: the two series arrive apart; a minute that lacks one of them says nothing yet."""
    (minute,) = read(
        [
            series("canary_calls", calls),
            series("canary_errors", errors),
            series("stable_calls", 90),
            series("stable_errors", 0),
            *NO_HISTORY,
        ]
    ).minutes
    assert minute.canary == health


def test_no_datapoints_are_no_minutes():
    """P5: not minutes with zeros in them."""
    assert read([series(name) for name in IDS]) == Measured()


def test_what_lies_outside_the_window_is_left_out():
    assert len(read([series(name, 5, 5, 5, 5, 5) for name in IDS]).minutes) == 3


def test_a_series_may_come_in_pages():
    first = [series("canary_calls", 10, status="PartialData"), *(series(name, 0) for name in IDS[1:])]
    second = [series("canary_calls", None, 20), series("canary_errors", None, 0)]
    assert [minute.canary.calls for minute in read(first, second).minutes] == [10, 20]


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_a_part_of_the_answer_is_no_answer(status):
    """P5: it is an error of the look, tried again, never a verdict."""
    with pytest.raises(MetricsIncompleteError, match=f"stable_calls is {status}"):
        read(
            [
                series("canary_calls"),
                series("canary_errors"),
                series("stable_calls", status=status),
                series("stable_errors"),
                *NO_HISTORY,
            ]
        )


def test_a_series_that_is_missing_is_named():
    """P5."""
    with pytest.raises(MetricsIncompleteError, match="stable_errors is missing"):
        read([series(name, 1) for name in IDS if name != "stable_errors"])


def test_a_question_not_answered_is_unavailability():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_client_error("get_metric_data", "InternalServiceFault", http_status_code=500)
        with pytest.raises(AwsUnavailableError, match="reading the versions' metrics"):
            VersionMetrics(stub.client, ON_AWS).measure(rollout(), WINDOW)


def test_history_is_the_whole_alias_before_the_first_shift():
    before = [AT - timedelta(minutes=2), AT - timedelta(minutes=1), AT]
    calls = {"Id": "alias_calls", "Timestamps": before, "Values": [100, 90, 80], "StatusCode": "Complete"}
    errors = {"Id": "alias_errors", "Timestamps": before, "Values": [1, 0, 7], "StatusCode": "Complete"}
    measured = read([*(series(name) for name in IDS[:4]), calls, errors])
    assert measured.history == (Health(calls=100, bad=1), Health(calls=90))


def test_history_is_asked_for_without_a_version():
    queries = asked(rollout())["MetricDataQueries"][4:]
    assert [query["Id"] for query in queries] == ["alias_calls", "alias_errors"]
    assert all(dimensions(query) == {"FunctionName": "my-api", "Resource": "my-api:live"} for query in queries)
