"""What `make sandbox` prepares and prints: the function my-api, and the commands that roll out two versions of it."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

from sandbox.history import USUAL, record_history
from sandbox.hook import SMOKE_TEST, Hook
from sandbox.server import ROOT, Sandbox
from sandbox.shop import Shop, write_package

FUNCTION = "my-api"
CALLS_PER_SECOND = 10
GOOD_VERSION = Path(".sandbox") / f"{FUNCTION}-good.zip"
BAD_VERSION = Path(".sandbox") / f"{FUNCTION}-bad.zip"
_STACK_OUTPUT = (
    "stack_output() { aws cloudformation describe-stacks --stack-name lambda-rollouts --output text "
    """--query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"; }"""
)
OUTPUTS = {
    "STATE_MACHINE_ARN": "StateMachineArn",
    "LEDGER_TABLE": "LedgerTableName",
    "COMMAND_STATE_MACHINE_ARN": "CommandStateMachineArn",
    "TAKE_COMMAND_BUTTONS_ARN": "TakeCommandButtonsArn",
}
"""The outputs of the stack that the pages of the documentation use, by the names of their shell variables."""


def create_function(sandbox: Sandbox) -> Shop:
    """Create my-api with version 1 behind its alias live, a hook, and the packages of two further versions."""
    shop = Shop(sandbox, FUNCTION)
    shop.create(opted_in=True, **USUAL)
    record_history(sandbox, shop, CALLS_PER_SECOND)
    Hook(sandbox).create()
    write_package(ROOT / GOOD_VERSION, **USUAL)
    write_package(ROOT / BAD_VERSION, **{**USUAL, "regression_percent": 25})
    return shop


def setup_commands(sandbox: Sandbox, outputs: dict[str, str]) -> Iterator[str]:
    """Yield the commands that let a shell use this sandbox, without the user's own AWS settings.

    They set what docs/operating.md sets, at this port.
    """
    yield f"cd {shlex.quote(str(ROOT))}"
    yield 'export PATH="$PWD/.venv/bin:$PATH"'
    yield "unset AWS_PROFILE AWS_SESSION_TOKEN"
    for name, value in {**sandbox.exports, "AWS_PAGER": ""}.items():
        yield f"export {name}={value}"
    for name, output in OUTPUTS.items():
        yield f"export {name}={outputs[output]}"
    yield _STACK_OUTPUT


def publish_command(package: Path) -> str:
    return f"aws lambda update-function-code --function-name {FUNCTION} --zip-file fileb://{package} --publish"


def hook_command(machine: str) -> str:
    """Return the command that rolls out version 3, if the hook finds it healthy before it has traffic."""
    policy = {"steps": "Canary10Percent5Minutes", "hooks": {"before_traffic": [{"function": SMOKE_TEST}]}}
    request = json.dumps({"function": FUNCTION, "version": "3", "policy": policy})
    return f"aws stepfunctions start-execution --state-machine-arn {machine} --input {shlex.quote(request)}"


def executions_command(machine: str) -> str:
    """Return the command that lists every rollout with its status."""
    return (
        f"aws stepfunctions list-executions --state-machine-arn {machine} "
        "--query 'executions[].[name,status]' --output table"
    )


def alias_command() -> str:
    """Return the command that shows which versions the alias serves."""
    return f"aws lambda get-alias --function-name {FUNCTION} --name live"


def reason_command(machine: str) -> str:
    """Return the command that prints why the newest failed rollout was rolled back."""
    newest = (
        f"aws stepfunctions list-executions --state-machine-arn {machine} --status-filter FAILED "
        "--query 'executions[0].executionArn' --output text"
    )
    return f'aws stepfunctions describe-execution --query cause --output text --execution-arn "$({newest})"'


def introduction(sandbox: Sandbox, outputs: dict[str, str], page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every heading and its lines, in the order to print them; `page` is the address of the dashboard, if any."""
    machine = outputs["StateMachineArn"]
    yield (
        f"The stack is deployed at {sandbox.url}",
        [
            *(f"{name}  {outputs[name]}" for name in ("StateMachineArn", "ReleaseStateMachineArn", "LedgerTableName")),
            f"{FUNCTION} serves version 1 behind its alias live: about {CALLS_PER_SECOND} calls a second; 1 % fail.",
        ],
    )
    if page:
        yield "See the dashboard, as a viewer or as an operator:", [page]
    yield "Use it from another shell, with the commands of docs/ too:", list(setup_commands(sandbox, outputs))
    yield (
        "Publish version 2, which is healthy; its rollout promotes it in about a minute:",
        [publish_command(GOOD_VERSION)],
    )
    yield (
        "Watch the rollout and the alias (my-api-1 is version 1, which needs no rollout):",
        [executions_command(machine), alias_command()],
    )
    yield (
        "Publish version 3, in which every fourth call fails; its rollout is rolled back:",
        [publish_command(BAD_VERSION)],
    )
    yield "Print the reason, when the list shows FAILED:", [reason_command(machine)]
    yield (
        f"Roll out version 3 again, tried by the hook {SMOKE_TEST} first: it is stopped before any caller meets it:",
        [hook_command(machine)],
    )
