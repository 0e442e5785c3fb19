"""docs/adopting.md, carried out: each example is deployed by its own tool, and its alias is ours from then on."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.accounts import HOME
from sandbox.server import REGION
from tests.adopting.workshop import HEAVY_TOOLS, SOON, TOOLS, Example, Team

pytestmark = pytest.mark.heavy
PROMOTED_WITHIN_SECONDS = 90
OURS = ("ShiftTraffic", "PromoteVersion")
TEAMS_AT_ONCE = 2
every_tool = pytest.mark.parametrize(
    "tool", [*TOOLS, *(pytest.param(tool, marks=pytest.mark.heavy) for tool in HEAVY_TOOLS)]
)


@dataclass(frozen=True)
class Adopted:
    """A function whose alias was handed over, and what became of it with each deployment."""

    function: str
    before: str | None
    """The version the alias served the day it was handed over; None where there was no alias."""
    first: str
    second: str
    """The versions that two deployments of changed code have published."""
    left: tuple[str | None, str | None]
    """What the alias served when each of these deployments had just ended."""


@pytest.fixture(scope="module")
def adopted(request, sandbox, tmp_path_factory):
    """Let each tool's team adopt, two at once; where the suite plays its stories too, they go on meanwhile."""
    if any("stories" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stories")
    _prepare(sandbox)
    with ThreadPoolExecutor(TEAMS_AT_ONCE) as teams:
        asked = {item.callspec.params["tool"] for item in request.session.items if "adopted" in item.fixturenames}
        folders = {tool: tmp_path_factory.mktemp(tool) for tool in asked}
        playing = {
            tool: teams.submit(_adopt, sandbox, Team(tool, folders[tool], sandbox.local.environment))
            for tool in sorted(asked)
        }
        yield lambda tool: playing[tool].result()


@every_tool
def test_each_deployment_publishes_a_version_that_is_rolled_out_once(tool, adopted, sandbox):
    """P7."""
    found = adopted(tool)
    assert found.first != found.second
    assert [len(sandbox.rollouts_of(found.function, version)) for version in (found.first, found.second)] == [1, 1]


@every_tool
def test_no_deployment_deletes_a_version(tool, adopted, sandbox):
    """P1: the version before is the way back."""
    found = adopted(tool)
    kept = sandbox.client("lambda").list_versions_by_function(FunctionName=found.function)["Versions"]
    assert {found.before or "1", found.first, found.second} <= {version["Version"] for version in kept}


@every_tool
def test_nobody_but_a_rollout_moves_the_alias(tool, adopted, sandbox):
    """P2."""
    moved_by = _movers(sandbox, adopted(tool).function)
    assert moved_by
    assert [who for who in moved_by if not any(ours in who for ours in OURS)] == []


@every_tool
def test_a_deployment_after_a_promotion_does_not_put_the_alias_back(tool, adopted):
    """P2."""
    found = adopted(tool)
    assert int(found.left[0] or 0) >= int(found.before or 0)
    assert int(found.left[1] or 0) >= int(found.first)


def _adopt(sandbox, team: Team) -> Adopted:
    example = (TOOLS | HEAVY_TOOLS)[team.tool]
    _begin(sandbox, team, example)
    before = _alias(sandbox, team.function).get("FunctionVersion")
    sandbox.client("lambda").tag_resource(Resource=_arn(team.function), Tags={"rollout:policy": "soon"})
    if example.once:
        team.run(example.once)
    if example.template:  # handed over with the code as it is
        team.deploy(example, example.after, _pinned(team))
    (first, first_left), (second, second_left) = (_released(sandbox, team, example) for _ in range(2))
    return Adopted(team.function, before, first, second, (first_left, second_left))


def _begin(sandbox, team: Team, example: Example) -> None:
    """Deploy the application as it was before anybody had heard of Lambda Rollouts."""
    if team.tool == "cli":
        sandbox.shop(team.function, opted_in=False)
        return
    team.change_the_code()
    if team.tool == "cdk":
        team.bootstrap()
    team.deploy(example, example.before)


def _released(sandbox, team: Team, example: Example) -> tuple[str, str | None]:
    """Deploy changed code as the document says, and wait for the promotion; return the version, and the one before."""
    team.change_the_code()
    team.deploy(example, example.after, _pinned(team))
    left, version = _alias(sandbox, team.function).get("FunctionVersion"), _newest(sandbox, team.function)
    deadline = time.monotonic() + PROMOTED_WITHIN_SECONDS
    while _alias(sandbox, team.function).get("FunctionVersion") != version:
        assert time.monotonic() < deadline, f"{team.function} {version} is not promoted."
        time.sleep(0.5)
    return version, left


def _pinned(team: Team) -> Callable[[str], str]:
    """Fill in what differs from stack to stack: the ten characters that the document tells where to find."""
    if team.tool != "sam":
        return str
    told = team.run("pin.sh").strip()
    return lambda template: template.replace("0123456789", told.removeprefix("ShopVersion"), 1)


def _prepare(sandbox) -> None:
    policy = {"Name": "/rollouts/policies/soon", "Type": "String", "Value": json.dumps(SOON), "Overwrite": True}
    sandbox.client("ssm").put_parameter(**policy)
    sandbox.client("s3").create_bucket(Bucket="shop-code")


def _alias(sandbox, function: str) -> dict[str, Any]:
    functions = sandbox.client("lambda")
    try:
        found = functions.get_alias(FunctionName=function, Name="live")
    except functions.exceptions.ResourceNotFoundException:
        return {}
    return {key: value for key, value in found.items() if key != "ResponseMetadata"}


def _newest(sandbox, function: str) -> str:
    versions = sandbox.client("lambda").list_versions_by_function(FunctionName=function)["Versions"]
    return max((version["Version"] for version in versions if version["Version"] != "$LATEST"), key=int)


def _movers(sandbox, function: str) -> list[str]:
    """Return who has written the alias `live` of a function, by the trail."""
    asked = [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}]
    pages = sandbox.client("cloudtrail").get_paginator("lookup_events").paginate(LookupAttributes=asked)
    events = [(event["Username"], json.loads(event["CloudTrailEvent"])) for page in pages for event in page["Events"]]
    written = [(who, event["requestParameters"]) for who, event in events]
    return [who for who, alias in written if (alias["functionName"], alias["name"]) == (function, "live")]


def _arn(function: str) -> str:
    return f"arn:aws:lambda:{REGION}:{HOME}:function:{function}"
