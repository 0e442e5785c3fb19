import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.server import ROOT, PortBusyError, free_port, running

LISTENING = "0A"
PARENT = """
import signal, sys, time
from sandbox.server import running
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits an ignored SIGINT
with running(int(sys.argv[1]), "parent") as sandbox:
    print(sandbox.process.pid, flush=True)
    time.sleep(60)
"""

FEW_FILES = """
import resource
from sandbox.emulator.__main__ import OPEN_FILES, allow_open_files
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
allow_open_files()
soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
print(soft == (OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)))
"""


def listening(pid: int) -> set[tuple[str, int]]:
    """Return the IPv4 addresses on which a process listens; fail for an IPv6 address."""
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = set(re.findall(r"socket:\[(\d+)\]", " ".join(links)))
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    own = [row[1] for row in rows if row[3] == LISTENING and row[9] in inodes]
    pairs = [address.split(":") for address in own]
    return {(socket.inet_ntoa(bytes.fromhex(host)[::-1]), int(port, 16)) for host, port in pairs}


def alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_busy_port_is_reported_with_a_command_that_works():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortBusyError, match=f"Port {port} is in use.*PORT={port + 1}"), running(port, "busy"):
            pass


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux /proc")
def test_emulator_listens_only_on_its_port_of_this_machine(emulator):
    assert listening(emulator.process.pid) == {("127.0.0.1", emulator.port)}


def test_emulator_receives_no_credentials_of_a_real_account(monkeypatch, emulator):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret")
    variables = {name for name in emulator.environment if name.startswith("AWS_")}
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & variables
    assert emulator.environment["AWS_ENDPOINT_URL"] == emulator.url


def test_emulator_may_open_more_files_than_a_shell_allows():
    command = [sys.executable, "-c", FEW_FILES]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert ended.stdout == "True\n", ended.stderr


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs Linux /proc")
@pytest.mark.parametrize("last_signal", [signal.SIGINT, signal.SIGKILL])
def test_ended_parent_leaves_no_process_and_no_folder(last_signal, tmp_path):
    parent = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", PARENT, str(free_port())],
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": "."},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        emulator_pid = int(parent.stdout.readline())
        parent.send_signal(last_signal)
        parent.wait(30)
    deadline = time.monotonic() + 20
    while alive(emulator_pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(emulator_pid)
    assert list(tmp_path.iterdir()) == []
