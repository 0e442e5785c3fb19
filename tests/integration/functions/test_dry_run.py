"""A dry run says what a request would come to, and touches nothing (P6)."""

from datetime import timedelta

import pytest

from rollout.aws.wiring import locks, queue
from rollout.state.lock import QueuedVersion, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event, move_alias, owned

pytestmark = pytest.mark.usefixtures("my_api")

READS = {"GetFunction", "GetAlias", "ListVersionsByFunction", "GetProvisionedConcurrencyConfig"}
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
ASKED = {"function": "my-api", "dry_run": True}
PERIOD = timedelta(minutes=1)


@pytest.fixture
def heard(news, notifications):
    """Return what others were told so far."""
    return lambda: [*news(), *notifications()]


@pytest.fixture
def rehearse(handle, lambda_wire, ledger, heard):
    """Run the handler on a dry run; require that it ends green, that nothing was written and that nobody was told."""

    def run(**asked):
        before = _world(ledger)
        document = handle("prepare_rollout", event("prepare_rollout") | {"request": ASKED | asked})
        assert document["start"] == "nothing_to_do"
        assert document["reason"].startswith("dry run, nothing was touched: ")
        assert _world(ledger) == before
        assert set(lambda_wire.called) <= READS
        assert heard() == []
        return document

    return run


def _world(ledger):
    found = client("lambda").list_aliases(FunctionName="my-api")["Aliases"]
    return [(one["Name"], one["RevisionId"]) for one in found], ledger(), owned("lock"), owned("queue")


@pytest.fixture
def served(aws):
    """Have the alias called so often in each of its last minutes that CloudWatch has told of."""

    def run(per_minute, minutes=60):
        closed = NOW.replace(second=0) - 2 * PERIOD
        called = [{"Name": "FunctionName", "Value": "my-api"}, {"Name": "Resource", "Value": "my-api:live"}]
        for first in range(0, minutes, 20):
            data = [
                {
                    "MetricName": "Invocations",
                    "Dimensions": called,
                    "Timestamp": closed - (number + 1) * PERIOD,
                    "Value": per_minute,
                }
                for number in range(first, min(first + 20, minutes))
            ]
            client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)

    return run


def test_a_plan_is_told_from_the_aliass_own_traffic(rehearse, served):
    served(60)
    document = rehearse()
    plan = document["plan"]
    assert document["reason"] == (
        "dry run, nothing was touched: version 2 would be rolled out to my-api:live in 2 steps, in place of version 1,"
        " and be done after 15m as planned; the plan has 1 warning"
    )
    assert (plan["start"], plan["target"]["alias"]) == ("begin", "live")
    assert (plan["stable_version"], plan["canary_version"]) == ("1", "2")
    assert plan["policy_source"] == "the stack's DefaultPolicy"
    assert plan["calls_per_minute"] == 60
    assert [step["expected_calls"] for step in plan["steps"]] == [30, 150]
    assert "min_invocations is 50; it is extended to about 11m in all" in plan["steps"][0]["warning"]
    assert plan["cost"]["counts"]["metrics"] == 12 * 6 + 6 * 4
    assert (plan["refusals"], plan["warnings"]) == ([], [])


def test_an_alias_nobody_calls_is_unknown_and_not_fine(rehearse):
    """P5."""
    plan = rehearse()["plan"]
    assert plan["calls_per_minute"] == "unknown"
    assert [step["expected_calls"] for step in plan["steps"]] == ["unknown", "unknown"]
    (warning,) = plan["warnings"]
    assert warning.startswith("CloudWatch has no recent calls of my-api:live")


def test_calls_of_which_cloudwatch_has_not_told_all_are_left_out(rehearse, served):
    served(60, minutes=30)
    still_open = NOW.replace(second=0) - PERIOD
    called = [{"Name": "FunctionName", "Value": "my-api"}, {"Name": "Resource", "Value": "my-api:live"}]
    data = {"MetricName": "Invocations", "Dimensions": called, "Timestamp": still_open, "Value": 5000}
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[data])
    assert rehearse()["plan"]["calls_per_minute"] == 60


