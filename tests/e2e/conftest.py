"""One sandbox for the whole suite, with the stack deployed; every test brings a function of its own."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from sandbox.accounts import ELSEWHERE, HOME, MEMBER, ORGANIZATION
from sandbox.deploy import MEMBER_STACK, STACK, deploy_member, deployed
from sandbox.server import REGION, ROOT, Sandbox, free_port
from sandbox.shop import Shop
from tests.e2e.dry_runs import asked_before
from tests.e2e.listener import Listener
from tests.e2e.many_events import told_often
from tests.e2e.member_stories import MEMBER_STORIES, member_restored_without_code
from tests.e2e.stories import OWN_STORIES, Played, faulty_version_operated, fine_version_published

STORIES = (told_often, *MEMBER_STORIES, *OWN_STORIES, asked_before)

MEMBER_TEMPLATE = ROOT / "template-member.yaml"
EXTERNAL_ID = "only-we-know"
MEMBER_PARAMETERS = {"OrchestratorAccount": HOME, "OrchestratorRegion": REGION, "MemberExternalId": EXTERNAL_ID}
MEMBERS_BUS = f"arn:aws:events:{REGION}:{HOME}:event-bus/lambda-rollouts-members"
UNLIKE = "444444444444"
"""An account that may tell us of its versions, and whose roles expect another external id."""
UNTAGGED = "theirs-untagged"
"""A member's function that forged requests are about."""
POLL_SECONDS = 0.2
ROOM_SECONDS = 120
"""The sandbox's Lambda runs few calls at a time, and the stories many."""
STORIES_AT_ONCE = 5


_one_at_a_time = Lock()


def _client(local: Sandbox, service: str, account: str | None = None) -> Any:
    """One client for all, whichever story asks first: each keeps its connections, which nobody closes."""
    with _one_at_a_time:
        return _made(local, service, account)


@cache
def _made(local: Sandbox, service: str, account: str | None) -> Any:
    return local.client(service, account)


