"""Tests of the guardian with several targets: one that cannot be served never stops the others (P9)."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.sweeps.sightings import sightings
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.lambda_.tagged_functions import TaggedAlias, TaggedFunctions
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsRefusedError
from rollout.domain.identity import Target
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, alias, client, event

SWEEP, VERSIONS = {"sweep": "aliases"}, {"sweep": "versions"}
GHOST = "0-api"
NAMES = ("a-api", "b-api", "my-api")

pytestmark = pytest.mark.usefixtures("my_api", "ledger", "state_machine")


@pytest.fixture
def three_functions() -> None:
    """The functions a-api and b-api beside my-api, each with versions 1 and 2 and the alias live at version 1."""
    role = client("iam").get_role(RoleName="api")["Role"]["Arn"]
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": b"one"}}
    for name in NAMES[:2]:
        tags = {"rollout:alias": "live"}
        client("lambda").create_function(FunctionName=name, Role=role, Publish=True, Tags=tags, **code)
        client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        client("lambda").update_function_code(FunctionName=name, ZipFile=b"two", Publish=True)


@pytest.fixture
def dead_rollouts(three_functions: None, handle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollout of each function, whose execution was stopped in its first step."""
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "ABORTED")
    for name in NAMES:
        document = shifting(name)
        rollout = Rollout.model_validate(document)
        locks().acquire(lock_of(rollout))
        rollout_ledger().open(rollout, NOW)
        handle("shift_traffic", document)


def target(function: str) -> Target:
    """Return the alias live of a function."""
    return Target(**event("shift_traffic")["target"] | {"function": function})


def shifting(function: str) -> dict[str, Any]:
    """Return the document of a rollout of a function before its first shift."""
    document = event("shift_traffic")
    live = client("lambda").get_alias(FunctionName=function, Name="live")
    execution = document["execution"]
    return document | {
        "target": document["target"] | {"function": function},
        "execution": execution | {"arn": f"{execution['arn']}-{function}", "name": f"{execution['name']}-{function}"},
        "revision_id": live["RevisionId"],
    }


def refuse_for(monkeypatch: pytest.MonkeyPatch, method: str, function: str, error: Exception) -> None:
    """Let a method of the alias's adapter raise an error for one function."""
    original = getattr(LambdaAlias, method)

    def refusing(self: Any, *arguments: Any) -> Any:
        if self._target.function == function:
            raise error
        return original(self, *arguments)

    monkeypatch.setattr(LambdaAlias, method, refusing)


def test_denied_alias_does_not_stop_sweep_of_aliases(handle, dead_rollouts, lambda_wire, capsys, log):
    """P1: the first function lost its tag, so IAM denies the write."""
    lambda_wire.refuse_function("UpdateAlias", "a-api", "AccessDeniedException")
    answer = handle("guardian", SWEEP)
    assert [result["target"] for result in answer["repaired"]] == ["b-api:live", "my-api:live"]
    (failed,) = answer["failed"]
    assert failed["target"] == "123456789012/eu-west-1/a-api/live"
    assert "AccessDeniedException" in failed["error"]
    assert alias()["weights"] == {}
    output = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["TargetsFailed"] for line in output if "TargetsFailed" in line] == [[1.0]]
    assert [record.target for record in log if record.msg == "Target failed"] == [failed["target"]]


def test_defect_at_one_alias_does_not_stop_sweep_of_aliases(handle, dead_rollouts, monkeypatch, log):
    refuse_for(monkeypatch, "find", "a-api", ZeroDivisionError("by us"))
    answer = handle("guardian", SWEEP)
    assert [result["target"] for result in answer["repaired"]] == ["b-api:live", "my-api:live"]
    assert answer["failed"][0]["error"] == "ZeroDivisionError: by us"
    assert [record.exc_info[0] for record in log if record.exc_info] == [ZeroDivisionError]


def test_unreadable_lock_does_not_stop_sweep_of_aliases(handle, dead_rollouts):
    client("dynamodb").update_item(
        TableName="ledger",
        Key={"target": {"S": "123456789012/eu-west-1/a-api/live"}, "entry": {"S": "lock"}},
        UpdateExpression="SET lock_document = :broken",
        ExpressionAttributeValues={":broken": {"S": "{}"}},
    )
    answer = handle("guardian", SWEEP)
    assert [result["target"] for result in answer["repaired"]] == ["b-api:live", "my-api:live"]
    assert [failed["target"] for failed in answer["failed"]] == ["123456789012/eu-west-1/a-api/live"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, ledger: Any) -> list[str]:
    """The functions whose rollout was started; a sweep saw version 2 of each an hour before NOW."""
    names: list[str] = []
    monkeypatch.setattr(
        Executions, "start_once", lambda _self, name, _: names.append(name.partition("-api")[0]) is None
    )
    at = NOW - timedelta(hours=1)
    seen = Sighting(settled="1", waiting="2", waiting_since=at, seen_at=at).model_dump_json()
    for name in NAMES:
        sightings().save(target(name), seen)
    return names


