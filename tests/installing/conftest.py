"""The packaged release in a local AWS: deployed by CloudFormation with the scripts of the documents."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from installing.package import LOCAL_BUCKET, package_locally
from installing.release import Release
from sandbox.deploy import STACK
from sandbox.sam import layer_settings
from sandbox.server import ROOT, Sandbox, free_port, running
from sandbox.shop import Shop
from tests.e2e.executions import Executions
from tests.e2e.waiting import wait_for
from tests.installing.later_release import later_template

EXAMPLES = ROOT / "docs" / "examples"
PARAMETERS = "MetricPeriodSeconds=5 MetricLagSeconds=1"


class Installation:
    """The stack of a packaged release, and functions that it rolls out."""

    def __init__(self, sandbox: Sandbox, release: Release) -> None:
        self.sandbox, self.release = sandbox, release
        self.formation = sandbox.client("cloudformation")
        self.machines = sandbox.client("stepfunctions")
        self.shops: list[Shop] = []

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

    def roll_out(self, name: str, policy: object) -> str:
        """Begin a rollout of a new version of a new function; return the ARN of its execution."""
        shop = Shop(self.sandbox, name)
        self.shops.append(shop)  # a discarded client leaves its connections open
        shop.create(opted_in=False)
        shop.opt_in()
        version = shop.publish()
        return self.executions.start({"function": name, "version": version, "policy": policy})

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


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    with running(free_port(), "installing") as sandbox:
        release = Release(folder)
        package_locally(release, sandbox, layer_settings())
        installation = Installation(sandbox, release)
        installation.run("install/upload.sh", release.folder)
        installation.deploy(release.folder / "packaged.yaml", release.folder)
        yield installation


@pytest.fixture(scope="module")
def later(installation, tmp_path_factory):
    """The packaged template of a later release."""
    return later_template(installation.release, installation.sandbox, tmp_path_factory.mktemp("later"))
