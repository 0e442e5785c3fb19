"""Tests of dry runs: the answer is the plan of a request, and nothing is touched (P6)."""

import json
from datetime import timedelta

import pytest

from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.state.lock import QueuedVersion, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event, move_alias, owned_entry

pytestmark = pytest.mark.usefixtures("my_api")

READS = {
    "GetFunction",
    "GetAlias",
    "ListVersionsByFunction",
    "GetProvisionedConcurrencyConfig",
    "GetPolicy",
    "GetFunctionUrlConfig",
    "ListEventSourceMappings",
}
STEPS = [{"percent": 10, "hold": "5m"}]
OLDER = lock_of(
    Rollout.model_validate(
        event("judge_canary")
        | {
            "canary_version": "1",
            "execution": {"arn": "arn:of:an:older:one", "name": "older", "started_at": "2026-03-01T11:00:00Z"},
        }
    )
)
DRY_RUN = {"function": "my-api", "dry_run": True}
PERIOD = timedelta(minutes=1)


@pytest.fixture
def all_published(published, notifications):
    """Return the events and notifications so far."""
    return lambda: [*published(), *notifications()]


@pytest.fixture
def answer_of(handle, lambda_wire, ledger, all_published):
    """Return the answer of a dry run; require that it succeeds, and that nothing is written or published."""

    def run(**fields):
        before = _state(ledger)
        document = handle("prepare_rollout", event("prepare_rollout") | {"request": DRY_RUN | fields})
        assert document["start"] == "nothing_to_do"
        assert document["reason"].startswith("dry run, nothing was touched: ")
        assert _state(ledger) == before
        assert set(lambda_wire.calls) <= READS
        assert all_published() == []
        return document

    return run


def _state(ledger):
    aliases = client("lambda").list_aliases(FunctionName="my-api")["Aliases"]
    return [(item["Name"], item["RevisionId"]) for item in aliases], ledger(), owned_entry("lock"), owned_entry("queue")


@pytest.fixture
def traffic(aws):
    """Put calls of the alias per minute into CloudWatch, for the last closed minutes."""

    def run(per_minute, minutes=60):
        closed = NOW.replace(second=0) - 2 * PERIOD
        dimensions = [{"Name": "FunctionName", "Value": "my-api"}, {"Name": "Resource", "Value": "my-api:live"}]
        for first in range(0, minutes, 20):
            data = [
                {
                    "MetricName": "Invocations",
                    "Dimensions": dimensions,
                    "Timestamp": closed - (number + 1) * PERIOD,
                    "Value": per_minute,
                }
                for number in range(first, min(first + 20, minutes))
            ]
            client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)

    return run


def test_plan_rests_on_traffic_of_alias(answer_of, traffic):
    traffic(60)
    document = answer_of()
    plan = document["plan"]
    assert document["reason"] == (
        "dry run, nothing was touched: version 2 would be rolled out to my-api:live in 2 steps, in place of version 1,"
        " and be done after 15m as planned; the plan has 1 warning"
    )
    assert (plan["start"], plan["target"]["alias"]) == ("begin", "live")
    assert (plan["stable_version"], plan["canary_version"]) == ("1", "2")
    assert plan["policy_source"] == "the stack's DefaultPolicy"
    assert plan["calls_per_minute"] == 60
    assert plan["evidence"]["limit"] == 100
    assert {fault["error_percent"] for fault in plan["evidence"]["faults"]} == {1, 10, 100}
    assert [step["expected_calls"] for step in plan["steps"]] == [30, 150]
    assert "min_invocations is 50; it is extended to about 11m in all" in plan["steps"][0]["warning"]
    assert plan["cost"]["counts"]["metrics"] == (12 + 6) * 6
    assert (plan["refusals"], plan["warnings"]) == ([], [])


def test_alias_without_calls_has_unknown_traffic(answer_of):
    """P5."""
    plan = answer_of()["plan"]
    assert plan["calls_per_minute"] == "unknown"
    assert [step["expected_calls"] for step in plan["steps"]] == ["unknown", "unknown"]
    (warning,) = plan["warnings"]
    assert warning.startswith("CloudWatch has no recent calls of my-api:live")


