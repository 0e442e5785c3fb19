"""docs/adopting.md says what the examples say, counts their lines rightly, and shows no request we would refuse."""

import json
import re
import subprocess
import sys
from pathlib import Path

import hcl2
import pytest
import yaml

from rollout.admission.refusal_list import RefusalList
from rollout.admission.refusals import refusals
from rollout.admission.request import RolloutRequest, read_request
from rollout.policy.policy import Policy
from rollout.state.alias import AliasState
from tests.adopting.documents import DOCUMENT, lines_changed, written
from tests.adopting.workshop import EXAMPLES, HEAVY_TOOLS, TOOLS
from tests.samples import EXECUTION, TARGET, facts, policy, version

TEXT = DOCUMENT.read_text()
ROWS = ["sam", "sam-second-alias", "cloudformation", "cdk", "terraform", "serverless", "cli"]
TEMPLATES = sorted([*EXAMPLES.glob("sam*/*.yaml"), *EXAMPLES.glob("cloudformation/*.yaml")])
SCRIPTS = sorted(EXAMPLES.glob("*/*.sh"))
MOST_LINES_FOR_SAM = 5


def test_the_document_shows_every_example_as_it_is():
    """`python -m tests.adopting.documents` writes them anew."""
    assert written(TEXT) == TEXT


def test_every_example_is_in_the_document():
    shown = set(re.findall(r"<!-- \w+: ([\w-]+)", TEXT))
    assert shown == {file.parent.name for file in EXAMPLES.glob("*/*")} == {*ROWS, "pipeline", "github-actions"}


def test_the_lines_a_team_changes_are_counted():
    counted = [int(lines) for lines in re.findall(r"^\| \[.+?\)[^|]*\| (\d+)", TEXT, re.MULTILINE)]
    assert counted == [lines_changed(example) for example in ROWS]


@pytest.mark.parametrize("example", ["sam", "sam-second-alias"])
def test_a_sam_application_needs_few_lines(example):
    assert lines_changed(example) <= MOST_LINES_FOR_SAM


def test_every_tool_but_terraform_is_deployed_with():
    assert {*TOOLS, *HEAVY_TOOLS} == set(ROWS) - {"terraform"}


def test_templates_are_valid():
    _succeeds(str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "error", *map(str, TEMPLATES))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_scripts_are_bash(script):
    _succeeds("bash", "-n", str(script))


def test_terraform_publishes_tags_and_leaves_the_alias_alone():
    resources = hcl2.loads((EXAMPLES / "terraform/after.tf").read_text())["resource"]
    found = {
        _plain(kind): body for resource in resources for kind, named in resource.items() for body in named.values()
    }
    function, alias = found["aws_lambda_function"], found["aws_lambda_alias"]
    assert function["publish"] is True
    assert {_plain(key): _plain(value) for key, value in function["tags"].items()} == {"rollout:alias": "live"}
    ignored = alias["lifecycle"][0]["ignore_changes"]
    assert [_plain(name) for name in ignored] == ["function_version", "routing_config"]


def test_the_workflow_waits_by_the_documented_script():
    workflow = yaml.safe_load((EXAMPLES / "github-actions/rollout.yml").read_text())
    assert workflow["permissions"] == {"id-token": "write", "contents": "read"}
    last = workflow["jobs"]["rollout"]["steps"][-1]
    assert last["run"] == (EXAMPLES / "pipeline/publish-and-wait.sh").read_text()


@pytest.mark.parametrize("block", re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL))
def test_what_is_to_be_typed_in_the_console_is_understood(block):
    reasons = RefusalList()
    asked = read_request(json.loads(block), EXECUTION, reasons)
    assert [*reasons] == []
    assert asked.function == "my-api"
    if isinstance(asked.policy, dict):
        Policy.model_validate(asked.policy)


def test_a_publisher_who_moves_the_alias_reads_what_the_document_says():
    seven = version("7")
    served = facts(alias=AliasState(version="7", revision_id="revision-1"), stable=seven, canary=seven)
    asked = RolloutRequest(place=TARGET.place, function="my-api", alias=None, version=None, policy=policy())
    [refused] = refusals(asked, served)
    assert str(refused) in TEXT


def _succeeds(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - of this file
    assert ended.returncode == 0, ended.stdout + ended.stderr


def _plain(text: str) -> str:
    """Some releases of the parser keep the quotes and braces that Terraform writes."""
    return text.strip('"${}')
