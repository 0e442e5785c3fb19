"""Runs the emulator in a process of its own, which ends when this process ends."""

import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from sandbox import environment
from sandbox.run_folders import own_folder

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
LOG, AUDIT = "emulator.log", "audit.jsonl"
_START_SECONDS = 120
_STOP_SECONDS = 60


class SandboxError(Exception):
    """When the sandbox cannot do what is requested; the message has the reason and what to do."""


class PortBusyError(SandboxError):
    """When another process listens on the sandbox's port."""


class EmulatorError(SandboxError):
    """When the emulator does not start, or its self-test fails."""


@dataclass(frozen=True)
class Sandbox:
    """A running local AWS, and the folder with its log and its audit log."""

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
        """The file with IAM's decisions, one JSON object a line: account, principal, action, resource, allowed."""
        return self.folder / AUDIT

    @property
    def account(self) -> str:
        """The account of the access key."""
        return self.access_key if self.access_key.isdigit() else "000000000000"

    @property
    def region(self) -> str:
        """The region of the stack."""
        return REGION

    @property
    def exports(self) -> dict[str, str]:
        """The environment variables with which any AWS tool uses this sandbox."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a tool that must reach this sandbox and no real account."""
        return {**environment.without_aws(), **self.exports, "AWS_REGION": REGION}

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401 - a client of that service
        """Return a boto3 client as the root of an account, by default in the stack's account and region."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.url,
            region_name=region or REGION,
            aws_access_key_id=account or self.access_key,
            aws_secret_access_key="test",  # noqa: S106 - the emulator's secret of every root
        )


@contextmanager
def running(port: int, name: str = "serve", access_key: str = "test") -> Iterator[Sandbox]:
    """Run the emulator on this port, for the account of this key.

    Its log and audit log are in `.sandbox/NAME`, or beside it while another emulator of this name runs.
    """
    refuse_busy(port)
    with own_folder(name) as folder:
        (folder / AUDIT).unlink(missing_ok=True)  # the emulator appends to it
        sandbox = Sandbox(port, folder, _start(port, folder), access_key)
        try:
            _wait_until_ready(sandbox)
            yield sandbox
        finally:
            _stop(sandbox.process)


def free_port(preferred: int | None = None) -> int:
    """Return the preferred port if it is free, or one below those that the kernel gives to connections meanwhile."""
    ports = [*([preferred] if preferred else []), *random.sample(range(20_000, 32_768), 100)]
    return next(port for port in ports if _is_free(port))


def _is_free(port: int) -> bool:
    with suppress(PortBusyError):
        refuse_busy(port)
        return True
    return False


def refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortBusyError(
                f"Port {port} is in use, perhaps by another sandbox. Stop that process, or choose another with PORT=, "
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
            start_new_session=True,  # Ctrl-C reaches only this process, which ends the emulator
        )


def _wait_until_ready(sandbox: Sandbox) -> None:
    process = sandbox.process
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    try:
        announcement = process.stdout.readline().strip() if process.stdout else ""
    finally:
        watchdog.cancel()
    if announcement != "ready":
        log = (sandbox.folder / LOG).read_text().strip().splitlines()
        timed_out = (
            f"The emulator did not start within {_START_SECONDS} seconds; end other programs, then repeat the command."
        )
        raise EmulatorError(announcement or (log[-1] if log else timed_out))


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
