"""What is recorded from CloudWatch is what a replay reads."""

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from simulator.evaluation_loop import ON_AWS
from simulator.files import UnreadableError
from simulator.replay.record import Wanted, as_csv, record
from simulator.replay.rows import read_recording
from tests.samples import AT

MINUTE = timedelta(minutes=1)
WANTED = Wanted("shop", "live", stable="3", canary="4")
SLOW_WANTED = replace(WANTED, slow_over_ms=800)


class Datapoints:
    """A CloudWatch client that has these counts, by version, and by none for the alias; a few on each page."""

    def __init__(self, counts: dict[str | None, dict[int, tuple[int, ...]]]) -> None:
        self.counts = counts

    def get_paginator(self, _operation):
        return self

    def paginate(self, MetricDataQueries, **_asked):  # noqa: N803 - CloudWatch's own name
        for query in MetricDataQueries:
            yield {"MetricDataResults": [self._result(query)]}

    def _result(self, query):
        metric = query["MetricStat"]["Metric"]
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric["Dimensions"]}
        assert (dimensions["FunctionName"], dimensions["Resource"]) == ("shop", "shop:live")
        asked = metric["MetricName"], query["MetricStat"]["Stat"]
        place = [("Invocations", "Sum"), ("Errors", "Sum"), ("Duration", "TC(800:)")].index(asked)
        minutes = self.counts[dimensions.get("ExecutedVersion")]
        values = {
            AT + number * MINUTE: float(all_of[place]) for number, all_of in minutes.items() if place < len(all_of)
        }
        return {"Id": query["Id"], "Timestamps": [*values], "Values": [*values.values()]}


class Refusing:
    """A CloudWatch client that refuses every question with this error code."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_paginator(self, _operation):
        return self

    def paginate(self, **_asked):
        raise ClientError({"Error": {"Code": self.code, "Message": "as told"}}, "GetMetricData")


def recorded(wanted=WANTED, **by_version):
    counts = {None: by_version["alias"], "3": by_version["stable"], "4": by_version["canary"]}
    return record(Datapoints(counts), wanted, AT, AT + 10 * MINUTE)


def test_before_the_split_the_alias_is_stable_and_after_it_nobody_is(tmp_path):
    rows = recorded(
        alias={0: (100, 1), 1: (100, 2), 2: (100, 3), 3: (100, 4)},
        stable={1: (90, 1), 2: (50, 0)},
        canary={1: (10, 1), 2: (50, 3)},
    )
    (tmp_path / "recorded.csv").write_text(as_csv(rows, WANTED))
    minutes = read_recording(tmp_path / "recorded.csv", ON_AWS).minutes
    counts = [(m.canary.calls, m.canary.bad, m.stable.calls, m.stable.bad) for m in minutes]
    assert counts == [(0, 0, 100, 1), (10, 1, 90, 1), (50, 3, 50, 0)]


def test_a_version_without_datapoints_is_left_empty():
    rows = recorded(alias={0: (90, 1)}, stable={0: (90, 1)}, canary={})
    assert (rows[0].canary_calls, rows[0].canary_errors, rows[0].stable_calls) == (None, None, 90)


def test_slow_calls_are_recorded_beside_the_others_when_asked_for(tmp_path):
    rows = recorded(
        SLOW_WANTED,
        alias={0: (100, 1, 4), 1: (100, 2, 5)},
        stable={1: (90, 1, 3), 2: (50, 0, 2)},
        canary={1: (10, 1, 2), 2: (50, 3)},
    )
    (tmp_path / "recorded.csv").write_text(as_csv(rows, SLOW_WANTED))
    minutes = read_recording(tmp_path / "recorded.csv", ON_AWS).slow_minutes
    counts = [(m.canary.calls, m.canary.bad, m.stable.calls, m.stable.bad) for m in minutes]
    assert counts == [(0, 0, 100, 4), (10, 2, 90, 3), (0, 0, 50, 2)]
    assert "800 ms" in (tmp_path / "recorded.csv").read_text()


def test_slow_calls_that_are_ahead_of_the_calls_are_no_more_than_those():
    rows = recorded(SLOW_WANTED, alias={0: (9, 0, 12)}, stable={0: (9, 0, 12)}, canary={})
    assert rows[0].stable_slow == 9


def test_a_recording_without_slow_calls_has_no_columns_for_them():
    rows = recorded(alias={0: (90, 1)}, stable={0: (90, 1)}, canary={})
    assert as_csv(rows, WANTED).splitlines()[0] == "start,canary_calls,canary_errors,stable_calls,stable_errors"


@pytest.mark.parametrize(
    ("code", "wanted", "said"),
    [
        ("ValidationError", SLOW_WANTED, r"counts no slow calls here, it refused Duration TC\(800:\).* --slow-over-ms"),
        ("ValidationError", WANTED, "could not be read.*as told"),
        ("AccessDenied", SLOW_WANTED, "could not be read.*as told"),
    ],
)
def test_what_cloudwatch_refuses_is_said_in_a_sentence(code, wanted, said):
    with pytest.raises(UnreadableError, match=said):
        record(Refusing(code), wanted, AT, AT + MINUTE)
