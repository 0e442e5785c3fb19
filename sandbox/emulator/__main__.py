"""Serve the emulator: `sandbox.server` starts this in a process of its own, and waits for the word `ready`."""

import asyncio
import os
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


def main() -> None:
    folder = tempfile.mkdtemp(prefix="lambda-rollouts-")
    tempfile.tempdir = folder  # MiniStack unpacks functions here
    port = int(os.environ["GATEWAY_PORT"])
    trial = Trial(port)
    try:
        asyncio.run(_serve(port, trial))
    finally:
        workers.close()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(trial.exit_code)  # waiting executions sleep in threads that Python would join


class Trial:
    """The self-test, and what follows from it."""

    def __init__(self, port: int) -> None:
        self.exit_code = 0
        self._port = port

    def announce(self, stop: Callable[[], object]) -> None:
        """Say `ready` if every promise is kept, else say in one line which is not, and stop."""
        try:
            _wait_for(self._port)
            selftest.run(f"http://127.0.0.1:{self._port}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the emulator must not be announced
            self.exit_code = 1
            print(error, flush=True)
            stop()
            return
        if recorded := os.environ.get("SANDBOX_AUDIT"):
            audit_log.start(Path(recorded))
        print("ready", flush=True)


async def _serve(port: int, trial: Trial) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    def stop(*_signal: object) -> None:
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stopped.set)

    # Not the loop's own handlers: those end with it, and a second signal would cut the sweeping short.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    threading.Thread(target=_stop_with_parent, args=[stop], daemon=True).start()
    threading.Thread(target=trial.announce, args=[stop], daemon=True).start()
    await serve(app.app, _config(port), shutdown_trigger=stopped.wait)


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    return config


def _stop_with_parent(stop: Callable[[], None]) -> None:
    """The parent holds our input open as long as it lives, even if it is killed outright."""
    sys.stdin.read()
    stop()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"The emulator does not listen on port {port}.")


if __name__ == "__main__":
    main()
