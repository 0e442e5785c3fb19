"""The real `sam build` and `sam deploy`, aimed at the sandbox."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sandbox.environment import without_aws
from sandbox.server import LOG, ROOT, Sandbox, SandboxError, refuse_busy, running

STACK = "lambda-rollouts"
TEMPLATE = ROOT / "template.yaml"
_BIN = Path(sys.executable).parent
_STAGE = ["--config-env", "sandbox", "--config-file", str(ROOT / "samconfig.toml")]
_SHOWN_LINES = 15
_UV_NAMES = {"amd64": "x86_64", "arm64": "aarch64"}


class DeployError(SandboxError):
    """When `sam` fails; the message ends with what it said last."""


@contextmanager
def deployed(
    port: int, name: str, say: Callable[[str], object] = lambda _: None
) -> Iterator[tuple[Sandbox, dict[str, str]]]:
    """Run a local AWS with the stack in it; yield it with the outputs of the stack."""
    refuse_busy(port)
    with ThreadPoolExecutor(1) as meanwhile:
        say("Building the stack and starting the local AWS")
        built = meanwhile.submit(build, ROOT / ".sandbox" / f"{name}-build")
        with running(port, name) as sandbox:
            template = built.result()
            say("Deploying the stack")
            yield sandbox, deploy(sandbox, template)


def build(folder: Path, template: Path = TEMPLATE) -> Path:
    """Build for this machine, whose own Python runs the functions; return the built template."""
    _sam(["build", "--template-file", str(template), "--build-dir", str(folder)], without_aws())
    return folder / "template.yaml"


def deploy(sandbox: Sandbox, built: Path) -> dict[str, str]:
    """Deploy what was built; return the outputs of the stack."""
    try:
        _sam(["deploy", "--template-file", str(built), "--stack-name", STACK], sandbox.environment)
    except DeployError as error:
        raise DeployError(f"{error}\nThe emulator's own log is {(sandbox.folder / LOG).relative_to(ROOT)}.") from error
    stack = sandbox.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def layer_platform() -> str:
    """Return uv's name for this machine, as the layer's Makefile wants it."""
    machine = platform.machine().lower()
    system = "apple-darwin" if sys.platform == "darwin" else "manylinux2014"
    return f"{_UV_NAMES.get(machine, machine)}-{system}"


def _sam(arguments: list[str], environment: dict[str, str]) -> None:
    settings = {
        "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",  # the layer's Makefile calls uv
        "LAYER_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
        "LAYER_PLATFORM": layer_platform(),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
    }
    command = [str(_BIN / "sam"), *arguments, *_STAGE]
    ended = subprocess.run(
        command, cwd=ROOT, env={**environment, **settings}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        said = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[-_SHOWN_LINES:])
        raise DeployError(
            f"`sam {arguments[0]}` failed, and said at its end:\n\n{said}\n\n"
            f"`make lint` finds most mistakes in a template, `make clean setup` most in an installation."
        )