def test_a_preset_is_told_in_full(rehearse, served):
    served(6000)
    plan = rehearse(policy="Linear40PercentEvery10Minutes")["plan"]
    assert [(step["percent"], step["from"], step["until"]) for step in plan["steps"]] == [
        (40, "0s", "10m"),
        (80, "10m", "20m"),
    ]
    assert (plan["total"], plan["policy"]["min_invocations"]) == ("35m", 50)
    assert plan["policy_source"] == "the preset Linear40PercentEvery10Minutes, named by the execution's input"


def test_every_reason_is_in_the_plan(rehearse):
    bad = {"steps": [{"percent": 0, "hold": "5m"}], "backe": 5}
    document = rehearse(version="9", alias="blue", weight=1, policy=bad)
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
    ("asked", "error"),
    [
        ({"function": "no-api"}, "UnknownFunctionError"),
        ({"function": "arn:aws:lambda:us-east-1:123456789012:function:my-api"}, "OtherAccountError"),
    ],
)
def test_a_function_that_is_not_there_is_told_with_its_policy(rehearse, asked, error):
    plan = rehearse(**asked, policy="AllAtOnce")["plan"]
    assert [refusal["error"] for refusal in plan["refusals"]] == [error]
    assert (plan["steps"], plan["total"]) == ([], "15m")


def test_a_pending_version_is_told_and_not_waited_for(rehearse, lambda_wire):
    lambda_wire.describe("2", State="Pending")
    plan = rehearse()["plan"]
    assert plan["start"] == "begin"
    assert any("Version 2 is still Pending" in warning for warning in plan["warnings"])


@pytest.mark.parametrize(
    ("choice", "start", "said"),
    [
        ("queue", "queue", "would wait for its turn on my-api:live behind version 1 (execution older)"),
        ("supersede", "queue", "which would have to roll back first"),
        ("refuse", "reject", "it would be refused, for 1 reason"),
    ],
)
def test_a_claimed_alias_is_told_and_its_holder_is_left_in_peace(rehearse, choice, start, said):
    """P3."""
    locks().take(OLDER)
    document = rehearse(policy={"steps": STEPS, "on_newer_version": choice})
    assert document["plan"]["start"] == start
    assert said in document["reason"]
    assert owned("lock").get("superseded_by") is None


def test_a_newer_version_that_waits_is_told(rehearse):
    waiting = QueuedVersion(version="9", holder=OLDER.holder, seen_at=NOW)
    queue().enter(OLDER.target, waiting)
    assert "version 9 waits for its turn" in rehearse()["reason"]


def test_an_alias_that_does_not_exist_is_not_made(rehearse):
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    document = rehearse()
    assert "my-api:live does not exist; it would be created at version 2" in document["reason"]
    assert document["plan"]["start"] == "nothing_to_do"


def test_a_split_alias_is_told(rehearse):
    move_alias("1", **{"2": 0.1})
    assert [refusal["error"] for refusal in rehearse()["plan"]["refusals"]] == ["AliasSplitError"]


@pytest.mark.parametrize("asked", [{"dry_run": True}, {"function": "my api", "dry_run": True}])
def test_without_a_function_there_is_nothing_to_plan(handle, lambda_wire, ledger, heard, asked):
    """P6: and nobody else is told of it."""
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": asked})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert (lambda_wire.called, ledger(), heard()) == ([], [], [])


def test_what_is_no_dry_run_is_refused_before_it_becomes_a_rollout(handle, lambda_wire, ledger):
    """P6."""
    request = {"function": "my-api", "dry_run": "yes"}
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert 'dry_run is "yes": write true or false' in document["Cause"]
    assert (owned("lock"), ledger()) == (None, [])


def test_false_is_as_good_as_nothing(handle, lambda_wire, ledger):
    request = {"function": "my-api", "dry_run": False}
    assert handle("prepare_rollout", event("prepare_rollout") | {"request": request})["start"] == "begin"
