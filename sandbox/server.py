"""The emulator as a process of its own, which ends with whoever started it."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from sandbox import environment

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
LOG, AUDIT = "emulator.log", "audit.jsonl"
_START_SECONDS = 120
_STOP_SECONDS = 60


class SandboxError(Exception):
    """When the local AWS cannot be had; the message says why, and what to try."""


class PortBusyError(SandboxError):
    """When something else listens where the sandbox should."""


class EmulatorError(SandboxError):
    """When the emulator does not start, or does not keep its promises."""


@dataclass(frozen=True)
class Sandbox:
    """A local AWS that is running, and the folder that holds its log and its audit."""

    port: int
    folder: Path
    process: subprocess.Popen[str] = field(repr=False)
    access_key: str = "test"
    """Twelve digits name the account; `test` is the root of 000000000000."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def audit(self) -> Path:
        """One JSON object a line: account, principal, action, resource, allowed."""
        return self.folder / AUDIT

    @property
    def account(self) -> str:
        """The account of the access key."""
        return self.access_key if self.access_key.isdigit() else "000000000000"

    @property
    def exports(self) -> dict[str, str]:
        """What a shell needs so that any AWS tool talks to this sandbox."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment for a tool that must reach this sandbox and nothing else."""
        return {**environment.without_aws(), **self.exports, "AWS_REGION": REGION}

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401 - a client of that service
        """Return a boto3 client with the rights of an account's root; of the stack's account and region by default."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=region or REGION,
            aws_access_key_id=account or self.access_key,
            aws_secret_access_key="test",  # noqa: S106 - the emulator's word for root
        )


@contextmanager
def running(port: int, name: str = "serve", access_key: str = "test") -> Iterator[Sandbox]:
    """Run the emulator on this port, for the account of this key; its log and its audit are in `.sandbox/NAME`."""
    refuse_busy(port)
    folder = ROOT / ".sandbox" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sandbox = Sandbox(port, folder, _start(port, folder), access_key)
    try:
        _wait_until_ready(sandbox)
        yield sandbox
    finally:
        _stop(sandbox.process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortBusyError(
                f"Port {port} is in use: another sandbox may be running. Stop it, or choose another with PORT=, "
                f"for example `make sandbox PORT={port + 1}`."
            ) from error


def _start(port: int, folder: Path) -> subprocess.Popen[str]:
    with (folder / LOG).open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox.emulator"],
            cwd=ROOT,
            env=environment.of_emulator(port, folder / AUDIT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; we end it in our own time
        )


def _wait_until_ready(sandbox: Sandbox) -> None:
    process = sandbox.process
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    try:
        said = process.stdout.readline().strip() if process.stdout else ""
    finally:
        watchdog.cancel()
    if said != "ready":
        log = (sandbox.folder / LOG).read_text().strip().splitlines()
        silent = log[-1] if log else f"The emulator did not start within {_START_SECONDS} seconds."
        raise EmulatorError(said or silent)


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
