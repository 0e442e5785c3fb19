"""Starts the execution that carries a rollout."""

from typing import TYPE_CHECKING

from rollout.aws.boto.errors import translate_aws_errors

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Executions:
    """The executions of one state machine."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def status(self, arn: str) -> str:
        """Return an execution's status in Step Functions' word, or `gone`; raises AwsUnavailableError."""
        return self._outcome(arn)[0]

    def ended(self, name: str) -> tuple[str, str]:
        """Return the status and the error of the execution of this name; raises AwsUnavailableError."""
        return self._outcome(f"{self._state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}")

    def _outcome(self, arn: str) -> tuple[str, str]:
        with translate_aws_errors(f"reading execution {arn}"):
            try:
                described = self._client.describe_execution(executionArn=arn)
            except self._client.exceptions.ExecutionDoesNotExist:
                return "gone", ""
        return described["status"], described.get("error", "")

    def start_once(self, name: str, request: str) -> bool:
        """Start an execution; False where one of that name has ended already. Raises AwsUnavailableError.

        One that still runs is answered as if it had just been started, and nothing is started.
        """
        with translate_aws_errors(f"starting execution {name}"):
            try:
                self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=request)
            except self._client.exceptions.ExecutionAlreadyExists:
                return False
        return True
