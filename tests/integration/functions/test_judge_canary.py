"""Tests of JudgeCanary: an evaluation measures, judges and decides, and is recorded in the ledger."""

import json
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from rollout.aws.boto import clients
from rollout.aws.dynamodb.locks import locks
from rollout.aws.parameter_store import parameter_store
from rollout.domain.identity import Target
from tests.integration.conftest import Wire, client, event, move_alias

pytestmark = pytest.mark.usefixtures("locked")

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"

HEALTHY, UNHEALTHY = (("2", 100, 1), ("1", 900, 9)), (("2", 100, 40), ("1", 900, 9))


AT = datetime(2026, 3, 1, 12, 2, tzinfo=UTC)


def emit(counts, *, per_version=True, at=AT):
    """Put the calls and errors of each version into CloudWatch, by default at 12:02."""
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
def history(my_api):
    """An hour before the first shift in which one call in a hundred fails: without it, bursts are assumed."""
    for minute in range(60):
        emit([("1", 1000, 10)], per_version=False, at=datetime(2026, 3, 1, 11, minute, tzinfo=UTC))


@pytest.fixture
def in_step(my_api):
    move_alias("1", **{"2": 0.1})


@pytest.fixture
def in_bake(my_api):
    move_alias("2")


@pytest.fixture
def evaluate(handle, ledger, history, in_step):
    """Evaluate these counts; return the document and the evaluation's entry in the ledger."""

    def run(counts):
        if counts:
            emit(counts)
        document = handle("judge_canary", event("judge_canary"))
        (entry,) = ledger()
        return document, entry

    return run


@pytest.mark.parametrize(
    ("counts", "verdict", "move", "reason"),
    [
        (HEALTHY, "healthy", "shift", "healthy: errors: canary 1 of 100 calls (1 %), stable 9 of 900 calls (1 %)"),
        (
            UNHEALTHY,
            "unhealthy",
            "roll_back",
            "unhealthy: the canary fails more often than stable; errors: canary 40 of 100",
        ),
        ((), "inconclusive", "wait", "inconclusive: no datapoint for the canary in this step, 50 calls needed"),
    ],
)
def test_evaluation_leads_from_counts_to_move(evaluate, counts, verdict, move, reason):
    """P5: missing data leads to an inconclusive verdict."""
    document, entry = evaluate(counts)
    assert (document["judgement"]["verdict"], document["next_move"], document["evaluations"]) == (verdict, move, 1)
    assert document["reason"].startswith(reason)
    assert (entry["verdict"], entry["next_move"], entry["reason"]) == (verdict, move, document["reason"])


def test_evaluation_in_bake_reads_metrics_of_alias(handle, ledger, in_bake):
    emit([("2", 1000, 10)], per_version=False)
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert document["next_move"] == "finish"
    assert document["ending"]["outcome"] == "promoted"
    assert document["reason"].startswith("healthy: errors since promotion: 10 of 1,000 calls (1 %); evidence 0.12 ")
    assert document["reason"].endswith(" compared with stable's minutes before promotion, advisory")


def test_unhealthy_canary_in_bake_is_rolled_back(handle, ledger, in_bake):
    emit([("2", 1000, 400)], per_version=False)
    assert handle("judge_canary", event("judge_canary_in_the_bake"))["next_move"] == "roll_back"


def test_bake_with_few_calls_ends_when_newer_version_waits(handle, ledger, in_bake):
    emit([("2", 12, 0)], per_version=False)
    begun = event("judge_canary_in_the_bake")
    begun["policy"] |= {"on_inconclusive": "promote"}
    document = handle("judge_canary", begun)
    assert document["next_move"] == "wait"
    lock = locks().find(Target.model_validate(document["target"]))
    locks().await_end(lock, "3")
    document = handle("judge_canary", begun)
    assert document["next_move"] == "finish"
    assert document["reason"].endswith("the bake is not extended to collect more calls, because version 3 waits")


