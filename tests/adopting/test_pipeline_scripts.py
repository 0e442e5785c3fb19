"""Scripts that wait print why an ending is green, NothingToDo or a promotion; `aws` is a stub."""

import json
import subprocess

import pytest

from tests.adopting.workshop import EXAMPLES

NOTHING = {"judgement": None, "start": "nothing_to_do", "reason": "version 4 is being rolled out by execution older"}
SERVES = "my-api:live serves version 4 alone; healthy"
PROMOTED = {"judgement": {"reason": "errors"}, "reason": "healthy", "ending": {"outcome": "promoted", "Cause": SERVES}}


def run(said: str, output: object) -> subprocess.CompletedProcess[str]:
    """Run the script in a pipeline's shell, against an execution with this ending."""
    stub = f"""aws() {{ case "$*" in
      *start-execution*) echo arn:execution ;;
      *"--query output"*) echo '{json.dumps(output)}' ;;
      *) printf '{said}\\n' ;;
    esac; }}"""
    script = (EXAMPLES / "pipeline/start-and-wait.sh").read_text()
    settings = {"FUNCTION": "my-api", "STATE_MACHINE_ARN": "arn:machine", "PATH": "/usr/bin:/bin"}
    command = ["bash", "-eo", "pipefail", "-c", f"{stub}\n{script}"]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)  # noqa: S603 - the example


@pytest.mark.parametrize(
    ("output", "why"), [(NOTHING, f'"reason": "{NOTHING["reason"]}"'), (PROMOTED, f'"Cause": "{SERVES}"')]
)
def test_script_prints_why_the_ending_is_green(output, why):
    ended = run("SUCCEEDED\tNone\tNone", output)
    assert ended.returncode == 0
    assert ended.stdout.splitlines() == ["SUCCEEDED\tNone\tNone", why]


def test_script_exits_with_1_and_prints_cause_of_a_red_ending():
    ended = run("FAILED\tRolloutRolledBack\tit fails", None)
    assert (ended.returncode, ended.stdout) == (1, "FAILED\tRolloutRolledBack\tit fails\n")


def test_exit_code_is_that_of_the_ending_where_it_has_no_sentence():
    ended = run("SUCCEEDED\tNone\tNone", {})
    assert (ended.returncode, ended.stdout) == (0, "SUCCEEDED\tNone\tNone\n")
