"""Runs the SAM CLI of this project's environment."""

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.server import ROOT, SandboxError

_BIN = Path(sys.executable).parent
_SHOWN_LINES = 15
_UV_NAMES = {"amd64": "x86_64", "arm64": "aarch64"}


class DeployError(SandboxError):
    """When `sam` or CloudFormation fails; the message contains the end of its output."""


def run_sam(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run `sam` with these arguments in the repository; raises DeployError with the end of its output."""
    path = f"{_BIN}{os.pathsep}{environment.get('PATH', '')}"  # the layer's Makefile calls uv
    ended = subprocess.run(
        [str(_BIN / "sam"), *arguments],
        cwd=ROOT,
        env={**environment, "PATH": path, "SAM_CLI_TELEMETRY": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        output = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[-_SHOWN_LINES:])
        raise DeployError(
            f"`sam {arguments[0]}` failed; the end of its output is:\n\n{output}\n\n"
            f"`make lint` finds mistakes in a template, `make clean setup` repairs an installation."
        )


def layer_settings() -> dict[str, str]:
    """Return the variables with which the layer's Makefile builds for this machine's platform and Python."""
    return {
        "LAYER_PYTHON": f"{sys.version_info.major}.{sys.version_info.minor}",
        "LAYER_PLATFORM": _layer_platform(),
    }


def _layer_platform() -> str:
    """Return uv's name of this machine's platform, for the layer's Makefile."""
    machine = platform.machine().lower()
    system = "apple-darwin" if sys.platform == "darwin" else "manylinux2014"
    return f"{_UV_NAMES.get(machine, machine)}-{system}"
