"""docs/adopting.md shows the example files, counts their lines, and shows only requests that are accepted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import hcl2
import pytest
import yaml

from rollout.admission.events.version_event import execution_name
from rollout.admission.read_request import read_request
from rollout.admission.refusals.combine import RefusalList
from rollout.admission.refusals.of_request import refusals
from rollout.admission.request import RolloutRequest
from rollout.policy.policy import Policy
from rollout.state.alias import AliasState
from tests.adopting.documents import DOCUMENT, DOCUMENTS, lines_changed, with_examples
from tests.adopting.workshop import EXAMPLES, HEAVY_TOOLS, TOOLS
from tests.samples import EXECUTION, TARGET, facts, policy, version

TEXT = DOCUMENT.read_text()
ROWS = ["sam", "sam-second-alias", "cloudformation", "cdk", "terraform", "serverless", "cli"]
HOOKS = ["hook-smoke-test", "hook-load", "codedeploy-hook"]
TEMPLATES = sorted(
    [
        *EXAMPLES.glob("*hook*/*.yaml"),
        *EXAMPLES.glob("sam*/*.yaml"),
        *EXAMPLES.glob("cloudformation/*.yaml"),
        *EXAMPLES.glob("no-drift/*.yaml"),
    ]
)
LINKED = {"chat-webhooks"}
"""Examples that a document links to as a whole."""
SCRIPTS = sorted(EXAMPLES.glob("*/*.sh"))
MOST_LINES_FOR_SAM = 5


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_document_shows_every_example_as_it_is(document):
    """`python -m tests.adopting.documents` copies the examples into the documents."""
    assert with_examples(document.read_text()) == document.read_text()


def test_document_contains_every_example():
    shown = {
        name for document in DOCUMENTS for name in re.findall(r"<!-- (?:diff|file): ([\w-]+)", document.read_text())
    }
    assert (
        shown
        == {file.parent.name for file in EXAMPLES.glob("*/*")} - LINKED
        == {*ROWS, *HOOKS, "http-5xx", "no-drift", "pipeline", "github-actions", "install", "remove"}
    )


def test_document_counts_the_changed_lines():
    stated = [int(lines) for lines in re.findall(r"^\| \[.+?\)[^|]*\| (\d+)", TEXT, re.MULTILINE)]
    assert stated == [lines_changed(example) for example in ROWS]


def test_hooks_page_counts_the_lines_of_a_hook_that_is_moved_over():
    changed, folder = lines_changed("codedeploy-hook"), EXAMPLES / "codedeploy-hook"
    hook, old_hook, template, old_template = (
        len((folder / name).read_text().splitlines()) for name in ("after.py", "before.py", "after.yaml", "before.yaml")
    )
    stated = (
        f"{changed} lines change: the hook has {hook} lines in place of {old_hook},"
        f" and the template {template} in place of {old_template}."
    )
    assert stated in (EXAMPLES.parent / "hooks.md").read_text()


@pytest.mark.parametrize("example", ["sam", "sam-second-alias"])
def test_sam_application_changes_few_lines(example):
    assert lines_changed(example) <= MOST_LINES_FOR_SAM


def test_every_tool_except_terraform_is_deployed():
    assert {*TOOLS, *HEAVY_TOOLS} == set(ROWS) - {"terraform"}


def test_templates_are_valid():
    _run(str(Path(sys.executable).with_name("cfn-lint")), "--non-zero-exit-code", "error", *map(str, TEMPLATES))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_script_is_valid_bash(script):
    _run("bash", "-n", str(script))


def test_terraform_example_publishes_tags_and_ignores_the_alias():
    resources = hcl2.loads((EXAMPLES / "terraform/after.tf").read_text())["resource"]
    bodies = {
        _unquoted(kind): body for resource in resources for kind, named in resource.items() for body in named.values()
    }
    function, alias = bodies["aws_lambda_function"], bodies["aws_lambda_alias"]
    assert function["publish"] is True
    assert {_unquoted(key): _unquoted(value) for key, value in function["tags"].items()} == {"rollout:alias": "live"}
    ignored = alias["lifecycle"][0]["ignore_changes"]
    assert [_unquoted(name) for name in ignored] == ["function_version", "routing_config"]


def test_alias_that_is_taken_out_of_its_stack_stays_and_is_named_by_its_arn():
    """The second deployment removes ShopLive: nothing may refer to it by then, and CloudFormation may not delete it."""
    text = (EXAMPLES / "no-drift/after.yaml").read_text()
    assert "    Type: AWS::Lambda::Alias\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n" in text
    assert text.count("ShopLive") == 1
    assert 'FunctionName: !Sub "${Shop.Arn}:live"' in text


def test_stack_without_its_alias_is_valid(tmp_path):
    text = (EXAMPLES / "no-drift/after.yaml").read_text()
    without, removed = re.subn(r"  ShopLive:\n(?:    .*\n)+\n", "", text)
    (tmp_path / "template.yaml").write_text(without)
    assert (removed, "AWS::Lambda::Alias" in without) == (1, False)
    _run(str(Path(sys.executable).with_name("cfn-lint")), str(tmp_path / "template.yaml"))


@pytest.mark.parametrize("section", ["Edits that move production back", "A way that does not drift"])
def test_every_tool_says_what_moves_production_back_and_how_not_to_drift(section):
    table = TEXT.split(f"# {section}\n")[1].split("\n#")[0]
    tools = re.findall(r"^\| \[([^\]]+)\]", TEXT.split("## What the examples assume")[0], re.MULTILINE)
    rows = [cells.split(" | ")[0].removeprefix("| ") for cells in table.splitlines() if cells.startswith("| ")][1:]
    assert {tool for tool in tools if tool not in rows} == set()


def test_workflow_pins_its_actions_and_keeps_no_credentials():
    """A tag can be moved to other code, and a token that checkout leaves behind can be read by every later step."""
    workflow = yaml.safe_load((EXAMPLES / "github-actions/rollout.yml").read_text())
    used = [step for step in workflow["jobs"]["rollout"]["steps"] if "uses" in step]
    assert [step["uses"].split("@")[0] for step in used] == [
        "actions/checkout",
        "aws-actions/configure-aws-credentials",
    ]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in used)
    checkout, credentials = (step["with"] for step in used)
    assert checkout == {"persist-credentials": False}
    assert "role-to-assume" in credentials
    assert not {"aws-access-key-id", "aws-secret-access-key"} & credentials.keys()


def test_workflow_waits_with_the_documented_script():
    workflow = yaml.safe_load((EXAMPLES / "github-actions/rollout.yml").read_text())
    assert workflow["permissions"] == {"id-token": "write", "contents": "read", "pull-requests": "write"}
    *_, waits, summarizes = workflow["jobs"]["rollout"]["steps"]
    assert waits["run"] == (EXAMPLES / "pipeline/publish-and-wait.sh").read_text()
    assert summarizes["run"] == (EXAMPLES / "pipeline/summarize.sh").read_text()


def test_workflow_summarizes_red_endings_too_and_gives_its_token_to_one_step():
    workflow = yaml.safe_load((EXAMPLES / "github-actions/rollout.yml").read_text())
    *others, summarizes = workflow["jobs"]["rollout"]["steps"]
    assert summarizes["if"] == f"always() && steps.{others[-1]['id']}.outputs.version"
    assert [step for step in others if "github.token" in str(step)] == []
    assert "github.token" not in str(workflow["jobs"]["rollout"]["env"])
    assert [name for name, value in summarizes["env"].items() if "github.token" in value] == ["GH_TOKEN"]


@pytest.mark.parametrize("block", re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL))
def test_console_input_is_accepted(block):
    reasons = RefusalList()
    request = read_request(json.loads(block), EXECUTION, reasons)
    assert [*reasons] == []
    assert request.function == "my-api"
    if isinstance(request.policy, dict):
        Policy.model_validate(request.policy)


def test_document_quotes_the_refusal_of_a_moved_alias():
    seven = version("7")
    found = facts(alias=AliasState(version="7", revision_id="revision-1"), stable=seven, canary=seven)
    request = RolloutRequest(
        account_region=TARGET.account_region, function="my-api", alias=None, version=None, policy=policy()
    )
    [refusal] = refusals(request, found)
    assert str(refusal) in TEXT


def _run(*command: str) -> None:
    process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - from this file
    assert process.returncode == 0, process.stdout + process.stderr


def _unquoted(text: str) -> str:
    """Return a value without the quotes and braces that some releases of the parser keep."""
    return text.strip('"${}')


@pytest.mark.parametrize("published", ["1", "42", "999", "12345"])
@pytest.mark.parametrize("function", ["my-api", "f" * 64])
@pytest.mark.parametrize("example", ["pipeline/publish-and-wait.sh", "github-actions/rollout.yml"])
def test_pipeline_looks_for_the_name_of_the_execution(example, function, published):
    """A function's name of 64 characters is cut, so that the execution's name has at most 80."""
    (line,) = [line for line in (EXAMPLES / example).read_text().splitlines() if line.strip().startswith("name=")]
    script = f'FUNCTION={function} version={published}; {line}\nprintf %s "$name"'
    beginning = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607
    name = execution_name(TARGET.model_copy(update={"function": function}), published)
    assert name[:-12] == beginning
    assert len(name) <= 80
