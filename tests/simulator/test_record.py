"""Recording the minutes of both versions from CloudWatch."""

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from simulator.evaluation_loop import ON_AWS
from simulator.files import InvalidInputError
from simulator.replay.record import RecordingRequest, format_csv, record
from simulator.replay.rows import read_minutes, read_recording
from tests.samples import AT

MINUTE = timedelta(minutes=1)
REQUEST = RecordingRequest("shop", "live", stable="3", canary="4")
SLOW_REQUEST = replace(REQUEST, slow_over_ms=800)


class FakeCloudWatch:
    """A client with counts by version, and by None for the alias; it returns one result on each page."""

    def __init__(self, counts: dict[str | None, dict[int, tuple[int, ...]]]) -> None:
        self.counts = counts

    def get_paginator(self, _operation):
        return self

    def paginate(self, MetricDataQueries, **_parameters):  # noqa: N803 - CloudWatch's own name
        for query in MetricDataQueries:
            yield {"MetricDataResults": [self._result(query)]}

    def _result(self, query):
        metric = query["MetricStat"]["Metric"]
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        assert (dimensions["FunctionName"], dimensions["Resource"]) == ("shop", "shop:live")
        requested = metric["MetricName"], query["MetricStat"]["Stat"]
        statistics = [("Invocations", "Sum"), ("Errors", "Sum"), ("Duration", "SampleCount"), ("Duration", "TC(:800)")]
        index = statistics.index(requested)
        minutes = self.counts[dimensions.get("ExecutedVersion")]
        values = {
            AT + number * MINUTE: float(counts[index]) for number, counts in minutes.items() if index < len(counts)
        }
        return {"Id": query["Id"], "Timestamps": [*values], "Values": [*values.values()]}


class RefusingCloudWatch:
    """A client that answers every request with this error code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_paginator(self, _operation):
        return self

    def paginate(self, **_parameters):
        raise ClientError({"Error": {"Code": self.code, "Message": "error text"}}, "GetMetricData")


def record_counts(request=REQUEST, **by_version):
    counts = {None: by_version["alias"], "3": by_version["stable"], "4": by_version["canary"]}
    return record(FakeCloudWatch(counts), request, AT, AT + 10 * MINUTE)


def test_alias_counts_are_stables_before_the_split_and_left_out_after_it(tmp_path):
    rows = record_counts(
        alias={0: (100, 1), 1: (100, 2), 2: (100, 3), 3: (100, 4)},
        stable={1: (90, 1), 2: (50, 0)},
        canary={1: (10, 1), 2: (50, 3)},
    )
    (tmp_path / "recorded.csv").write_text(format_csv(rows, REQUEST))
    minutes = read_recording(tmp_path / "recorded.csv", ON_AWS).minutes
    counts = [(m.canary.calls, m.canary.bad, m.stable.calls, m.stable.bad) for m in minutes]
    assert counts == [(0, 0, 100, 1), (10, 1, 90, 1), (50, 3, 50, 0)]


def test_version_without_datapoints_is_empty():
    rows = record_counts(alias={0: (90, 1)}, stable={0: (90, 1)}, canary={})
    assert (rows[0].canary_calls, rows[0].canary_errors, rows[0].stable_calls) == (None, None, 90)


def test_alias_that_was_not_split_is_recorded_as_stable(tmp_path):
    counts = {None: {0: (100, 1), 1: (100, 2)}, "3": {}}
    request = RecordingRequest("shop", "live", stable="3")
    (tmp_path / "recorded.csv").write_text(
        format_csv(record(FakeCloudWatch(counts), request, AT, AT + 10 * MINUTE), request)
    )
    minutes = read_minutes(tmp_path / "recorded.csv", ON_AWS).minutes
    assert [(m.canary.calls, m.stable.calls, m.stable.bad) for m in minutes] == [(0, 100, 1), (0, 100, 2)]
    with pytest.raises(InvalidInputError, match="has no minute with calls on the canary"):
        read_recording(tmp_path / "recorded.csv", ON_AWS)


def test_slow_calls_are_recorded_on_request(tmp_path):
    rows = record_counts(
        SLOW_REQUEST,
        alias={0: (100, 1, 100, 96), 1: (100, 2, 100, 95)},
        stable={1: (90, 1, 90, 87), 2: (50, 0, 50)},
        canary={1: (10, 1, 10, 8), 2: (50, 3)},
    )
    (tmp_path / "recorded.csv").write_text(format_csv(rows, SLOW_REQUEST))
    minutes = read_recording(tmp_path / "recorded.csv", ON_AWS).slow_minutes
    counts = [(m.canary.calls, m.canary.bad, m.stable.calls, m.stable.bad) for m in minutes]
    assert counts == [(0, 0, 100, 4), (10, 2, 90, 3), (0, 0, 50, 50)]
    assert "800 ms" in (tmp_path / "recorded.csv").read_text()


def test_slow_calls_are_limited_to_the_calls():
    rows = record_counts(SLOW_REQUEST, alias={0: (9, 0, 12)}, stable={0: (9, 0, 12)}, canary={})
    assert rows[0].stable_slow == 9


def test_recording_without_slow_calls_has_no_slow_columns():
    rows = record_counts(alias={0: (90, 1)}, stable={0: (90, 1)}, canary={})
    assert format_csv(rows, REQUEST).splitlines()[0] == "start,canary_calls,canary_errors,stable_calls,stable_errors"


@pytest.mark.parametrize(
    ("code", "request_", "message"),
    [
        ("ValidationError", SLOW_REQUEST, r"does not count slow calls .* Duration TC\(:800\).* --slow-over-ms"),
        ("ValidationError", REQUEST, "could not be read.*error text"),
        ("AccessDenied", SLOW_REQUEST, "could not be read.*error text"),
    ],
)
def test_cloudwatch_error_becomes_a_message(code, request_, message):
    with pytest.raises(InvalidInputError, match=message):
        record(RefusingCloudWatch(code), request_, AT, AT + MINUTE)
