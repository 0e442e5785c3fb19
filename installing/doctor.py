"""`python -m installing.doctor`: lets a deployed stack examine itself, and shows what it finds."""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from installing.marks import MARKS, is_fit

_SECONDS = 300
"""How long the command state machine has: longer than its task may take with its retries."""
_POLL_SECONDS = 0.5
_GRADE_WIDTH = 9


class NotExaminedError(Exception):
    """When the stack cannot be examined; the message has the reason and what to do."""


def _session(region: str | None, profile: str | None, stack: str) -> boto3.Session:
    """Return the session of the settings. Raises NotExaminedError, for example for an unknown profile."""
    try:
        return boto3.Session(region_name=region, profile_name=profile)
    except BotoCoreError as error:
        raise _not_examined(stack, error) from error


def examine(session: boto3.Session, stack: str) -> dict[str, Any]:
    """Return the answer of the command `doctor`. Raises NotExaminedError."""
    try:
        machine = _command_state_machine(session.client("cloudformation"), stack)
        return _run(session.client("stepfunctions"), machine)
    except (BotoCoreError, ClientError) as error:
        raise _not_examined(stack, error) from error


def _not_examined(stack: str, error: Exception) -> NotExaminedError:
    return NotExaminedError(
        f"The stack {stack} was not examined: {str(error).removesuffix('.')}. Name the stack, its region and your"
        " profile with STACK=, REGION= and PROFILE=, or sign in first."
    )


def _command_state_machine(formation: Any, stack: str) -> str:  # noqa: ANN401 - a client
    described = formation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    if "CommandStateMachineArn" not in outputs:
        raise NotExaminedError(
            f"The stack {stack} has no output CommandStateMachineArn: it is no stack of this project."
        )
    return str(outputs["CommandStateMachineArn"])


def _run(machines: Any, machine: str) -> dict[str, Any]:  # noqa: ANN401 - a client
    started = machines.start_execution(stateMachineArn=machine, input='{"command": "doctor"}')["executionArn"]
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        execution = machines.describe_execution(executionArn=started)
        if execution["status"] == "SUCCEEDED":
            answer: dict[str, Any] = json.loads(execution["output"])
            return answer
        if execution["status"] != "RUNNING":
            raise NotExaminedError(f"{execution.get('error', execution['status'])}: {execution.get('cause', '')}")
        time.sleep(_POLL_SECONDS)
    raise NotExaminedError(f"The execution {started} has not ended within {_SECONDS} seconds.")


def lines_of(findings: list[dict[str, str]]) -> Iterator[Text]:
    """Yield a line for each finding, and one for its fix: not folded, so that a command can be copied."""
    for finding in findings:
        mark = MARKS[finding["grade"]].copy()
        mark.pad_right(_GRADE_WIDTH - len(mark))
        yield mark + Text.assemble((finding["check"], "bold"), f": {finding['found']}")
        if finding["fix"]:
            yield Text(f"{' ' * _GRADE_WIDTH}→ {finding['fix']}")


@click.command()
@click.option("--stack", default="lambda-rollouts", show_default=True, help="The stack of Lambda Rollouts.")
@click.option("--region", help="The region of the stack; without it, that of your AWS settings.")
@click.option("--profile", help="The profile of your AWS settings.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def main(stack: str, region: str | None, profile: str | None, *, as_json: bool) -> None:
    """Let a deployed stack examine itself. Exit with 1 where something is bad or unknown."""
    try:
        answer = examine(_session(region, profile, stack), stack)
    except NotExaminedError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        console = Console(highlight=False)
        for line in lines_of(answer["findings"]):
            console.print(line, soft_wrap=True)
        click.secho(f"\n{answer['reason']}.", bold=True)
    sys.exit(0 if is_fit(answer["findings"]) else 1)


if __name__ == "__main__":
    main(prog_name="python -m installing.doctor")
