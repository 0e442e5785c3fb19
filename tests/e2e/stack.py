"""The deployed stack as its operators and its users see it: through AWS API calls."""

import json
import time
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any
from urllib.request import Request, urlopen

from sandbox.accounts import HOME
from sandbox.deploy import MEMBER_STACK, STACK
from sandbox.server import Sandbox
from sandbox.shop import Shop
from tests.e2e.audit import Audit
from tests.e2e.executions import Executions
from tests.e2e.history import History
from tests.e2e.ledger import Ledger
from tests.e2e.listener import Listener
from tests.e2e.waiting import POLL_SECONDS, wait_for

CONCURRENCY_SECONDS = 120
"""How long an invocation waits for free concurrency, of which the sandbox's Lambda has little."""


@dataclass(frozen=True)
class Stack:
    """The orchestrator and its member accounts, in one sandbox."""

    local: Sandbox
    outputs: dict[str, str]
    history: History
    shops: list[Shop] = field(default_factory=list)
    """Every shop, kept until the sandbox stops: a discarded client leaves its connections open."""
    _clients: dict[tuple[str, str | None], Any] = field(default_factory=dict)
    _creating: Lock = field(default_factory=Lock)

    def client(self, service: str, account: str | None = None) -> Any:
        """Return the client of a service, the same one for every story."""
        key = (service, account)
        with self._creating:
            if key not in self._clients:
                self._clients[key] = self.local.client(service, account)
            return self._clients[key]

    @cached_property
    def executions(self) -> Executions:
        return Executions(self.client("stepfunctions"), self.outputs["StateMachineArn"])

    @cached_property
    def commands(self) -> Executions:
        return Executions(self.client("stepfunctions"), self.outputs["CommandStateMachineArn"])

    @cached_property
    def releases(self) -> Executions:
        return Executions(self.client("stepfunctions"), self.outputs["ReleaseStateMachineArn"])

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.client("dynamodb"), self.outputs["LedgerTableName"])

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.local.audit)

    @cached_property
    def listener(self) -> Listener:
        return Listener(self.client, self.outputs)

    @cached_property
    def physical_ids(self) -> dict[str, str]:
        """The physical ID of each resource of the orchestrator, by its logical ID."""
        return self.resources(HOME)

    def resources(self, account: str) -> dict[str, str]:
        """Return the physical ID of each resource of an account's stack, by its logical ID."""
        formation = self.client("cloudformation", account)
        stack = formation.describe_stack_resources(StackName=STACK if account == HOME else MEMBER_STACK)
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in stack["StackResources"]}

    def shop(self, name: str, *, account: str | None = None, region: str | None = None, **options: Any) -> Shop:
        """Create a function with one version behind its alias `live`; see `Shop.open` for the options."""
        shop = Shop(self.local, name, account=account, region=region)
        self.shops.append(shop)
        shop.create(**options)
        return shop

    def wait_for_version_events(self, shop: Shop, count: int) -> None:
        """Wait until StartRollout has looked up a shop's function for so many events of published versions."""
        wait_for(
            lambda: self.audit.lookups(shop.name) >= count,
            lambda: f"StartRollout handled {self.audit.lookups(shop.name)} of {count} events of {shop.name}.",
        )

    def invoke(self, logical_id: str, event: object) -> dict[str, Any]:
        """Invoke a function of the stack as soon as Lambda has free concurrency; return its response."""
        functions, deadline = self.client("lambda"), time.monotonic() + CONCURRENCY_SECONDS
        name, payload = self.physical_ids[logical_id], json.dumps(event).encode()
        while True:
            try:
                return json.loads(functions.invoke(FunctionName=name, Payload=payload)["Payload"].read())
            except functions.exceptions.TooManyRequestsException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)

    def run_task(self, state: str, document: dict[str, Any], shop: Shop) -> dict[str, Any]:
        """Invoke the function of a state while the document's execution holds the lock of a shop's alias."""
        with self.ledger.locked(shop, document):
            return self.invoke(f"{state}Function", document)

    def inject_fault(self, **fault: Any) -> None:
        """Let the emulator fail the calls that match; see `sandbox.emulator.faults` for the fields."""
        self._control("add-fault", **fault)

    def delay_history(self, shop: Shop, seconds: float) -> None:
        """Let CloudTrail list the calls for a shop's function only so long after they were made."""
        self._control("delay-history", contains=f'"functionName": "{shop.name}"', seconds=seconds)

    def run_schedules(self) -> None:
        """Let every scheduled rule and every schedule run once, as if its hour had passed."""
        self._control("set-time-scale", scale=1e-9)
        for _ in range(2):  # at first sight of a rule the emulator begins to count
            self._control("run-schedules")
        self._control("set-time-scale", scale=1)

    def _control(self, name: str, **parameters: Any) -> None:
        request = Request(f"{self.local.url}/_sandbox/{name}", json.dumps(parameters).encode(), method="POST")  # noqa: S310
        with urlopen(request) as response:  # noqa: S310 - the sandbox's own address
            response.read()
