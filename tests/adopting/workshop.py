"""Teams that deploy a function with their own tool, and hand its alias over to Lambda Rollouts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.accounts import HOME
from sandbox.server import REGION, ROOT

EXAMPLES = ROOT / "docs" / "examples"
HERE = Path(__file__).parent
SOON = {"steps": "AllAtOnce", "bake": 5, "interval": 5, "max_extension": 5, "on_inconclusive": "promote"}
"""A policy for functions without calls."""
_SHOP = ROOT / "sandbox" / "functions" / "shop" / "app.py"
_BINARIES = (Path(sys.executable).parent, HERE / "node_modules" / ".bin")


class ToolError(Exception):
    """When a tool fails; the message is its output."""


@dataclass(frozen=True)
class Example:
    """What a tool deploys: a file that is called `template` in a team's folder, and a script."""

    template: str = ""
    before: tuple[str, str] = ("", "deploy.sh")
    after: tuple[str, str] = ("", "deploy.sh")
    once: str = ""
    """The script that hands the alias over, where no file does."""


TOOLS = {
    "sam": Example("template.yaml", ("before.yaml", "before.sh"), ("after.yaml", "after.sh")),
    "cloudformation": Example("template.yaml", ("before.yaml", "deploy.sh"), ("after.yaml", "deploy.sh")),
    "cli": Example(before=("", "before.sh"), after=("", "after.sh"), once="adopt.sh"),
}
HEAVY_TOOLS = {
    "sam-second-alias": Example("template.yaml", ("before.yaml", "deploy.sh"), ("after.yaml", "deploy.sh")),
    "cdk": Example("shop-stack.ts", ("before.ts", "deploy.sh"), ("after.ts", "deploy.sh")),
    "serverless": Example("serverless.yml", ("before.yml", "deploy.sh"), ("after.yml", "deploy.sh")),
}


@dataclass
class Team:
    """A folder with a function's code in it, and a shell that reaches only the local AWS."""

    tool: str
    folder: Path
    environment: dict[str, str]
    releases: int = 0

    @property
    def function(self) -> str:
        """The name of the team's function."""
        return "second-shop" if self.tool == "sam-second-alias" else f"{self.tool}-shop"

    def change_code(self) -> None:
        """Write code that differs from every earlier release; package it too, for tools that deploy packages."""
        self.releases += 1
        source = self.folder / "src" / "app.py"
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"{_SHOP.read_text()}\n# release {self.releases}\n")
        shutil.make_archive(str(self.folder / "shop"), "zip", source.parent)

    def deploy(self, example: Example, files: tuple[str, str], adapt: Callable[[str], str] = str) -> str:
        """Deploy with the documented file and script; return the tool's output. Raises ToolError."""
        template, script = files
        if template:
            text = adapt((EXAMPLES / self.tool / template).read_text())
            (self.folder / example.template).write_text(text)
        return self.run(script)

    def bootstrap(self) -> None:
        """Prepare the folder for the CDK's application, and the account for the CDK."""
        (self.folder / "node_modules").symlink_to(HERE / "node_modules")
        for file in (HERE / "cdk").iterdir():
            shutil.copy(file, self.folder)
        shutil.copy(EXAMPLES / "cdk" / "before.ts", self.folder / "shop-stack.ts")
        self._run_checked(f"cdk bootstrap aws://{HOME}/{REGION}")

    def run(self, script: str) -> str:
        """Run a documented script in the team's folder; return its output. Raises ToolError."""
        return self._run_checked((EXAMPLES / self.tool / script).read_text())

    def run_unchecked(self, commands: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run shell commands in the team's folder; return the completed process, whatever its exit code."""
        # The rollouts beside it are judged by the clock, so a tool that builds must not slow their calls.
        command = ["nice", "bash", "-e", "-c", commands]
        environment = self._environment() | settings
        return subprocess.run(  # noqa: S603 - the commands of the examples
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=180
        )

    def _run_checked(self, commands: str) -> str:
        process = self.run_unchecked(commands)
        if process.returncode:
            output = f"{process.stdout}{process.stderr}"
            raise ToolError(f"{commands}\nexited with {process.returncode} and printed:\n{output}")
        return process.stdout

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join([*map(str, _BINARIES), self.environment["PATH"]])
        quiet = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "CDK_DISABLE_CLI_TELEMETRY": "1"}
        quiet |= {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "AWS_PAGER": ""}
        inputs = {"CODE_BUCKET": "shop-code", "RELEASE": str(self.releases), "HOME": str(self.folder)}
        return self.environment | quiet | inputs | {"PATH": path}