MOVED = "my-api:live was moved by another writer: "


def test_alias_moved_in_step_is_handed_over_at_next_evaluation(evaluate):
    """P2: even with a healthy canary."""
    move_alias("1", **{"2": 0.5})
    document, entry = evaluate(HEALTHY)
    sentence = "version 1 with 10 % to version 2 was expected, but it points at version 1 with 50 % to version 2"
    assert (document["next_move"], entry["next_move"]) == ("hand_over", "hand_over")
    assert document["ending"]["outcome"] == "handed_over"
    assert document["ending"]["Cause"] == entry["reason"] == f"{MOVED}{sentence}. The alias is left as it is"


def test_alias_moved_in_bake_is_handed_over_at_next_evaluation(handle, ledger, in_bake):
    """P2."""
    emit([("2", 1000, 10)], per_version=False)
    move_alias("1")
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert document["next_move"] == "hand_over"
    assert document["reason"].startswith(f"{MOVED}version 2 was expected, but it points at version 1.")


def test_deleted_alias_is_waited_for_and_then_handed_over(handle, evaluate):
    """P2: some tools delete an alias and create it again."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    document, _ = evaluate(())
    assert document["next_move"] == "wait"
    document = handle("judge_canary", handle("judge_canary", document))
    assert document["next_move"] == "hand_over"
    assert "was expected, but it no longer exists." in document["reason"]


def test_unhealthy_canary_with_moved_alias_is_rolled_back(evaluate):
    """P1, P2: RollBack itself checks whether it may write the alias."""
    move_alias("1", **{"2": 0.5})
    document, _ = evaluate(UNHEALTHY)
    assert document["next_move"] == "roll_back"
    assert "ending" not in document


TAG_COMMAND = (
    "aws lambda tag-resource --resource arn:aws:lambda:eu-west-1:123456789012:function:my-api --tags rollout:alias=live"
)


@pytest.fixture
def tags_wire(in_step):
    """The client that reads the tags."""
    wire = Wire(clients.fast_lambda_client())
    yield wire
    wire.disconnect()


def untag():
    client("lambda").untag_resource(Resource=FUNCTION_ARN, TagKeys=["rollout:alias"])


def test_missing_tag_is_reported_at_next_evaluation(evaluate):
    """P9: the rollout waits and tells the operator which command sets the tag."""
    untag()
    document, entry = evaluate(())
    assert document["next_move"] == "wait"
    assert TAG_COMMAND in document["reason"]
    assert TAG_COMMAND in document["judgement"]["reason"]
    assert entry["reason"] == document["reason"]


def test_step_without_tag_ends_in_rollback(evaluate):
    """P9: no larger share without the tag."""
    untag()
    document, entry = evaluate(HEALTHY)
    assert (document["next_move"], entry["next_move"]) == ("roll_back", "roll_back")
    assert document["reason"].startswith("healthy: ")
    assert TAG_COMMAND in document["reason"]
    assert document["reason"].endswith("; the step has ended without the tag")
    assert "ending" not in document


def test_tag_that_names_another_alias_ends_the_step_in_rollback(evaluate):
    client("lambda").tag_resource(Resource=FUNCTION_ARN, Tags={"rollout:alias": "blue"})
    document, _ = evaluate(HEALTHY)
    assert document["next_move"] == "roll_back"
    assert 'the tag rollout:alias of my-api now names "blue"' in document["reason"]


def test_moved_alias_without_tag_is_handed_over(evaluate):
    """P2, P9."""
    move_alias("1", **{"2": 0.5})
    untag()
    assert evaluate(HEALTHY)[0]["next_move"] == "hand_over"


def test_bake_without_tag_finishes_and_reports_it(handle, ledger, in_bake):
    emit([("2", 1000, 10)], per_version=False)
    untag()
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert (document["next_move"], document["ending"]["outcome"]) == ("finish", "promoted")
    assert TAG_COMMAND in document["ending"]["Cause"]


TAGS_ERROR = {"ErrorCode": "AccessDeniedException", "Message": "User: tasks is not authorized"}


def deny(wire):
    wire.refuse("GetFunction", "AccessDeniedException")


def throttle(wire):
    wire.refuse("GetFunction", "TooManyRequestsException")


def lose(wire):
    wire.refuse("GetFunction", "ResourceNotFoundException")


def leave_out_tags(wire):
    wire.answer("GetFunction", Configuration={}, TagsError=TAGS_ERROR)


@pytest.mark.parametrize("disturb", [deny, throttle, lose, leave_out_tags])
def test_unreadable_tags_neither_fail_nor_change_an_evaluation(evaluate, tags_wire, log, disturb):
    """Unknown is not missing: IAM still checks the tag at the next shift (P9)."""
    untag()
    disturb(tags_wire)
    document, _ = evaluate(HEALTHY)
    assert document["next_move"] == "shift"
    assert "rollout:alias" not in document["reason"]
    assert [record.getMessage() for record in log] == ["Tags not read", "Canary judged"]


def test_evaluation_reads_the_tags_in_one_call_and_the_alias_in_another(evaluate, tags_wire, lambda_wire):
    """The budget of an evaluation; the tags come only without a qualifier."""
    document, _ = evaluate(HEALTHY)
    assert document["next_move"] == "shift"
    assert (tags_wire.calls, lambda_wire.calls) == (["GetFunction"], ["GetAlias"])


def test_client_of_the_tags_gives_up_within_seven_seconds():
    config = clients.fast_lambda_client().meta.config
    assert config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout) <= 7


def test_first_evaluation_calibrates_the_limit_and_records_it(evaluate):
    document, entry = evaluate(HEALTHY)
    assert document["calibration"] == {"factor": 1, "metric": "errors", "level": 10, "exceeded": 1, "rollouts": 30}
    assert entry["calibration"] == document["calibration"] | {"factor": "1"}
    assert entry["evidence_limit"] == "100"


def test_later_evaluation_keeps_the_calibration_of_the_first(handle, ledger, history, in_step):
    """P4: every evaluation of a rollout compares with the same limit."""
    raised = {"factor": 2.42, "metric": "errors", "level": 10, "exceeded": 35, "rollouts": 100}
    emit(HEALTHY)
    document = handle("judge_canary", event("judge_canary") | {"calibration": raised})
    (entry,) = ledger()
    assert document["calibration"] == raised
    assert (document["judgement"]["evidence_limit"], entry["evidence_limit"]) == (250, "250")
    assert entry["calibration"] == raised | {"factor": "2.42"}
    assert document["reason"] == entry["reason"]
    assert "against a limit of 250, raised from 100 because errors of this function come in clumps" in entry["reason"]


@pytest.fixture
def empty_cache(aws):
    """Parameter Store with nothing cached."""
    parameter_store.cache_clear()
    yield
    parameter_store.cache_clear()


@pytest.mark.usefixtures("empty_cache")
def test_live_rollout_obeys_a_freeze_at_its_next_evaluation(evaluate):
    freeze = json.dumps({"reason": "incident 7", "mode": "roll_back"})
    client("ssm").put_parameter(Name="/rollouts/freeze", Value=freeze, Type="String")
    document, _entry = evaluate(HEALTHY)
    assert document["next_move"] == "roll_back"
    assert document["reason"].endswith("the stack is frozen: incident 7")


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_freeze_that_cannot_be_read_keeps_the_share(evaluate, code):
    """P1: a rollout is neither rolled back nor promoted because Parameter Store does not answer."""
    with Stubber(parameter_store().client) as stub:
        stub.add_client_error("get_parameter", code, http_status_code=400)
        document, _entry = evaluate(HEALTHY)
    assert document["next_move"] == "wait"
    assert "it is not known whether the stack is frozen" in document["reason"]
