"""A function to roll out: opted in by its tag, called through its alias, each version as faulty as wanted."""

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.server import REGION, Sandbox
from sandbox.traffic import Traffic

_SOURCE = Path(__file__).parent / "functions" / "shop" / "app.py"
# Written out for every later version: Lambda publishes nothing that is the same as before.
_HEALTHY = {"fault_percent": 0.0, "burst_percent": 0.0, "delay_ms": 0.0}
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class Shop:
    """A function with an alias, in a sandbox; in the stack's account and region unless told otherwise."""

    def __init__(
        self,
        sandbox: Sandbox,
        name: str = "shop",
        alias: str = "live",
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        self.name, self.alias = name, alias
        self.account, self.region = account or sandbox.account, region or REGION
        self._lambda = sandbox.client("lambda", account, region)
        self._iam: Any = sandbox.client("iam", account, region)  # kept: one that is let go leaves its connection open

    def open(self, *, opted_in: bool = True, **manners: float) -> str:
        """Create the function with a first version behind its alias, healthy unless told otherwise; return it."""
        created = self._lambda.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role(),
            Code={"ZipFile": _package()},
            Environment=_environment(manners),
        )
        self._settled()
        version = str(self._lambda.publish_version(FunctionName=created["FunctionName"])["Version"])
        self._lambda.create_alias(FunctionName=self.name, Name=self.alias, FunctionVersion=version)
        if opted_in:  # now, not before: the first version is not to be rolled out, it is what others are compared with
            self.opt_in()
        return version

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"

    def opt_in(self) -> None:
        """Hand the alias over: from now on a published version is rolled out."""
        self.tag("rollout:alias", self.alias)

    def tag(self, key: str, value: str) -> None:
        self._lambda.tag_resource(Resource=self.arn, Tags={key: value})

    def publish(self, **manners: float) -> str:
        """Publish a version of these manners (see `functions/shop`), healthy without any; return its number."""
        return self.publish_with(Environment=_environment({**_HEALTHY, **manners}))

    def publish_with(self, **configuration: Any) -> str:  # noqa: ANN401 - whatever Lambda takes
        """Publish a version with this configuration; return its number."""
        self._lambda.update_function_configuration(FunctionName=self.name, **configuration)
        self._settled()
        return str(self._lambda.publish_version(FunctionName=self.name)["Version"])

    def edit(self, **changes: Any) -> None:  # noqa: ANN401 - whatever Lambda takes
        """Change the alias by hand, as its owner may."""
        self._lambda.update_alias(FunctionName=self.name, Name=self.alias, **changes)

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

    def role(self, name: str = "") -> str:
        """Return the ARN of the function's role, or of another one of this name, made if need be."""
        role_name = name or f"{self.name}-role"
        trust = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
        with suppress(self._iam.exceptions.EntityAlreadyExistsException):
            self._iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=trust)
        return str(self._iam.get_role(RoleName=role_name)["Role"]["Arn"])


def _environment(manners: dict[str, float]) -> dict[str, dict[str, str]]:
    return {"Variables": {name.upper(): str(value) for name, value in manners.items()}}


def write_package(path: Path, **behaviour: float) -> None:
    """Write a zip file whose code behaves like this wherever its environment does not say otherwise."""
    path.write_bytes(_package(**behaviour))


def _package(**behaviour: float) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(_SOURCE, "app.py")
        file.writestr("behaviour.json", json.dumps({name.upper(): value for name, value in behaviour.items()}))
    return archive.getvalue()
