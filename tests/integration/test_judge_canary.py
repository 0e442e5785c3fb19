"""A look measures, judges and decides, and is entered in the ledger."""

from datetime import UTC, datetime

import pytest

from tests.integration.conftest import client, event

HEALTHY, SICK = (("2", 100, 1), ("1", 900, 9)), (("2", 100, 40), ("1", 900, 9))


def emit(counts, *, per_version=True):
    """Let Lambda emit these calls and errors of each version, at 12:02."""
    at = datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
    data = [
        {
            "MetricName": name,
            "Dimensions": [
                {"Name": "FunctionName", "Value": "my-api"},
                {"Name": "Resource", "Value": "my-api:live"},
                *([{"Name": "ExecutedVersion", "Value": version}] if per_version else []),
            ],
            "Timestamp": at,
            "Value": value,
        }
        for version, calls, errors in counts
        for name, value in (("Invocations", calls), ("Errors", errors))
    ]
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


@pytest.fixture
def look_at(handle, ledger):
    """Let a look find these counts; return the document and the look's entry in the ledger."""

    def run(counts):
        if counts:
            emit(counts)
        document = handle("judge_canary", event("judge_canary"))
        (look,) = ledger()
        return document, look

    return run


@pytest.mark.parametrize(
    ("counts", "verdict", "move", "said"),
    [
        (HEALTHY, "healthy", "shift", "healthy: errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %)"),
        (
            SICK,
            "unhealthy",
            "roll_back",
            "unhealthy: the canary fails more often than stable; errors: canary 40 of 100",
        ),
        ((), "inconclusive", "wait", "inconclusive: no datapoint for the canary in this step, 50 calls needed"),
    ],
)
def test_a_look_goes_the_whole_way_from_counts_to_move(look_at, counts, verdict, move, said):
    """P5: nothing is concluded where nothing was emitted."""
    document, look = look_at(counts)
    assert (document["judgement"]["verdict"], document["next_move"], document["looks"]) == (verdict, move, 1)
    assert document["reason"].startswith(said)
    assert (look["verdict"], look["next_move"], look["reason"]) == (verdict, move, document["reason"])


def test_a_look_in_the_bake_reads_the_alias_alone(handle, ledger):
    emit([("2", 1000, 10)], per_version=False)
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert document["next_move"] == "finish"
    assert document["ending"]["outcome"] == "promoted"
    assert document["reason"] == "healthy: errors since promotion: 10 of 1,000 calls (1 %)"


def test_a_canary_that_burns_in_the_bake_is_taken_back(handle, ledger):
    emit([("2", 1000, 100)], per_version=False)
    assert handle("judge_canary", event("judge_canary_in_the_bake"))["next_move"] == "roll_back"
