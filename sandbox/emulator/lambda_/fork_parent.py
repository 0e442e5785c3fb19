"""The process that Python functions are forks of. `sandbox.emulator.lambda_.forks` starts it; it imports no sandbox.

Its arguments are the descriptor of a control socket, and the folders of the layers. Each message on the control socket
brings four descriptors: the standard streams of a new fork, and a socket that has the fork's request.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

IMPORTED = (
    "boto3.session",
    "botocore.signers",
    "http.client",
    "pydantic.main",
    "pydantic.types",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
)


def main(control: socket.socket, layers: str) -> None:
    """Fork for each message, until the emulator ends."""
    usual = sys.path[1:]
    sys.path[:1] = [str(Path(layer, "python")) for layer in reversed(layers.split(os.pathsep)) if layer]
    for name in IMPORTED:
        with suppress(ImportError):
            import_module(name)
    sys.path[:] = ["", *usual]
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no ended fork stays as a zombie
    while descriptors := socket.recv_fds(control, 1, 4)[1]:
        if os.fork() == 0:
            control.close()
            _run(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _run(descriptors: list[int]) -> None:
    """Become the process of a function."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for target, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, target)
        os.close(descriptor)
    life = socket.socket(fileno=descriptors[3])  # closed by the end of this process, which tells the emulator
    request = json.loads(life.makefile().readline())
    life.sendall(f"{os.getpid()}\n".encode())
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv, sys.path[0] = [request["path"]], str(Path(request["path"]).parent)
    try:
        runpy.run_path(request["path"], run_name="__main__")
    finally:
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
