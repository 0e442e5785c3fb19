"""Starts and reads executions of the rollout state machine."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import AwsRefusedError
from rollout.domain.identity import Execution

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

RUNNING = ("RUNNING", "PENDING_REDRIVE")
"""The statuses of an execution that runs, or is about to run again."""

_HAS_ENDED = ("ExecutionDoesNotExist", "ValidationException")
"""The errors of StopExecution about an execution that does not run."""


class Executions:
    """The executions of one state machine. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def find_status(self, arn: str) -> str:
        """Return the status of an execution, as Step Functions spells it, or `gone`."""
        return self._describe(arn)[0]

    def find_error(self, arn: str) -> str:
        """Return the error with which an execution ended; empty where it has none."""
        return self._describe(arn)[1]

    def find_result(self, name: str) -> tuple[str, str]:
        """Return the status and the error of the execution with this name; the error is empty where it has none."""
        return self._describe(self.arn_of(name))

    def arn_of(self, name: str) -> str:
        """Return the ARN of the execution with this name."""
        return f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def find_end(self, arn: str) -> tuple[str, str]:
        """Return the status of an execution, or `gone`, and the error with which it ended; empty where it has none."""
        return self._describe(arn)

    def _describe(self, arn: str) -> tuple[str, str]:
        with translate_aws_errors(f"reading execution {arn}"):
            try:
                described = self._client.describe_execution(executionArn=arn)
            except self._client.exceptions.ExecutionDoesNotExist:
                return "gone", ""
        return described["status"], described.get("error", "")

    def stop(self, arn: str, error: str, cause: str) -> None:
        """Stop an execution; nothing happens where it has ended, or no longer exists."""
        try:
            with translate_aws_errors(f"stopping execution {arn}"):
                self._client.stop_execution(executionArn=arn, error=error, cause=cause)
        except AwsRefusedError as refusal:
            if refusal.code not in _HAS_ENDED:
                raise

    def start_once(self, name: str, request: str) -> bool:
        """Start an execution; False where one with this name has ended.

        Returns True where one with this name and this input still runs: StartExecution is idempotent then.
        """
        with translate_aws_errors(f"starting execution {name}"):
            try:
                self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=request)
            except self._client.exceptions.ExecutionAlreadyExists:
                return False
        return True


def executions_beside(execution: Execution) -> Executions:
    """Return the executions of the state machine that runs this one; its ARN contains the state machine's name."""
    state_machine_arn = execution.arn.rpartition(":")[0].replace(":execution:", ":stateMachine:")
    return Executions(clients.stepfunctions_client(), state_machine_arn)


def release_executions() -> Executions:
    """Return the executions of the release state machine."""
    return Executions(clients.stepfunctions_client(), settings.release_state_machine_arn())


def executions() -> Executions:
    """Return the executions of the rollout state machine."""
    return Executions(clients.stepfunctions_client(), settings.state_machine_arn())
