"""The stack of a packaged release in a local AWS, and functions that it rolls out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from installing.package import LOCAL_BUCKET
from installing.release import Release
from sandbox.deploy import STACK
from sandbox.server import ROOT, Sandbox
from sandbox.shop import Shop
from tests.e2e.executions import Executions
from tests.e2e.ledger import Ledger
from tests.e2e.waiting import wait_for

EXAMPLES = ROOT / "docs" / "examples"
_RULE = "StartRolloutFunctionVersionPublished"
PARAMETERS = "MetricPeriodSeconds=5 MetricLagSeconds=1"


class Installation:
    """The stack of a packaged release, and functions that it rolls out."""

    def __init__(self, sandbox: Sandbox, release: Release) -> None:
        self.sandbox, self.release = sandbox, release
        self.formation = sandbox.client("cloudformation")
        self.machines = sandbox.client("stepfunctions")
        self.shops: list[Shop] = []

    def request(self, name: str, **parameters: Any) -> Any:
        """Send a control request to the local AWS: see `sandbox.emulator.faults`; return its response."""
        request = Request(f"{self.sandbox.url}/_sandbox/{name}", json.dumps(parameters).encode(), method="POST")  # noqa: S310
        with urlopen(request) as response:  # noqa: S310 - the sandbox's own address
            return json.load(response)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.sandbox.client("dynamodb"), self.outputs["LedgerTableName"])

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources of the stack, as CloudFormation describes them."""
        return list(self.formation.describe_stack_resources(StackName=STACK)["StackResources"])

    @property
    def outputs(self) -> dict[str, str]:
        described = self.formation.describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def run(self, script: str, folder: Path, added: str = "", **settings: str) -> str:
        """Run a documented script in a folder; return what it prints."""
        commands = (EXAMPLES / script).read_text().rstrip() + added
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = self.sandbox.environment | settings | {"PATH": path, "AWS_PAGER": "", "BUCKET": LOCAL_BUCKET}
        ended = subprocess.run(  # noqa: S603 - a script of the documents
            ["bash", "-e", "-o", "pipefail", "-c", commands],  # noqa: S607 - the shell of the user
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ended.returncode == 0, f"{script}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def deploy(self, template: Path, folder: Path) -> None:
        """Deploy a packaged template over the stack, as the documents do."""
        (folder / "packaged.yaml").write_text(template.read_text())
        self.run("install/deploy.sh", folder, f" \\\n  --parameter-overrides {PARAMETERS}")
        self._start_by_hand_only()

    def _start_by_hand_only(self) -> None:
        """Let no event start a rollout: by the default policy, it may promote a version before a test's begins."""
        [rule] = [each for each in self.resources if each["LogicalResourceId"] == _RULE]
        self.sandbox.client("events").disable_rule(Name=rule["PhysicalResourceId"].rpartition("|")[2])

    def roll_out(self, name: str, policy: object) -> str:
        """Begin a rollout of a new version of a new function; return the ARN of its execution."""
        shop = Shop(self.sandbox, name)
        self.shops.append(shop)  # a discarded client leaves its connections open
        shop.create(opted_in=False)
        shop.opt_in()
        return self.roll_out_next(shop, policy)

    def roll_out_next(self, shop: Shop, policy: object, **behaviour: float) -> str:
        """Begin a rollout of another version of a function; return the ARN of its execution."""
        version = shop.publish(**behaviour)
        return self.executions.start({"function": shop.name, "version": version, "policy": policy})

    def shop(self, name: str) -> Shop:
        """Return a function that was rolled out."""
        [shop] = [shop for shop in self.shops if shop.name == name]
        return shop

    @property
    def executions(self) -> Executions:
        return Executions(self.machines, self.outputs["StateMachineArn"])

    def command(self, function: str, kind: str) -> None:
        commands = Executions(self.machines, self.outputs["CommandStateMachineArn"])
        given = commands.start({"function": function, "command": kind, "why": "by the test"})
        assert commands.wait_for_end(given)["status"] == "SUCCEEDED"

    def evaluate_again(self, arns: dict[str, str]) -> dict[str, Any]:
        """Wait until each rollout has had another evaluation from now on; return each document by its name."""
        before = {name: self._evaluations(arn) for name, arn in arns.items()}
        for name, arn in arns.items():
            wait_for(
                # The first one may have begun before.
                lambda name=name, arn=arn: self._evaluations(arn) > before[name] + 1,
                lambda arn=arn: f"{arn} has no further evaluation: {self.executions.states(arn)[-6:]}",
            )
        return {name: self.executions.inputs(arn)["ChooseNextMove"] for name, arn in arns.items()}

    def _evaluations(self, arn: str) -> int:
        return self.executions.states(arn).count("ChooseNextMove")
