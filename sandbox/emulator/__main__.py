"""Serves the emulator: `sandbox.server` starts it in a process of its own, and waits until it prints `ready`."""

import asyncio
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app

from sandbox.emulator import extensions, selftest
from sandbox.emulator.iam import audit_log
from sandbox.emulator.lambda_ import workers

__all__ = ["extensions"]

OPEN_FILES = 8192
"""The functions and connections of the end-to-end tests have up to 1,200 open; many shells allow 1,024."""


def main() -> None:
    allow_open_files()
    folder = tempfile.mkdtemp(prefix="lambda-rollouts-")
    tempfile.tempdir = folder  # MiniStack unpacks functions here
    port = int(os.environ["GATEWAY_PORT"])
    self_test = SelfTest(port)
    try:
        asyncio.run(_serve(port, self_test))
    finally:
        workers.close()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(self_test.exit_code)  # Python would join the threads in which executions wait


def allow_open_files() -> None:
    """Raise this process's limit of open files to OPEN_FILES, or as far as the machine permits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class SelfTest:
    """Runs the self-test and reports its result."""

    def __init__(self, port: int) -> None:
        self.exit_code = 0
        self._port = port

    def run(self, stop: Callable[[], object]) -> None:
        """Print `ready` if every check passes; otherwise print the failed check in one line, and stop."""
        try:
            _wait_for(self._port)
            selftest.run(f"http://127.0.0.1:{self._port}")
        except Exception as error:  # noqa: BLE001 - after any failure, the emulator must not serve
            self.exit_code = 1
            print(error, flush=True)
            stop()
            return
        if path := os.environ.get("SANDBOX_AUDIT"):
            audit_log.start(Path(path))
        print("ready", flush=True)


async def _serve(port: int, self_test: SelfTest) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop(*_signal: object) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stopped.set)

    # The loop's own handlers end with the loop: a second signal would then interrupt the cleanup. Installing both
    # explicitly also replaces an ignored SIGINT, which a background job inherits.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threading.Thread(target=_stop_with_parent, args=[stop], daemon=True).start()
    threading.Thread(target=self_test.run, args=[stop], daemon=True).start()
    await serve(app.app, _config(port), shutdown_trigger=stopped.wait)


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    return config


def _stop_with_parent(stop: Callable[[], None]) -> None:
    """Stop at the end of the input: it closes when the parent ends, even if the parent is killed."""
    sys.stdin.read()
    stop()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"The emulator does not listen on port {port}; read its log.")


if __name__ == "__main__":
    main()
