"""Runs `sam build` and `sam deploy` against the sandbox."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from sandbox.environment import without_aws
from sandbox.run_folders import own_folder
from sandbox.sam import DeployError, layer_settings, run_sam
from sandbox.server import LOG, ROOT, Sandbox, refuse_busy, running

STACK = "lambda-rollouts"
MEMBER_STACK = "lambda-rollouts-member"
TEMPLATE = ROOT / "template.yaml"
CONFIG = ROOT / "samconfig.toml"
_CONFIG_ARGUMENTS = ["--config-env", "sandbox", "--config-file", str(CONFIG)]


@contextmanager
def deployed(
    port: int,
    name: str,
    report: Callable[[str], object] = lambda _: None,
    parameters: Mapping[str, str] | None = None,
    access_key: str = "test",
) -> Iterator[tuple[Sandbox, dict[str, str]]]:
    """Run a local AWS with the stack in the account of this key; yield both the sandbox and the stack's outputs.

    `parameters` override the stack's parameters in samconfig.toml. Another run of this name at the same time has its
    own folders.
    """
    refuse_busy(port)
    with own_folder(f"{name}-build") as folder, ThreadPoolExecutor(1) as executor:
        report("Building the stack and starting the local AWS")
        built = executor.submit(build, folder)
        with running(port, name, access_key) as sandbox:
            template = built.result()
            report("Deploying the stack")
            yield sandbox, deploy(sandbox, template, parameters or {})


def build(folder: Path, environment: Mapping[str, str] | None = None) -> Path:
    """Build the stack, by default for this machine's platform and Python; return the built template."""
    built = folder / "stack"  # beside it, sam keeps a record of the build, which no other build may change meanwhile
    command = ["build", "--template-file", str(TEMPLATE), "--build-dir", str(built)]
    run_sam(command, {**without_aws(), **layer_settings()} if environment is None else environment)
    return built / "template.yaml"


def deploy(sandbox: Sandbox, built: Path, parameters: Mapping[str, str], stack: str = STACK) -> dict[str, str]:
    """Deploy a built template as a stack of this name; return the outputs of the stack."""
    command = ["deploy", "--template-file", str(built), "--stack-name", stack, *_overrides(parameters)]
    try:
        run_sam([*command, *_CONFIG_ARGUMENTS], {**sandbox.environment, "SAM_CLI_POLL_DELAY": "0.2"})
    except DeployError as error:
        raise DeployError(f"{error}\nRead the emulator's log, {(sandbox.folder / LOG).relative_to(ROOT)}.") from error
    return _outputs(sandbox.client("cloudformation"), stack)


def deploy_member(
    sandbox: Sandbox, template: Path, account: str, region: str, parameters: Mapping[str, str]
) -> dict[str, str]:
    """Create the stack of a member account, which needs no build; return its outputs."""
    formation = sandbox.client("cloudformation", account, region)
    formation.create_stack(
        StackName=MEMBER_STACK,
        TemplateBody=template.read_text(),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    try:
        formation.get_waiter("stack_create_complete").wait(StackName=MEMBER_STACK, WaiterConfig={"Delay": 0.1})
    except WaiterError as error:
        raise DeployError(
            f"CloudFormation could not create the stack of {account} in {region}: {_failure_reasons(formation)} "
            f"Correct {template.name} and deploy it again."
        ) from error
    return _outputs(formation, MEMBER_STACK)


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    """Return sam's arguments, with the configured parameters: given any, sam ignores its configuration's."""
    if not parameters:
        return []
    configured = tomllib.loads(CONFIG.read_text())["sandbox"]["deploy"]["parameters"]["parameter_overrides"]
    kept = [pair for pair in configured if pair.partition("=")[0] not in parameters]
    return ["--parameter-overrides", *kept, *(f"{name}={value}" for name, value in parameters.items())]


def _outputs(formation: Any, stack: str) -> dict[str, str]:  # noqa: ANN401 - a client
    described = formation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _failure_reasons(formation: Any) -> str:  # noqa: ANN401 - a client
    events = formation.describe_stack_events(StackName=MEMBER_STACK)["StackEvents"]
    reasons = [event["ResourceStatusReason"] for event in events if "FAILED" in event["ResourceStatus"]]
    return " ".join(f"{reason.rstrip('.')}." for reason in reasons) or "CloudFormation gives no reason."
