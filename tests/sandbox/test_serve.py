"""`make sandbox` prints commands that work as printed."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from urllib.request import Request, urlopen

import boto3
import pytest

from sandbox.serve import FUNCTION, OUTPUTS, setup_commands
from sandbox.server import REGION, ROOT, Sandbox, free_port

pytestmark = pytest.mark.timeout(600)
START_SECONDS, ROLLOUT_SECONDS = 180, 150


@contextmanager
def serving(port):
    """Yield the printed lines of `python -m sandbox serve`, and end it by SIGINT."""
    command = [sys.executable, "-m", "sandbox", "serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield read_introduction(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)


def read_introduction(process):
    lines, deadline = [], time.monotonic() + START_SECONDS
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Serving until"):
            return lines
        assert time.monotonic() < deadline, lines
    raise AssertionError("\n".join(lines))


def commands(lines, heading):
    """Return the indented lines below the heading that starts like this."""
    number = next(number for number, line in enumerate(lines) if line.startswith(heading))
    below = lines[number + 1 :]
    return [line.strip() for line in below[: below.index("")]]


def run(setup, command):
    """Return what a shell prints for the command after the printed setup."""
    ended = subprocess.run(  # noqa: S603 - a command that the sandbox prints
        ["/bin/bash", "-ec", "\n".join([*setup, command])],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def names_set(script):
    """Return the names of the variables that a script exports and of the functions that it defines."""
    exported = [word for line in script.splitlines() if line.startswith("export ") for word in line.split()]
    functions = re.findall(r"^(\w+)\(\) \{", script, re.MULTILINE)
    return {word.split("=")[0] for word in exported if "=" in word} | set(functions)


def wait_for(text, read):
    deadline = time.monotonic() + ROLLOUT_SECONDS
    while text not in (answer := str(read())):
        assert time.monotonic() < deadline, answer
        time.sleep(1)


def clients(port):
    """Return clients of Lambda and of Step Functions, to wait with: each start of the AWS CLI is a second of CPU."""
    settings = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
    session = boto3.Session(**settings)
    return [session.client(name, endpoint_url=f"http://127.0.0.1:{port}") for name in ("lambda", "stepfunctions")]


def dashboard_as_viewer(page):
    """Return the HTML of the dashboard's widget, as the page shows it to a viewer."""
    context = {"theme": "light", "width": 800, "height": 600, "locale": "en", "timezone": {}, "forms": {"all": {}}}
    request = json.dumps({"user": "viewer", "widget": "widget-0", "context": context}).encode()
    with urlopen(Request(f"{page}call", request, {"Content-Type": "application/json"})) as response:  # noqa: S310
        return json.loads(response.read())["html"]


def test_printed_setup_sets_what_the_pages_use():
    documented = (ROOT / "docs" / "operating.md").read_text().split("## Try it in the sandbox")[1].split("```")[1]
    sandbox = Sandbox(4566, ROOT, process=None)
    printed = "\n".join(setup_commands(sandbox, dict.fromkeys(OUTPUTS.values(), "an-output")))
    assert {"AWS_ENDPOINT_URL", "LEDGER_TABLE", "stack_output"} <= names_set(documented) <= names_set(printed)
    settings = re.findall(r"AWS_(?!PAGER)\w+=\S+", documented)
    assert [setting for setting in settings if f"export {setting}" not in printed.splitlines()] == []


@pytest.mark.xdist_group("serve")
def test_printed_commands_promote_version_2_roll_version_3_back_and_stop_it_by_a_hook():
    port = free_port()
    try:
        with serving(port) as lines:
            setup = commands(lines, "Use it from another shell")
            (publish_good,) = commands(lines, "Publish version 2")
            (publish_bad,) = commands(lines, "Publish version 3")
            list_executions, get_alias = commands(lines, "Watch the rollout")
            (page,) = commands(lines, "See the dashboard")
            (print_reason,) = commands(lines, "Print the reason")

            functions, machines = clients(port)
            (machine,) = re.findall(r"arn:\S+", list_executions)

            assert '"FunctionVersion": "1"' in run(setup, get_alias)
            assert '"Version": "2"' in run(setup, publish_good)
            wait_for("'FunctionVersion': '2'", partial(functions.get_alias, FunctionName=FUNCTION, Name="live"))
            assert '"FunctionVersion": "2"' in run(setup, get_alias)
            assert '"Version": "3"' in run(setup, publish_bad)
            wait_for("'FAILED'", partial(machines.list_executions, stateMachineArn=machine))
            assert "| FAILED |" in " ".join(run(setup, list_executions).split())
            alias = run(setup, get_alias)
            assert '"FunctionVersion": "2"' in alias
            assert "AdditionalVersionWeights" not in alias
            assert "unhealthy: " in run(setup, print_reason)

            shown = dashboard_as_viewer(page)
            assert shown.index("rolled back") < shown.index("promoted")

            (start_with_hook,) = commands(lines, "Roll out version 3 again")
            started = json.loads(run(setup, start_with_hook))["executionArn"]
            wait_for("'StoppedBeforeTrafficError'", partial(machines.describe_execution, executionArn=started))
            assert "my-api:live was not touched, and version 3 has had no traffic" in run(setup, print_reason)
    finally:
        for folder in (f"serve-{port}", f"serve-{port}-build"):
            shutil.rmtree(ROOT / ".sandbox" / folder, ignore_errors=True)
