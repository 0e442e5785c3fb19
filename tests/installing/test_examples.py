"""The examples of docs/installing.md name the version of the release, and parameters and outputs of the template."""

import re
from typing import Any

import hcl2
import pytest
from cfnlint.decode.cfn_yaml import load

from installing.package import LOCAL_BUCKET
from installing.release import Release
from sandbox.server import ROOT
from tests.installing.capabilities import needed_capabilities

EXAMPLES = ROOT / "docs" / "examples" / "install"
PAGE = (ROOT / "docs" / "installing.md").read_text()
TEMPLATE = load(str(ROOT / "template.yaml"))
VERSION = Release().version
STACKS = {
    "main.tf": "aws_cloudformation_stack",
    "application.tf": "aws_serverlessapplicationrepository_cloudformation_stack",
}
"""The kind of the stack in each example of Terraform."""


def unquoted(value: Any) -> Any:
    return value.strip('"') if isinstance(value, str) else value


def stack_of(file: str) -> dict[str, Any]:
    """Return the resource of the stack in an example of Terraform."""
    resources = hcl2.loads((EXAMPLES / file).read_text())["resource"]
    named = {unquoted(kind): body for each in resources for kind, body in each.items()}
    [body] = named[STACKS[file]].values()
    return {unquoted(name): value for name, value in body.items()}


@pytest.mark.parametrize("file", ["upload.sh", "main.tf", "install-stack.ts"])
def test_example_names_the_folder_of_this_release(file: str):
    named = re.findall(r"lambda-rollouts/([\w.]+\d)", (EXAMPLES / file).read_text())
    assert named
    assert {*named} == {VERSION}


def test_application_has_the_version_of_this_release():
    assert unquoted(stack_of("application.tf")["semantic_version"]) == VERSION


def test_page_names_this_release_and_no_other():
    assert {*re.findall(r"(?:dist/|semanticVersion: ')([\d.]+\d)", PAGE)} == {VERSION}


def test_upload_replaces_the_bucket_of_the_package():
    assert f"s3://{LOCAL_BUCKET}/" in (EXAMPLES / "upload.sh").read_text()


@pytest.mark.parametrize("file", STACKS)
def test_terraform_passes_parameters_of_the_template(file: str):
    parameters = {unquoted(name) for name in stack_of(file)["parameters"] if not name.startswith("__")}
    assert parameters
    assert parameters <= TEMPLATE["Parameters"].keys()


def test_cdk_passes_parameters_and_reads_an_output_of_the_template():
    text = (EXAMPLES / "install-stack.ts").read_text()
    passed = re.findall(r"(\w+):", re.findall(r"parameters: \{(.*?)\}", text)[0])
    assert {*passed} <= TEMPLATE["Parameters"].keys()
    assert {*re.findall(r"Outputs\.(\w+)", text)} <= TEMPLATE["Outputs"].keys()


@pytest.mark.parametrize("file", STACKS)
def test_terraform_acknowledges_what_the_template_needs(file: str):
    given = {unquoted(name) for name in stack_of(file)["capabilities"]}
    needed = needed_capabilities(TEMPLATE)
    # CloudFormation asks for the transform, and the repository for resource policies.
    assert given == needed - {"CAPABILITY_RESOURCE_POLICY" if file == "main.tf" else "CAPABILITY_AUTO_EXPAND"}
