"""Python functions start as forks of a process that has imported what Lambda's runtime and their layers contain.

A new interpreter that imports boto3 and pydantic takes most of a second of CPU, and a fork a few milliseconds. There is
one such process for each set of layers. Only on Linux: macOS does not support a fork that goes on without exec.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from ministack.core import lambda_runtime

from sandbox.emulator.lambda_.layers import LAYERS
from sandbox.emulator.seams import SeamMissingError

_PARENT = Path(__file__).with_name("fork_parent.py")
_BUNDLED = ("boto3", "botocore", "urllib3")
_lock = threading.Lock()
_parents: dict[str, socket.socket] = {}
"""The control socket of each parent of forks, by the layers of its functions."""


class Fork:
    """A process, as `subprocess.Popen` presents it. Nothing reads its exit code, which is 0 after its end."""

    def __init__(self, path: str, cwd: str, env: dict[str, str]) -> None:
        self.returncode: int | None = None
        self._life, theirs = socket.socketpair()
        (their_in, stdin), (stdout, their_out), (stderr, their_err) = os.pipe(), os.pipe(), os.pipe()
        descriptors = [their_in, their_out, their_err, theirs.detach()]
        with _lock:
            socket.send_fds(_parent(env.get(LAYERS, "")), [b"+"], descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self._life.sendall(json.dumps({"path": path, "cwd": cwd, "env": env}).encode() + b"\n")
        self.pid = int(self._life.makefile().readline())
        self.stdin: IO[str] = os.fdopen(stdin, "w", buffering=1)
        self.stdout: IO[str] = os.fdopen(stdout)
        self.stderr: IO[str] = os.fdopen(stderr)

    def poll(self) -> int | None:
        """Return 0 if the process has ended: then its end of the socket is closed."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("function", timeout or 0)
        return ended

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            life = select.poll()  # select.select accepts no descriptor above 1,023
            life.register(self._life, select.POLLIN)
            self.returncode = 0 if life.poll(None if seconds is None else seconds * 1000) else None
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _parent(layers: str) -> socket.socket:
    if layers not in _parents:
        _parents[layers], theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, str(_PARENT), str(theirs.fileno()), layers]
            null = subprocess.DEVNULL
            subprocess.Popen(command, stdin=null, stdout=null, pass_fds=[theirs.fileno()])  # ends with the emulator
    return _parents[layers]


def _start(command: list[str], **options: Any) -> Any:  # noqa: ANN401 - as Popen
    """Start a worker as a fork, or as any process if its package or its variables decide what it imports."""
    if command[0] == sys.executable and not _is_special(options["cwd"], options["env"]):
        return Fork(command[1], options["cwd"], options["env"])
    return subprocess.Popen(command, **options)


def _is_special(package: str, variables: dict[str, str]) -> bool:
    own = {name for name, value in variables.items() if os.environ.get(name) != value}
    return any(Path(package, name).exists() for name in _BUNDLED) or any(name.startswith("PYTHON") for name in own)


def _install() -> None:
    if not hasattr(lambda_runtime, "subprocess"):
        raise SeamMissingError("ministack.core.lambda_runtime.subprocess")
    lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": _start})


if sys.platform == "linux":
    _install()