@pytest.mark.parametrize("code", ["AccessDeniedException", "KMSAccessDeniedException", "ServiceException"])
def test_refused_function_does_not_stop_sweep_of_versions(handle, three_functions, started, lambda_wire, code):
    lambda_wire.refuse_function("GetAlias", "a-api", code)
    answer = handle("guardian", VERSIONS)
    assert sorted(started) == ["b", "my"]
    assert [failed["target"] for failed in answer["failed"]] == ["a-api:live"]
    assert code in answer["failed"][0]["error"]


def test_deleted_function_does_not_stop_sweep_of_versions(handle, three_functions, started, monkeypatch, lambda_wire):
    """GetResources lists a deleted function for an hour or more: it is reported, and sets off no alarm."""
    for operation in ("GetAlias", "GetFunction"):
        lambda_wire.refuse_function(operation, GHOST, "ResourceNotFoundException")
    tagged = [TaggedAlias(target(name), None) for name in (GHOST, *NAMES)]
    monkeypatch.setattr(TaggedFunctions, "aliases", lambda _self: tagged)
    answer = handle("guardian", VERSIONS)
    assert started == ["a", "b", "my"]
    assert (answer["failed"], answer["deleted"]) == ([], [f"{GHOST}:live"])


def test_resource_that_is_no_function_does_not_stop_sweep_of_versions(handle, three_functions, started, monkeypatch):
    """P9: one ARN of GetResources that cannot be read is reported, and the functions after it are served."""
    arns = [f"arn:aws:lambda:eu-west-1:123456789012:function:{name}" for name in ("a-api", "b/c", "my-api")]
    tags = [{"Key": "rollout:alias", "Value": "live"}]
    page = {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tags} for arn in arns]}
    pages = SimpleNamespace(paginate=lambda **_: [page])
    monkeypatch.setattr(clients.tagging_client(), "get_paginator", lambda _: pages)
    answer = handle("guardian", VERSIONS)
    assert started == ["a", "my"]
    (failed,) = answer["failed"]
    assert failed["error"].endswith(f"these resources with the tag rollout:alias are no functions: {arns[1]}")


def test_unreadable_tags_of_an_account_are_reported(handle, started, monkeypatch):
    def refuse(_self: object) -> list[Target]:
        raise AwsRefusedError("listing the opted-in functions: AWS refused the call", "AccessDeniedException")

    monkeypatch.setattr(TaggedFunctions, "aliases", refuse)
    (failed,) = handle("guardian", VERSIONS)["failed"]
    assert failed["target"] == "the opted-in functions of account 123456789012, region eu-west-1"


def remaining(context: SimpleNamespace, *milliseconds: int) -> None:
    """Let the guardian have this much time left before each target, in turn."""
    left = iter(milliseconds)
    context.get_remaining_time_in_millis = lambda: next(left)


def test_guardian_out_of_time_starts_no_target_and_goes_on_there_next_time(handle, context, dead_rollouts, capsys):
    """No target starves: the next sweep begins with the first target that this one did not reach."""
    remaining(context, 300_000, 80_000)
    answer = handle("guardian", SWEEP)
    assert [result["target"] for result in answer["repaired"]] == ["a-api:live"]
    assert answer["not_reached"] == [f"123456789012/eu-west-1/{name}/live" for name in NAMES[1:]]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["TargetsNotReached"] for line in lines if "TargetsNotReached" in line] == [[2.0]]


def test_failing_first_targets_do_not_starve_the_last(handle, context, dead_rollouts, lambda_wire):
    lambda_wire.refuse_function("UpdateAlias", "a-api", "AccessDeniedException")
    lambda_wire.refuse_function("UpdateAlias", "b-api", "AccessDeniedException")
    repaired = []
    for _ in range(2):
        remaining(context, 300_000, 300_000, 80_000)
        repaired += [result["target"] for result in handle("guardian", SWEEP)["repaired"]]
    assert repaired == ["my-api:live"]
