"""Tests of executions: each name starts one execution."""

import pytest
from botocore.stub import Stubber

from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from tests.integration.conftest import client

ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
PARAMETERS = {"stateMachineArn": ARN, "name": "my-api-2", "input": "{}"}


def started(stub: Stubber) -> bool:
    with stub:
        return Executions(stub.client, ARN).start_once("my-api-2", "{}")


def test_new_name_starts_execution():
    stub = Stubber(client("stepfunctions"))
    stub.add_response("start_execution", {"executionArn": "arn:of:it", "startDate": 0}, PARAMETERS)
    assert started(stub) is True


def test_used_name_starts_nothing():
    """P7."""
    stub = Stubber(client("stepfunctions"))
    stub.add_client_error("start_execution", "ExecutionAlreadyExists", http_status_code=400)
    assert started(stub) is False


def test_throttled_start_is_unavailable():
    stub = Stubber(client("stepfunctions"))
    stub.add_client_error("start_execution", "ThrottlingException", http_status_code=400)
    with pytest.raises(AwsUnavailableError, match="starting execution my-api-2"):
        started(stub)


def test_result_of_execution_has_its_error():
    stub = Stubber(client("stepfunctions"))
    arn = ARN.replace("stateMachine", "execution") + ":my-api-2"
    execution = {"executionArn": arn, "stateMachineArn": ARN, "startDate": 0}
    result = {"status": "FAILED", "error": "AliasSplitError"}
    for _ in range(2):
        stub.add_response("describe_execution", execution | result, {"executionArn": arn})
    with stub:
        assert Executions(stub.client, ARN).find_result("my-api-2") == ("FAILED", "AliasSplitError")
        assert Executions(stub.client, ARN).find_error(arn) == "AliasSplitError"


EXECUTION_ARN = ARN.replace("stateMachine", "execution") + ":my-api-2"


def test_execution_is_stopped_with_error_and_cause():
    stub = Stubber(client("stepfunctions"))
    expected = {"executionArn": EXECUTION_ARN, "error": "RolloutAborted", "cause": "aborted by the command x"}
    stub.add_response("stop_execution", {"stopDate": 0}, expected)
    with stub:
        Executions(stub.client, ARN).stop(EXECUTION_ARN, "RolloutAborted", "aborted by the command x")
    stub.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "ValidationException"])
def test_execution_that_does_not_run_needs_no_stop(code):
    """P4."""
    stub = Stubber(client("stepfunctions"))
    stub.add_client_error("stop_execution", code, http_status_code=400)
    with stub:
        Executions(stub.client, ARN).stop(EXECUTION_ARN, "RolloutAborted", "why")


def test_refused_stop_is_raised():
    stub = Stubber(client("stepfunctions"))
    stub.add_client_error("stop_execution", "AccessDeniedException", http_status_code=400)
    with stub, pytest.raises(AwsRefusedError, match="stopping execution"):
        Executions(stub.client, ARN).stop(EXECUTION_ARN, "RolloutAborted", "why")


def test_throttled_stop_is_unavailable():
    stub = Stubber(client("stepfunctions"))
    stub.add_client_error("stop_execution", "ThrottlingException", http_status_code=400)
    with stub, pytest.raises(AwsUnavailableError, match="stopping execution"):
        Executions(stub.client, ARN).stop(EXECUTION_ARN, "RolloutAborted", "why")
