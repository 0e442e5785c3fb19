"""The examples of docs/adopting.md, deployed by their own tools: from then on, rollouts move the alias."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.adopting.workshop import HEAVY_TOOLS, SOON, TOOLS, Example, Team
from tests.e2e.stack import Stack
from tests.e2e.waiting import wait_for

pytestmark = pytest.mark.heavy
PROMOTED_WITHIN_SECONDS = 90
WRITERS = ("ShiftTraffic", "PromoteVersion")
"""Parts of the names of the roles that write an alias in a rollout that succeeds."""
TEAMS_AT_ONCE = 2
every_tool = pytest.mark.parametrize(
    "tool", [*TOOLS, *(pytest.param(tool, marks=pytest.mark.heavy) for tool in HEAVY_TOOLS)]
)


@dataclass(frozen=True)
class Adoption:
    """A function that was opted in, and two deployments of changed code after that."""

    function: str
    before: str | None
    """The version that the alias served when the function was opted in; None if there was no alias."""
    versions: tuple[str, str]
    """The versions that the two deployments published."""
    left: tuple[str | None, str | None]
    """The version that the alias served when each of the two deployments had just ended."""


@pytest.fixture(scope="module")
def adoptions(request, stack, tmp_path_factory):
    """Let the team of each tool adopt, two at once; the stories run at the same time if the suite runs them."""
    if any("stories" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stories")
    _create_policy_and_bucket(stack)
    with ThreadPoolExecutor(TEAMS_AT_ONCE) as pool:
        tools = {item.callspec.params["tool"] for item in request.session.items if "adoptions" in item.fixturenames}
        folders = {tool: tmp_path_factory.mktemp(tool) for tool in tools}
        running = {
            tool: pool.submit(_adopt, stack, Team(tool, folders[tool], stack.local.environment))
            for tool in sorted(tools)
        }
        yield lambda tool: running[tool].result()


@every_tool
def test_deployment_publishes_version_with_one_rollout(tool, adoptions, stack):
    """P7."""
    adoption = adoptions(tool)
    first, second = adoption.versions
    assert first != second
    assert [len(stack.executions.of_version(adoption.function, version)) for version in (first, second)] == [1, 1]


@every_tool
def test_deployment_deletes_no_version(tool, adoptions, stack):
    """P1: a rollback needs the version before."""
    adoption = adoptions(tool)
    kept = stack.client("lambda").list_versions_by_function(FunctionName=adoption.function)["Versions"]
    assert {adoption.before or "1", *adoption.versions} <= {version["Version"] for version in kept}


@every_tool
def test_only_rollouts_move_alias(tool, adoptions, stack):
    """P2."""
    writers = _alias_writers(stack, adoptions(tool).function)
    assert writers
    assert [writer for writer in writers if not any(part in writer for part in WRITERS)] == []


@every_tool
def test_deployment_after_promotion_keeps_promoted_version(tool, adoptions):
    """P2."""
    adoption = adoptions(tool)
    assert int(adoption.left[0] or 0) >= int(adoption.before or 0)
    assert int(adoption.left[1] or 0) >= int(adoption.versions[0])


def _adopt(stack: Stack, team: Team) -> Adoption:
    example = (TOOLS | HEAVY_TOOLS)[team.tool]
    _deploy_before(stack, team, example)
    before = _served_version(stack, team.function)
    function = stack.client("lambda").get_function(FunctionName=team.function)["Configuration"]["FunctionArn"]
    stack.client("lambda").tag_resource(Resource=function, Tags={"rollout:policy": "soon"})
    if example.once:
        team.run(example.once)
    if example.template:  # the opt-in is a deployment of unchanged code
        team.deploy(example, example.after, _adapt(team))
    (first, first_left), (second, second_left) = (_release(stack, team, example) for _ in range(2))
    return Adoption(team.function, before, (first, second), (first_left, second_left))


def _deploy_before(stack: Stack, team: Team, example: Example) -> None:
    """Deploy the application as it is without Lambda Rollouts."""
    if team.tool == "cli":
        stack.shop(team.function, opted_in=False)
        return
    team.change_code()
    if team.tool == "cdk":
        team.bootstrap()
    team.deploy(example, example.before)


def _release(stack: Stack, team: Team, example: Example) -> tuple[str, str | None]:
    """Deploy changed code as the document says; return the version, once promoted, and what the alias served before."""
    team.change_code()
    team.deploy(example, example.after, _adapt(team))
    left, version = _served_version(stack, team.function), _newest_version(stack, team.function)
    wait_for(
        lambda: _served_version(stack, team.function) == version,
        lambda: f"{team.function} {version} is not promoted.",
        PROMOTED_WITHIN_SECONDS,
    )
    return version, left


def _adapt(team: Team) -> Callable[[str], str]:
    """Fill in what differs between stacks: ten characters that are found as the document describes."""
    if team.tool != "sam":
        return str
    logical_id = team.run("pin.sh").strip()
    return lambda template: template.replace("0123456789", logical_id.removeprefix("ShopVersion"), 1)


def _create_policy_and_bucket(stack: Stack) -> None:
    policy = {"Name": "/rollouts/policies/soon", "Type": "String", "Value": json.dumps(SOON), "Overwrite": True}
    stack.client("ssm").put_parameter(**policy)
    stack.client("s3").create_bucket(Bucket="shop-code")


def _served_version(stack: Stack, function: str) -> str | None:
    functions = stack.client("lambda")
    try:
        return functions.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
    except functions.exceptions.ResourceNotFoundException:
        return None


def _newest_version(stack: Stack, function: str) -> str:
    versions = stack.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return max((version["Version"] for version in versions if version["Version"] != "$LATEST"), key=int)


def _alias_writers(stack: Stack, function: str) -> list[str]:
    """Return the user of each write of a function's alias `live`, from CloudTrail."""
    attributes: list[dict[str, Any]] = [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}]
    pages = stack.client("cloudtrail").get_paginator("lookup_events").paginate(LookupAttributes=attributes)
    events = [(event["Username"], json.loads(event["CloudTrailEvent"])) for page in pages for event in page["Events"]]
    writes = [(user, event["requestParameters"]) for user, event in events]
    return [user for user, alias in writes if (alias["functionName"], alias["name"]) == (function, "live")]
