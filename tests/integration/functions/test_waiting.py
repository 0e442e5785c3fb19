"""Tests of PrepareRollout while a version waits: for a missing alias, and longer than one execution can."""

import json
from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from rollout.admission.events.version_event import execution_name
from rollout.admission.successor import MAX_TRIES, MAX_WAIT
from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.domain.errors import AwsUnavailableError
from rollout.domain.identity import Target
from rollout.state.endings import ending_of
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, alias, client, event, move_alias, owned_entry

pytestmark = pytest.mark.usefixtures("my_api", "ledger", "lambda_wire", "state_machine")

REQUEST = {"function": "my-api"}
SUCCESSOR = "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-2-wait2"
EARLIER = Rollout.model_validate(
    event("judge_canary")
    | {
        "canary_version": "1",
        "stable_version": "1",
        "execution": {"arn": "arn:of:an:older:one", "name": "older", "started_at": "2026-03-01T11:00:00Z"},
    }
)


@pytest.fixture
def prepare(handle):
    """Run the handler with the document of the try before; some fields of the execution may be changed."""

    def run(previous=None, **execution):
        preparation = event("prepare_rollout") | {"request": REQUEST, "previous": previous or REQUEST}
        return handle("prepare_rollout", preparation | {"execution": preparation["execution"] | execution})

    return run


def waited(document, tries, since=None):
    """Return a document after so many tries."""
    return document | {"waiting": {"tries": tries, "alias_missing_since": since}}


@pytest.fixture
def had_rollout(my_api, ledger):
    """The alias had a rollout that was promoted, and was then deleted."""
    rollout_ledger().open(EARLIER, NOW)
    rollout_ledger().close(EARLIER.target, EARLIER.execution, ending_of("promoted", "as decided"), NOW)
    client("lambda").delete_alias(FunctionName="my-api", Name="live")


def aliases():
    return [each["Name"] for each in client("lambda").list_aliases(FunctionName="my-api")["Aliases"]]


@pytest.mark.usefixtures("had_rollout")
def test_missing_alias_that_had_rollouts_is_waited_for(prepare):
    """P6: nothing is created at the new version."""
    document = prepare()
    assert (document["start"], document["wait_seconds"], aliases()) == ("queue", 20, [])
    assert datetime.fromisoformat(document["waiting"]["alias_missing_since"]) == NOW


@pytest.mark.usefixtures("had_rollout")
def test_alias_that_is_created_again_begins_its_rollout(prepare):
    document = prepare()
    client("lambda").create_alias(FunctionName="my-api", Name="live", FunctionVersion="1")
    begun = prepare(document)
    assert (begun["start"], begun["stable_version"], alias()["version"]) == ("begin", "1", "1")


@pytest.mark.usefixtures("had_rollout")
def test_alias_that_stays_missing_is_refused_with_the_command_that_creates_it(prepare):
    """P6."""
    refused = prepare(waited(prepare(), 15, (NOW - timedelta(minutes=5)).isoformat()))
    assert (refused["start"], refused["Error"], aliases()) == ("reject", "AliasMissingError", [])
    assert "aws lambda create-alias --function-name my-api --name live --function-version 1" in refused["Cause"]


@pytest.fixture
def queued(prepare):
    """The document of a version that waits for another rollout."""
    locks().acquire(lock_of(EARLIER))
    return prepare()


def started(state_machine):
    """Return the name and the input of each execution that was started."""
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
    listed = state_machine.list_executions(stateMachineArn=arn)["executions"]
    described = [state_machine.describe_execution(executionArn=each["executionArn"]) for each in listed]
    return [(each["name"], json.loads(each["input"])) for each in described]


def test_each_try_is_counted_in_the_document(prepare, queued):
    assert [queued["waiting"]["tries"], prepare(queued)["waiting"]["tries"]] == [1, 2]


def test_version_that_waits_says_why(queued):
    assert "version 2 waits for its turn" in queue().find(EARLIER.target).reason


def test_version_that_is_refused_after_it_waited_leaves_the_queue(prepare, queued):
    locks().release(EARLIER.target, EARLIER.execution)
    move_alias("2")
    assert (prepare(queued)["Error"], owned_entry("queue")) == ("AlreadyServedError", None)


def test_version_that_has_nothing_to_do_after_it_waited_leaves_the_queue(prepare, queued):
    locks().release(EARLIER.target, EARLIER.execution)
    locks().acquire(lock_of(EARLIER.model_copy(update={"canary_version": "3"})))
    assert (prepare(queued)["start"], owned_entry("queue")) == ("nothing_to_do", None)


def test_execution_with_too_many_tries_leaves_its_place_to_another(prepare, queued, state_machine):
    """P8: the version keeps its place in the queue until the other execution takes it."""
    ended = prepare(waited(queued, MAX_TRIES))
    name = queued["execution"]["name"] + "-wait2"
    assert (ended["start"], started(state_machine)) == ("nothing_to_do", [(name, REQUEST)])
    assert ended["reason"].startswith(f"execution {name} takes the place of this one, which has tried 100 times")
    assert owned_entry("queue")["holder"] == queued["execution"]["arn"]


def test_execution_that_waited_too_long_leaves_its_place_to_another(prepare, queued):
    began = (NOW - MAX_WAIT).isoformat()
    assert prepare(waited(queued, 1), started_at=began)["start"] == "nothing_to_do"


def test_successor_takes_the_place_in_the_queue(prepare, queued, state_machine):
    prepare(waited(queued, MAX_TRIES))
    successor = {"arn": SUCCESSOR, "name": "my-api-2-wait2", "started_at": NOW.isoformat()}
    assert prepare(**successor)["start"] == "queue"
    assert owned_entry("queue")["holder"] == SUCCESSOR


def test_try_killed_after_the_start_of_the_successor_starts_no_second_one(prepare, queued, state_machine):
    """P4, P7: not even where the lock has been released meanwhile."""
    first = prepare(waited(queued, MAX_TRIES))
    locks().release(EARLIER.target, EARLIER.execution)
    assert prepare(waited(queued, MAX_TRIES)) == first
    assert len(started(state_machine)) == 1
    assert owned_entry("lock") is None


def test_redriven_execution_whose_successor_has_ended_does_nothing(prepare, queued, state_machine, monkeypatch):
    """P7."""
    monkeypatch.setattr("rollout.aws.step_functions.Executions.start_once", lambda *_: False)
    ended = prepare(waited(queued, MAX_TRIES))
    assert ended["start"] == "nothing_to_do"
    assert "took, and has ended since, the place of this one" in ended["reason"]


def test_throttled_start_of_the_successor_is_tried_again(prepare, queued, monkeypatch):
    """P8."""

    def throttle(**_):
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "StartExecution")

    monkeypatch.setattr(clients.stepfunctions_client(), "start_execution", throttle)
    with pytest.raises(AwsUnavailableError):
        prepare(waited(queued, MAX_TRIES))


def test_successor_of_an_events_execution_rolls_out_no_version_twice(prepare, handle):
    """P7."""
    target = Target.model_validate(event("judge_canary")["target"])
    rolled_out = EARLIER.model_copy(update={"canary_version": "2"})
    rollout_ledger().open(rolled_out, NOW)
    rollout_ledger().close(target, rolled_out.execution, ending_of("rolled_back", "as decided"), NOW)
    successor = event("prepare_rollout") | {"request": REQUEST | {"version": "2"}}
    name = execution_name(target, "2") + "-wait2"
    document = handle("prepare_rollout", successor | {"execution": successor["execution"] | {"name": name}})
    assert document["start"] == "nothing_to_do"
    assert "was already rolled out" in document["reason"]
