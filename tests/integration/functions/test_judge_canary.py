"""A look measures, judges and decides, and is entered in the ledger."""

from datetime import UTC, datetime

import pytest

from tests.integration.conftest import client, event, move_alias

pytestmark = pytest.mark.usefixtures("claimed")

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
def in_step(my_api):
    move_alias("1", **{"2": 0.1})


@pytest.fixture
def in_bake(my_api):
    move_alias("2")


@pytest.fixture
def look_at(handle, ledger, in_step):
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
    assert (document["judgement"]["verdict"], document["next_move"], document["evaluations"]) == (verdict, move, 1)
    assert document["reason"].startswith(said)
    assert (look["verdict"], look["next_move"], look["reason"]) == (verdict, move, document["reason"])


def test_a_look_in_the_bake_reads_the_alias_alone(handle, ledger, in_bake):
    emit([("2", 1000, 10)], per_version=False)
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert document["next_move"] == "finish"
    assert document["ending"]["outcome"] == "promoted"
    assert document["reason"].startswith("healthy: errors since promotion: 10 of 1,000 calls (1 %); evidence 0.12 ")
    assert document["reason"].endswith(" by stable's minutes before, advisory")


def test_a_canary_that_burns_in_the_bake_is_taken_back(handle, ledger, in_bake):
    emit([("2", 1000, 400)], per_version=False)
    assert handle("judge_canary", event("judge_canary_in_the_bake"))["next_move"] == "roll_back"


MOVED = "my-api:live was moved by somebody else: "


def test_an_alias_moved_in_a_step_is_noticed_at_the_next_look(look_at):
    """P2: however well the canary does."""
    move_alias("1", **{"2": 0.5})
    document, look = look_at(HEALTHY)
    said = "version 1 with 10 % to version 2 was expected, and it points at version 1 with 50 % to version 2"
    assert (document["next_move"], look["next_move"]) == ("hand_over", "hand_over")
    assert document["ending"]["outcome"] == "handed_over"
    assert document["ending"]["Cause"] == look["reason"] == f"{MOVED}{said}. It is left as it is"


def test_an_alias_moved_in_the_bake_is_noticed_at_the_next_look(handle, ledger, in_bake):
    """P2."""
    emit([("2", 1000, 10)], per_version=False)
    move_alias("1")
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert document["next_move"] == "hand_over"
    assert document["reason"].startswith(f"{MOVED}version 2 was expected, and it points at version 1.")


def test_an_alias_that_was_deleted_is_handed_over(look_at):
    """P2."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    document, _ = look_at(())
    assert document["next_move"] == "hand_over"
    assert "was expected, and it no longer exists." in document["reason"]


def test_an_unhealthy_canary_is_taken_back_whoever_moved_the_alias(look_at):
    """P1, P2: RollBack knows whether the alias is ours to write."""
    move_alias("1", **{"2": 0.5})
    document, _ = look_at(SICK)
    assert document["next_move"] == "roll_back"
    assert "ending" not in document
