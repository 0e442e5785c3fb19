"""The real `sam build` and `sam deploy`, aimed at the sandbox."""

import os
import platform
import subprocess
import sys
from pathlib import Path

from sandbox.server import ROOT, Sandbox

STACK = "lambda-rollouts"
_BIN = Path(sys.executable).parent
_SHOWN_LINES = 15
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


class DeployError(Exception):
    """When `sam` fails: with the end of what it said, and what to try."""


def build(sandbox: Sandbox, template: Path = ROOT / "template.yaml") -> Path:
    """Build for this machine, whose own Python runs the functions; return the built template."""
    folder = sandbox.folder / "build"
    arguments = ["build", "--template-file", str(template), "--build-dir", str(folder)]
    _sam(sandbox, [*arguments, "--config-env", "sandbox", "--config-file", str(ROOT / "samconfig.toml")])
    return folder / "template.yaml"


def deploy(sandbox: Sandbox, built: Path) -> dict[str, str]:
    """Deploy what was built; return the outputs of the stack."""
    arguments = ["deploy", "--template-file", str(built), "--stack-name", STACK]
    _sam(sandbox, [*arguments, "--config-env", "sandbox", "--config-file", str(ROOT / "samconfig.toml")])
    stack = sandbox.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def layer_platform() -> str:
    """Return uv's name for this machine, as the layer's Makefile wants it."""
    machine = _MACHINES.get(platform.machine().lower(), platform.machine())
    return f"{machine}-apple-darwin" if sys.platform == "darwin" else f"{machine}-manylinux2014"


def _sam(sandbox: Sandbox, arguments: list[str]) -> None:
    environment = {
        **sandbox.environment,
        "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}",  # the layer's Makefile calls uv
        "LAYER_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
        "LAYER_PLATFORM": layer_platform(),
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
    }
    ended = subprocess.run(
        [_BIN / "sam", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        said = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[-_SHOWN_LINES:])
        raise DeployError(
            f"`sam {arguments[0]}` failed, and said at its end:\n\n{said}\n\n"
            f"Mend the template and try again; `make lint` finds most mistakes in it. "
            f"The emulator's own log is {(sandbox.folder / 'emulator.log').relative_to(ROOT)}."
        )
