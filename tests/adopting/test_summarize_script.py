"""The script that adds the summary of a rollout to a job and to a pull request; `aws` and `gh` are stubs."""

import json
import shutil
import subprocess

import pytest

from rollout.dashboard.report.request import is_summary, read_summary_request
from tests.adopting.workshop import EXAMPLES
from tests.samples import TARGET

SCRIPT = (EXAMPLES / "pipeline/summarize.sh").read_text()
MARKDOWN = '### my-api:live serves version 4 alone\n\n`$(touch hacked)` "quoted"\n'

pytestmark = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is missing: apt-get install jq")


def run(folder, answer: object, pull_request: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script in a folder, against a function that answers so and a commit with this pull request."""
    (folder / "answer.json").write_text(json.dumps(answer))
    stub = f"""
    aws() {{ printf '%s\\n' "$@" > aws.txt; cp answer.json "${{@: -1}}"; }}
    gh() {{ case "$1" in
      api) echo '{pull_request}' ;;
      *) printf '%s ' "$@" > gh.txt; cp "${{@: -1}}" comment.md ;;
    esac; }}
    """
    settings = {
        "FUNCTION": "my-api",
        "VERSION": "4",
        "SHOW_ROLLOUTS": "arn:aws:lambda:eu-west-1:123456789012:function:widget",
        "GITHUB_STEP_SUMMARY": str(folder / "job.md"),
        "GITHUB_REPOSITORY": "shop/api",
        "GITHUB_SHA": "abc",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    command = ["bash", "-eo", "pipefail", "-c", f"{stub}\n{SCRIPT}"]
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)  # noqa: S603 - the example


def test_script_requests_the_summary_that_the_widget_has(tmp_path):
    """The command exists: its payload is one that the function reads."""
    ended = run(tmp_path, {"markdown": MARKDOWN})
    assert ended.returncode == 0, ended
    arguments = (tmp_path / "aws.txt").read_text().splitlines()
    payload = json.loads(arguments[arguments.index("--payload") + 1])
    assert is_summary(payload)
    named = read_summary_request(payload, TARGET.account_region)
    assert (named.target, named.version) == (TARGET, "4")


def test_summary_is_added_to_the_job(tmp_path):
    (tmp_path / "job.md").write_text("before\n")
    assert run(tmp_path, {"markdown": MARKDOWN}).returncode == 0
    assert (tmp_path / "job.md").read_text().rstrip("\n") == f"before\n{MARKDOWN}".rstrip("\n")
    assert not (tmp_path / "gh.txt").exists()
    assert not (tmp_path / "hacked").exists()


def test_summary_is_a_comment_where_the_commit_has_a_pull_request(tmp_path):
    assert run(tmp_path, {"markdown": MARKDOWN}, pull_request="17").returncode == 0
    assert (tmp_path / "gh.txt").read_text().split()[:5] == ["pr", "comment", "17", "--repo", "shop/api"]
    assert (tmp_path / "comment.md").read_text().rstrip("\n") == MARKDOWN.rstrip("\n")


def test_failed_function_is_in_the_summary_of_the_job(tmp_path):
    assert run(tmp_path, {"errorMessage": "internal error", "errorType": "InternalError"}).returncode == 0
    assert (tmp_path / "job.md").read_text() == "internal error\n"
