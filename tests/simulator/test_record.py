"""What is recorded from CloudWatch is what a replay reads."""

from datetime import timedelta

from simulator.record import as_csv, record
from simulator.rows import read_recording
from simulator.walk import ON_AWS
from tests.samples import AT

MINUTE = timedelta(minutes=1)
VERSIONS = {"stable": "3", "canary": "4"}


class Counted:
    """A CloudWatch client that has these counts, by version, and by none for the alias; a few on each page."""

    def __init__(self, counts: dict[str | None, dict[int, tuple[int, int]]]) -> None:
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
        place = ["Invocations", "Errors"].index(metric["MetricName"])
        minutes = self.counts[dimensions.get("ExecutedVersion")]
        values = [float(both[place]) for both in minutes.values()]
        return {"Id": query["Id"], "Timestamps": [AT + number * MINUTE for number in minutes], "Values": values}


def recorded(**by_version):
    counts = {None: by_version["alias"], "3": by_version["stable"], "4": by_version["canary"]}
    return record(Counted(counts), ("shop", "live"), VERSIONS, AT, AT + 10 * MINUTE)


def test_before_the_split_the_alias_is_stable_and_after_it_nobody_is(tmp_path):
    rows = recorded(
        alias={0: (100, 1), 1: (100, 2), 2: (100, 3), 3: (100, 4)},
        stable={1: (90, 1), 2: (50, 0)},
        canary={1: (10, 1), 2: (50, 3)},
    )
    (tmp_path / "recorded.csv").write_text(as_csv(rows))
    minutes = read_recording(tmp_path / "recorded.csv", ON_AWS).minutes
    counts = [(m.canary.calls, m.canary.bad, m.stable.calls, m.stable.bad) for m in minutes]
    assert counts == [(0, 0, 100, 1), (10, 1, 90, 1), (50, 3, 50, 0)]


def test_a_version_without_datapoints_is_left_empty():
    rows = recorded(alias={0: (90, 1)}, stable={0: (90, 1)}, canary={})
    assert (rows[0].canary_calls, rows[0].canary_errors, rows[0].stable_calls) == (None, None, 90)