@dataclass(frozen=True)
class Cloud:
    """The deployed stack as its operators and its users see it: through AWS API calls alone."""

    local: Sandbox
    outputs: dict[str, str]
    listener: Listener
    shops: list[Shop] = field(default_factory=list)
    """Kept: a shop that is let go leaves its connections open."""

    @property
    def url(self) -> str:
        return self.local.url

    @property
    def audit(self) -> Path:
        return self.local.audit

    def client(self, service: str, account: str | None = None) -> Any:
        return _client(self.local, service, account)

    @cached_property
    def physical_ids(self) -> dict[str, str]:
        """The stack's resources by their logical ids."""
        return self.resources(HOME)

    def resources(self, account: str) -> dict[str, str]:
        """Return the resources of an account's stack by their logical ids: the orchestrator's own, or a member's."""
        formation = self.client("cloudformation", account)
        stack = formation.describe_stack_resources(StackName=STACK if account == HOME else MEMBER_STACK)
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in stack["StackResources"]}

    def shop(
        self,
        name: str,
        *,
        account: str | None = None,
        region: str | None = None,
        opted_in: bool = True,
        **manners: float,
    ) -> Shop:
        """Create a function with one version behind its alias `live`, tagged and healthy unless told otherwise."""
        shop = Shop(self.local, name, account=account, region=region)
        self.shops.append(shop)
        shop.open(opted_in=opted_in, **manners)
        return shop

    def start(self, rollout: dict[str, Any], name: str | None = None) -> str:
        """Start a rollout by hand; return the execution's ARN."""
        named = {"name": name} if name else {}
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineArn"], input=json.dumps(rollout), **named
        )
        return started["executionArn"]

    def end(self, execution: str, within_seconds: float = 120) -> dict[str, Any]:
        """Wait for an execution's end; return what DescribeExecution says of it."""
        states, deadline = self.client("stepfunctions"), time.monotonic() + within_seconds
        while (described := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                pytest.fail(f"{execution} still runs after {within_seconds} s, in {self.states(execution)[-1]}.")
            time.sleep(POLL_SECONDS)
        return described

    def states(self, execution: str) -> list[str]:
        """Return the names of the states entered so far, in order."""
        return [entered["name"] for entered in self._entered(execution)]

    def inputs(self, execution: str) -> dict[str, Any]:
        """Return the document each state was given, by the state's name; the last one where it was entered often."""
        return {entered["name"]: json.loads(entered["input"]) for entered in self._entered(execution)}

    def _entered(self, execution: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event]

    def enters(self, execution: str, state: str, within_seconds: float = 60, times: int = 1) -> None:
        """Wait until an execution has entered a state, so many times."""
        deadline = time.monotonic() + within_seconds
        while self.states(execution).count(state) < times:
            if time.monotonic() > deadline:
                pytest.fail(f"{execution} entered {self.states(execution)}, but not {state}.")
            time.sleep(POLL_SECONDS)

    def run_again(self, played: Played, state: str) -> dict[str, Any]:
        """Run a state's function once more on the document it was given then, holding the claim it held."""
        return self.call_with_claim(state, self.inputs(played.execution)[state], played.shop)

    def call_with_claim(self, state: str, document: dict[str, Any], shop: Shop) -> dict[str, Any]:
        """Run a state's function on a document whose execution holds the claim to a shop's alias."""
        key, table = _key(shop, "lock"), {"TableName": self.outputs["LedgerTableName"]}
        told = {name: document[name] for name in ("target", "stable_version", "canary_version", "revision_id")}
        lock = {"S": json.dumps(told | {"holder": document["execution"]})}
        entry = {"holder": {"S": document["execution"]["arn"]}, "lock": lock}
        self.client("dynamodb").put_item(Item=key | entry, **table)
        try:
            return self.call(f"{state}Function", document)
        finally:
            self.client("dynamodb").delete_item(Key=key, **table)

    def call(self, logical_id: str, document: object) -> dict[str, Any]:
        """Invoke one of the stack's functions, once Lambda has room for it; return its answer."""
        functions, deadline = self.client("lambda"), time.monotonic() + ROOM_SECONDS
        name, payload = self.physical_ids[logical_id], json.dumps(document).encode()
        while True:
            try:
                return json.loads(functions.invoke(FunctionName=name, Payload=payload)["Payload"].read())
            except functions.exceptions.TooManyRequestsException:
                if time.monotonic() > deadline:
                    raise

    def lock(self, shop: Shop) -> dict[str, Any]:
        """Return the claim to a shop's alias; empty where nobody has it."""
        found = self.client("dynamodb").get_item(TableName=self.outputs["LedgerTableName"], Key=_key(shop, "lock"))
        return found.get("Item", {})

    def rollouts(self, shop: Shop) -> list[dict[str, str]]:
        """Return what the ledger has of a shop's rollouts, oldest first, in plain texts."""
        found = self.client("dynamodb").query(
            TableName=self.outputs["LedgerTableName"],
            KeyConditionExpression="target = :target AND begins_with(entry, :rollouts)",
            ExpressionAttributeValues={":target": _key(shop, "")["target"], ":rollouts": {"S": "rollout#"}},
        )
        return [{name: str(*value.values()) for name, value in item.items()} for item in found["Items"]]

    def made_whole(self, shop: Shop, within_seconds: float = 30) -> None:
        """Wait until nobody holds a shop's alias any more."""
        deadline = time.monotonic() + within_seconds
        while self.lock(shop):
            if time.monotonic() > deadline:
                pytest.fail(f"{shop.name}:{shop.alias} is still claimed after {within_seconds} s: {shop.served()}.")
            time.sleep(POLL_SECONDS)

    def started_by_event(self, function: str, version: str, within_seconds: float = 60) -> str:
        """Wait for the rollout that publishing this version starts; return the execution's ARN."""
        deadline = time.monotonic() + within_seconds
        while not (found := self.rollouts_of(function, version)):
            if time.monotonic() > deadline:
                pytest.fail(f"No rollout of {function} {version} started within {within_seconds} s.")
            time.sleep(POLL_SECONDS)
        return found[0]

    def rollouts_of(self, function: str, version: str) -> list[str]:
        """Return the executions that were asked to roll out this version, newest first."""
        states = self.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.outputs["StateMachineArn"])["executions"]
        arns = [execution["executionArn"] for execution in listed]
        asked = {arn: json.loads(states.describe_execution(executionArn=arn)["input"]) for arn in arns}
        return [
            arn
            for arn, request in asked.items()
            if isinstance(request, dict) and _asked_for(request) == (function, version)
        ]

    def left_alone(self, shop: Shop, versions: int, within_seconds: float = 60) -> None:
        """Wait until the events of so many versions, published before the opt-in, have been looked at and left."""
        deadline = time.monotonic() + within_seconds
        while self._looked_up(shop.name) < versions:
            if time.monotonic() > deadline:
                pytest.fail(f"The events of {shop.name} were not looked at within {within_seconds} s.")
            time.sleep(POLL_SECONDS)

    def _looked_up(self, function: str) -> int:
        return sum(
            ("StartRollout" in decision["principal"] or "-member-" in decision["principal"])
            and decision["action"] == "lambda:GetFunction"
            and decision["resource"].endswith(f":function:{function}")
            for decision in self.decisions()
        )

    def decisions(self) -> list[dict[str, Any]]:
        """Return every decision of IAM so far: principal (a role's name), action, resource, allowed."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


def _key(shop: Shop, entry: str) -> dict[str, dict[str, str]]:
    return {"target": {"S": f"{shop.account}/{shop.region}/{shop.name}/{shop.alias}"}, "entry": {"S": entry}}


def _asked_for(request: dict[str, Any]) -> tuple[str, str | None]:
    return str(request.get("function")).split(":")[-1], request.get("version")


@pytest.fixture(scope="session")
def sandbox():
    members = {"MemberAccounts": f"{MEMBER},{UNLIKE}", "MemberOrganization": ORGANIZATION}
    parameters = members | {"MemberExternalId": EXTERNAL_ID}
    with deployed(free_port(), "e2e", parameters=parameters, access_key=HOME) as (local, outputs):
        for region in (REGION, ELSEWHERE):
            deploy_member(local, MEMBER_TEMPLATE, MEMBER, region, MEMBER_PARAMETERS)
        deploy_member(local, MEMBER_TEMPLATE, UNLIKE, REGION, MEMBER_PARAMETERS | {"MemberExternalId": "somebody-else"})
        yield Cloud(local, outputs, Listener(partial(_client, local), outputs))


@pytest.fixture(scope="session")
def stories(sandbox):
    """Play the stories side by side, the longest first, as many as two cores carry; asked for one, wait for it."""
    with ThreadPoolExecutor(STORIES_AT_ONCE) as stage:
        playing = {story: stage.submit(story, sandbox) for story in STORIES}
        yield lambda story: playing[story].result()


@pytest.fixture(scope="session")
def late_shift(sandbox, stories):
    """Run the first shift of a rollout again, long after its end; return what the task answers."""
    return sandbox.run_again(stories(fine_version_published), "ShiftTraffic")


@pytest.fixture(scope="session")
def second_promotion(sandbox, stories):
    """Run the promotion of a rollout again, as if its answer had been lost; return what the task answers."""
    return sandbox.run_again(stories(fine_version_published), "PromoteVersion")


@pytest.fixture(scope="session")
def swept(sandbox, stories):
    """Call the guardian as its two schedules and a member do, once every story has been told; return its answers."""
    for story in STORIES:
        stories(story)
    hour = json.loads((ROOT / "events" / "guardian_hour_of_a_member.json").read_text())
    hour |= {"account": MEMBER, "region": REGION}
    sweeps = {"aliases": {"sweep": "aliases"}, "versions": {"sweep": "versions"}, "a member's versions": hour}
    return {name: sandbox.call("GuardianFunction", asked) for name, asked in sweeps.items()}


@pytest.fixture(scope="session")
def rollback_code_broken(sandbox, stories):
    """Play rollouts of faulty versions, at home and in a member, while RollBack cannot be loaded, after all others."""
    for story in STORIES:
        stories(story)
    functions, rollback = sandbox.client("lambda"), sandbox.physical_ids["RollBackFunction"]
    functions.update_function_configuration(FunctionName=rollback, Handler="nowhere.handler")
    with ThreadPoolExecutor(2) as stage:
        played = stage.map(lambda story: story(sandbox), (faulty_version_operated, member_restored_without_code))
        at_home, in_a_member = played
    functions.update_function_configuration(FunctionName=rollback, Handler="app.handler")
    return {"at home": at_home, "in a member": in_a_member}
