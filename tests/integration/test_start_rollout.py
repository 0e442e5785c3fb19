"""A published version of an opted-in function starts its one rollout."""

import json

import pytest

from tests.integration.conftest import client, event

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
FILES = ["start_rollout", "start_rollout_update_function_code"]


@pytest.fixture
def started(my_api, lambda_wire, state_machine):
    """Return the inputs of the executions that were started."""

    def inputs():
        arn = state_machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        found = state_machine.list_executions(stateMachineArn=arn)["executions"]
        return [json.loads(state_machine.describe_execution(executionArn=e["executionArn"])["input"]) for e in found]

    return inputs


@pytest.mark.parametrize("file", FILES)
def test_each_way_of_publishing_starts_the_same_rollout(handle, started, file):
    assert handle("start_rollout", event(file))["started"] is True
    assert started() == [{"function": ARN, "alias": "live", "version": "2"}]


def test_an_event_that_comes_again_starts_nothing(handle, started):
    """P7: whichever way the version was published."""
    names = {handle("start_rollout", event(file))["reason"] for file in [*FILES, *FILES]}
    assert len(started()) == len(names) == 1


def test_a_function_that_is_not_opted_in_is_left_alone(handle, started):
    """P9."""
    functions = client("lambda")
    arn = functions.get_function(FunctionName="my-api")["Configuration"]["FunctionArn"]
    functions.untag_resource(Resource=arn, TagKeys=["rollout:alias"])
    assert handle("start_rollout", event("start_rollout")) == {
        "started": False,
        "reason": "my-api has no opt-in tag",
    }
    assert started() == []


def test_an_event_of_another_account_is_not_taken_for_a_function_of_the_same_name(handle, started, ledger):
    """P9: even where somebody forwards it, and the function here is opted in."""
    assert handle("start_rollout", event("start_rollout") | {"account": "210987654321"})["started"] is True
    (asked,) = started()
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": asked})
    assert (document["outcome"], document["Error"]) == ("rejected", "ForeignTargetError")
    assert "function is in account 210987654321" in document["Cause"]
    assert ledger() == []