def test_open_minutes_are_ignored(answer_of, traffic):
    traffic(60, minutes=30)
    still_open = NOW.replace(second=0) - PERIOD
    dimensions = [{"Name": "FunctionName", "Value": "my-api"}, {"Name": "Resource", "Value": "my-api:live"}]
    data = {"MetricName": "Invocations", "Dimensions": dimensions, "Timestamp": still_open, "Value": 5000}
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[data])
    assert answer_of()["plan"]["calls_per_minute"] == 60


def test_preset_is_answered_with_all_steps(answer_of, traffic):
    traffic(6000)
    plan = answer_of(policy="Linear40PercentEvery10Minutes")["plan"]
    assert [(step["percent"], step["from"], step["until"]) for step in plan["steps"]] == [
        (40, "0s", "10m"),
        (80, "10m", "20m"),
    ]
    assert (plan["total"], plan["policy"]["min_invocations"]) == ("35m", 50)
    assert plan["policy_source"] == "the preset Linear40PercentEvery10Minutes, named by the execution's input"


def test_plan_lists_every_refusal(answer_of):
    bad = {"steps": [{"percent": 0, "hold": "5m"}], "backe": 5}
    document = answer_of(version="9", alias="blue", weight=1, policy=bad)
    assert document["reason"].startswith(
        "dry run, nothing was touched: it would be refused, for 4 reasons that plan.refusals lists"
    )
    plan = document["plan"]
    assert [refusal["error"] for refusal in plan["refusals"]] == [
        "InvalidRequestError",
        "InvalidPolicyError",
        "UnknownAliasError",
        "UnknownVersionError",
    ]
    assert "policy.backe is not a known field" in plan["refusals"][1]["sentence"]
    assert "steps" not in plan


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"function": "no-api"}, "UnknownFunctionError"),
        ({"function": "arn:aws:lambda:us-east-1:123456789012:function:my-api"}, "OtherAccountError"),
    ],
)
def test_missing_function_is_answered_with_its_policy(answer_of, fields, error):
    plan = answer_of(**fields, policy="AllAtOnce")["plan"]
    assert [refusal["error"] for refusal in plan["refusals"]] == [error]
    assert (plan["steps"], plan["total"]) == ([], "15m")


def test_pending_version_is_a_warning(answer_of, lambda_wire):
    lambda_wire.describe("2", State="Pending")
    plan = answer_of()["plan"]
    assert plan["start"] == "begin"
    assert any("Version 2 is still Pending" in warning for warning in plan["warnings"])


@pytest.mark.parametrize(
    ("choice", "start", "sentence"),
    [
        ("queue", "queue", "would wait for its turn on my-api:live behind version 1 (execution older)"),
        ("supersede", "queue", "which would have to roll back first"),
        ("refuse", "reject", "it would be refused, for 1 reason"),
    ],
)
def test_locked_alias_is_answered_without_superseding_its_holder(answer_of, choice, start, sentence):
    """P3."""
    locks().acquire(OLDER)
    document = answer_of(policy={"steps": STEPS, "on_newer_version": choice})
    assert document["plan"]["start"] == start
    assert sentence in document["reason"]
    assert owned_entry("lock").get("superseded_by") is None


def test_newer_queued_version_is_answered(answer_of):
    queued = QueuedVersion(version="9", holder=OLDER.holder, seen_at=NOW)
    queue().join(OLDER.target, queued)
    assert "version 9 waits for its turn" in answer_of()["reason"]


def test_missing_alias_is_not_created(answer_of):
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    document = answer_of()
    assert "my-api:live does not exist; it would be created at version 2" in document["reason"]
    assert document["plan"]["start"] == "nothing_to_do"


def test_split_alias_is_a_refusal(answer_of):
    move_alias("1", **{"2": 0.1})
    assert [refusal["error"] for refusal in answer_of()["plan"]["refusals"]] == ["AliasSplitError"]


