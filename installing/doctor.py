"""`python -m installing.doctor`: lets a deployed stack examine itself, and shows what it finds."""

import json
import sys
import time
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.table import Table

from installing.marks import MARKS, is_fit

_SECONDS = 300
"""How long the command state machine has: longer than its task may take with its retries."""
_POLL_SECONDS = 0.5


class NotExaminedError(Exception):
    """When the stack cannot be examined; the message has the reason and what to do."""


def examine(session: boto3.Session, stack: str) -> dict[str, Any]:
    """Return the answer of the command `doctor`. Raises NotExaminedError."""
    try:
        machine = _command_state_machine(session.client("cloudformation"), stack)
        return _run(session.client("stepfunctions"), machine)
    except (BotoCoreError, ClientError) as error:
        raise NotExaminedError(
            f"AWS does not let the stack {stack} be examined: {error}. Name it with STACK=, REGION= and PROFILE=, or"
            " sign in first."
        ) from error


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


def table_of(findings: list[dict[str, str]]) -> Table:
    """Return the findings as a table, each with its fix below it."""
    table = Table(box=box.SIMPLE_HEAD, show_header=True, header_style="bold")
    table.add_column("Grade")
    table.add_column("Check", no_wrap=True)
    table.add_column("Found, and what to do", overflow="fold")
    for finding in findings:
        fix = f"\n→ {finding['fix']}" if finding["fix"] else ""
        table.add_row(MARKS[finding["grade"]], finding["check"], f"{finding['found']}{fix}")
    return table


@click.command()
@click.option("--stack", default="lambda-rollouts", show_default=True, help="The stack of Lambda Rollouts.")
@click.option("--region", help="The region of the stack; without it, that of your AWS settings.")
@click.option("--profile", help="The profile of your AWS settings.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def main(stack: str, region: str | None, profile: str | None, *, as_json: bool) -> None:
    """Let a deployed stack examine itself. Exit with 1 where something is bad or unknown."""
    try:
        answer = examine(boto3.Session(region_name=region, profile_name=profile), stack)
    except (NotExaminedError, BotoCoreError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        Console(highlight=False).print(table_of(answer["findings"]))
        click.secho(f"{answer['reason']}.", bold=True)
    sys.exit(0 if is_fit(answer["findings"]) else 1)


if __name__ == "__main__":
    main(prog_name="python -m installing.doctor")
