"""A function to roll out: opted in by its tag, called through its alias, each version as faulty as wanted."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from sandbox.server import Sandbox
from sandbox.traffic import Traffic

_SOURCE = Path(__file__).parent / "functions" / "shop" / "app.py"
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class Shop:
    """A function with an alias, in a sandbox."""

    def __init__(self, sandbox: Sandbox, name: str = "shop", alias: str = "live") -> None:
        self.name, self.alias = name, alias
        self._sandbox = sandbox
        self._lambda = sandbox.client("lambda")

    def open(self, *, opted_in: bool = True) -> str:
        """Create the function with a first, healthy version behind its alias; return that version."""
        created = self._lambda.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self._role(),
            Code={"ZipFile": _package()},
            Tags={"rollout:alias": self.alias} if opted_in else {},
        )
        self._settled()
        version = str(self._lambda.publish_version(FunctionName=created["FunctionName"])["Version"])
        self._lambda.create_alias(FunctionName=self.name, Name=self.alias, FunctionVersion=version)
        return version

    def publish(self, fault_percent: float = 0, delay_ms: float = 0) -> str:
        """Publish a version that fails and dawdles like this; return its number."""
        variables = {"FAULT_PERCENT": str(fault_percent), "DELAY_MS": str(delay_ms)}
        self._lambda.update_function_configuration(FunctionName=self.name, Environment={"Variables": variables})
        self._settled()
        return str(self._lambda.publish_version(FunctionName=self.name)["Version"])

    def traffic(self, per_second: float = 20) -> Traffic:
        return Traffic(self._lambda, f"{self.name}:{self.alias}", per_second)

    def served(self) -> dict[str, float]:
        """Return the percent of the alias's traffic that each version gets."""
        alias = self._lambda.get_alias(FunctionName=self.name, Name=self.alias)
        weights: dict[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        canaries = {version: weight * 100 for version, weight in weights.items()}
        return {alias["FunctionVersion"]: 100 - sum(canaries.values()), **canaries}

    def _settled(self) -> None:
        self._lambda.get_waiter("function_updated_v2").wait(FunctionName=self.name, WaiterConfig={"Delay": 0.1})

    def _role(self) -> str:
        iam: Any = self._sandbox.client("iam")
        role = iam.create_role(
            RoleName=f"{self.name}-role",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]}),
        )
        return str(role["Role"]["Arn"])


def _package() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(_SOURCE, "app.py")
    return archive.getvalue()