@pytest.mark.parametrize("request_", [{"dry_run": True}, {"function": "my api", "dry_run": True}])
def test_dry_run_without_function_is_rejected(handle, lambda_wire, ledger, all_published, request_):
    """P6: nothing is published."""
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request_})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert (lambda_wire.calls, ledger(), all_published()) == ([], [], [])


def test_invalid_dry_run_field_is_rejected(handle, lambda_wire, ledger):
    """P6."""
    request = {"function": "my-api", "dry_run": "yes"}
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert 'dry_run is "yes": write true or false' in document["Cause"]
    assert (owned_entry("lock"), ledger()) == (None, [])


def test_request_with_dry_run_false_begins(handle, lambda_wire, ledger):
    request = {"function": "my-api", "dry_run": False}
    assert handle("prepare_rollout", event("prepare_rollout") | {"request": request})["start"] == "begin"


API = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}}


def test_alias_behind_an_api_is_warned_about_unless_more_than_errors_is_measured(answer_of, traffic, lambda_wire):
    traffic(6000)
    lambda_wire.answer("GetPolicy", Policy=json.dumps({"Statement": [API]}))
    (warning,) = answer_of()["plan"]["warnings"]
    assert warning.startswith("my-api:live is called by an API of API Gateway, and Lambda counts an HTTP 500")
    policy = {"steps": STEPS, "metrics": ["errors", {"logs": {"level": "ERROR"}}]}
    assert [text for text in answer_of(policy=policy)["plan"]["warnings"] if "HTTP 500" in text] == []


def test_rollout_does_not_read_who_calls_the_alias(handle, lambda_wire, ledger):
    """These operations share Lambda's smallest quota, so only a person's question is worth them."""
    handle("prepare_rollout", event("prepare_rollout"))
    assert not {"GetPolicy", "GetFunctionUrlConfig", "ListEventSourceMappings"} & {*lambda_wire.calls}


def test_price_of_log_queries_rests_on_what_the_log_group_receives(answer_of, traffic):
    """10.8 GB in three hours: the first query scans them, the later ones what is new or can be late."""
    traffic(6000)
    closed = NOW.replace(second=0) - 2 * PERIOD
    dimensions = [{"Name": "LogGroupName", "Value": "/aws/lambda/my-api"}]
    datum = {"MetricName": "IncomingBytes", "Dimensions": dimensions, "Timestamp": closed - PERIOD, "Value": 10.8e9}
    client("cloudwatch").put_metric_data(Namespace="AWS/Logs", MetricData=[datum])
    cost = answer_of(policy={"steps": STEPS, "metrics": ["errors", {"logs": {"pattern": "ERROR"}}]})["plan"]["cost"]
    assert cost["counts"]["log_queries"] == answer_of(policy={"steps": STEPS})["plan"]["evaluations"]
    assert 10.8 < cost["counts"]["log_gb"] < 30
    assert cost["parts"]["log_queries"] == round(cost["counts"]["log_gb"] * 0.5, 4)


def test_price_of_reading_the_canary_log_after_a_rollback_is_stated_apart(answer_of, monkeypatch):
    """A megabyte a second."""
    closed = NOW.replace(second=0) - 2 * PERIOD
    dimensions = [{"Name": "LogGroupName", "Value": "/aws/lambda/my-api"}]
    datum = {"MetricName": "IncomingBytes", "Dimensions": dimensions, "Timestamp": closed - PERIOD, "Value": 10.8e9}
    client("cloudwatch").put_metric_data(Namespace="AWS/Logs", MetricData=[datum])
    plan = answer_of(policy={"steps": STEPS})["plan"]
    assert plan["canary_logs_cost"]["log_queries"] == 3
    assert plan["canary_logs_cost"]["log_gb"] == round(3 * min(plan["total_seconds"], 1_800) * 1e-3, 3)
    assert plan["cost"]["counts"]["log_queries"] == 0
    monkeypatch.setenv("CANARY_LOGS", "off")
    assert "canary_logs_cost" not in answer_of(policy={"steps": STEPS})["plan"]


def test_price_of_reading_an_unknown_log_is_not_stated(answer_of):
    assert "canary_logs_cost" not in answer_of(policy={"steps": STEPS})["plan"]
