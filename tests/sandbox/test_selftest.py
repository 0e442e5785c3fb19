import subprocess
import sys

import pytest

from sandbox.accounts import MEMBER
from sandbox.environment import without_aws
from sandbox.server import EmulatorError, free_port, running

# What a new release of MiniStack can do: the seam exists, but MiniStack does not call it any more.
UNCALLED_SEAM = """
import sys
from ministack.core import iam_actions
from ministack.services import lambda_svc
owners = {"_execute_function": lambda_svc, "extract_iam_action": iam_actions}
owner, name = owners[sys.argv[1]], sys.argv[1]
original = getattr(owner, name)
from sandbox.emulator.__main__ import main
setattr(owner, name, original)
main()
"""
MISSING_SEAM = """
from ministack.services import lambda_svc
del lambda_svc._execute_function
import sandbox.emulator.lambda_.routing
"""
SETTINGS = {"AUTH": "true", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "ERROR"}


def run(script: str, *arguments: str) -> tuple[int, str, list[str]]:
    """Return the script's exit code, its output, and the last line of its errors."""
    environment = {**without_aws(), **SETTINGS, "GATEWAY_PORT": str(free_port()), "PYTHONPATH": "."}
    command = [sys.executable, "-c", script, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        output, errors = process.stdout.read(), process.stderr.read()
        return process.wait(), output, errors.strip().splitlines()[-1:]


def test_passed_self_test_leaves_nothing_behind():
    with running(free_port(), "fresh") as emulator:
        for account in (None, MEMBER):
            assert emulator.client("lambda", account).list_functions()["Functions"] == []
            assert emulator.client("iam", account).list_roles()["Roles"] == []
        assert emulator.audit.read_text() == ""


@pytest.mark.parametrize(
    ("seam", "behaviour"),
    [
        ("_execute_function", "An alias with a weight of 1.0 on version 2 runs version 2"),
        ("extract_iam_action", "A role whose policy names a tag may update the aliases of functions with the tag"),
    ],
)
def test_uncalled_seam_is_reported_and_the_emulator_not_ready(seam, behaviour):
    code, output, _error = run(UNCALLED_SEAM, seam)
    assert code == 1
    assert output.startswith(f'The self-test "{behaviour}')
    assert len(output.splitlines()) == 1


def test_missing_seam_is_named():
    _code, _output, error = run(MISSING_SEAM)
    assert "has no ministack.services.lambda_svc._execute_function" in error[0]


def test_emulator_that_does_not_start_is_reported(monkeypatch):
    monkeypatch.setattr("sandbox.server.sys.executable", "/bin/false")
    with pytest.raises(EmulatorError, match="did not start"), running(free_port(), "broken"):
        pass
