import subprocess
import sys

import pytest

from sandbox.accounts import MEMBER
from sandbox.environment import without_aws
from sandbox.server import EmulatorError, free_port, running

# What a new release of MiniStack may do to us: the name is there, and our extension of it is not reached.
UNREACHED = """
import sys
from ministack.core import iam_actions
from ministack.services import lambda_svc
owners = {"_execute_function": lambda_svc, "extract_iam_action": iam_actions}
owner, name = owners[sys.argv[1]], sys.argv[1]
as_shipped = getattr(owner, name)
from sandbox.emulator.__main__ import main
setattr(owner, name, as_shipped)
main()
"""
GONE = """
from ministack.services import lambda_svc
del lambda_svc._execute_function
import sandbox.emulator.lambda_.routing
"""
SETTINGS = {"AUTH": "true", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "ERROR"}


def run(script: str, *arguments: str) -> tuple[int, str, list[str]]:
    """Return how the script ends, what it says, and the last line of its complaints."""
    environment = {**without_aws(), **SETTINGS, "GATEWAY_PORT": str(free_port()), "PYTHONPATH": "."}
    command = [sys.executable, "-c", script, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        said, complained = process.stdout.read(), process.stderr.read()
        return process.wait(), said, complained.strip().splitlines()[-1:]


def test_the_emulator_keeps_its_promises_and_leaves_nothing_of_their_trial():
    with running(free_port(), "fresh") as emulator:
        for account in (None, MEMBER):
            assert emulator.client("lambda", account).list_functions()["Functions"] == []
            assert emulator.client("iam", account).list_roles()["Roles"] == []
        assert emulator.audit.read_text() == ""


@pytest.mark.parametrize(
    ("seam", "promise"),
    [
        ("_execute_function", "An alias with all its weight on version 2 runs version 2"),
        ("extract_iam_action", "A role may move the aliases of functions with the tag its policy names"),
    ],
)
def test_a_seam_that_no_longer_holds_is_named_and_nothing_is_announced(seam, promise):
    code, said, _complaint = run(UNREACHED, seam)
    assert code == 1
    assert said.startswith(f'The sandbox promises "{promise}')
    assert len(said.splitlines()) == 1


def test_a_seam_that_is_gone_is_named():
    _code, _said, complaint = run(GONE)
    assert "has no ministack.services.lambda_svc._execute_function" in complaint[0]


def test_an_emulator_that_does_not_start_says_so(monkeypatch):
    monkeypatch.setattr("sandbox.server.sys.executable", "/bin/false")
    with pytest.raises(EmulatorError, match="did not start"), running(free_port(), "broken"):
        pass
