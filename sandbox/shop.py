"""A function to roll out: it has the opt-in tag, an alias, and versions with configurable faults."""

import io
import json
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sandbox.traffic import CALLERS, Traffic

_SOURCE = Path(__file__).parent / "functions" / "shop" / "app.py"
# Every later version has these variables: Lambda publishes no version without a change.
_HEALTHY = {
    "fault_percent": 0.0,
    "regression_percent": 0.0,
    "burst_percent": 0.0,
    "slow_percent": 0.0,
    "delay_ms": 0.0,
    "http_500_percent": 0.0,
}
_ROLE_ATTEMPTS, _ROLE_SECONDS = 10, 3
_TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


class Account(Protocol):
    """Where the function is: the sandbox, or an account of AWS."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401 - a client
        """Return a boto3 client, by default in this account and region."""


class Shop:
    """A function with an alias, by default in the stack's account and region."""

    def __init__(
        self,
        owner: Account,
        name: str = "shop",
        alias: str = "live",
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        self.name, self.alias = name, alias
        self.account, self.region = account or owner.account, region or owner.region
        self._lambda = owner.client("lambda", account, region)
        self._iam: Any = owner.client(
            "iam", account, region
        )  # kept: a client that is garbage collected leaves its connection open

    def create(self, *, opted_in: bool = True, **behaviour: float) -> str:
        """Create the function with a version behind its alias, by default a healthy one; return the version."""
        created = self._create(
            FunctionName=self.name,
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role(),
            Code={"ZipFile": _package(**behaviour)},
        )
        self._lambda.get_waiter("function_active_v2").wait(FunctionName=self.name, WaiterConfig={"Delay": 0.1})
        version = str(self._lambda.publish_version(FunctionName=created["FunctionName"])["Version"])
        self._lambda.create_alias(FunctionName=self.name, Name=self.alias, FunctionVersion=version)
        if opted_in:  # after publishing: the first version is the stable one and needs no rollout
            self.opt_in()
        return version

    @property
    def arn(self) -> str:
        return f"arn:{self._lambda.meta.partition}:lambda:{self.region}:{self.account}:function:{self.name}"

    def opt_in(self) -> None:
        """Add the opt-in tag: every version published from now on is rolled out."""
        self.tag("rollout:alias", self.alias)

    def opt_out(self) -> None:
        """Remove the opt-in tag, as a tool does that removes tags it does not know."""
        self._lambda.untag_resource(Resource=self.arn, TagKeys=["rollout:alias"])

    def tag(self, key: str, value: str) -> None:
        self._lambda.tag_resource(Resource=self.arn, Tags={key: value})

    def untag(self, key: str) -> None:
        self._lambda.untag_resource(Resource=self.arn, TagKeys=[key])

    def publish(self, **behaviour: float) -> str:
        """Publish a version with this behaviour (see `functions/shop`), by default a healthy one; return its number."""
        return self.publish_with(Environment=_environment({**_HEALTHY, **behaviour}))

    def publish_with(self, **configuration: Any) -> str:  # noqa: ANN401 - the arguments of Lambda's API
        """Publish a version with this configuration; return its number."""
        self._lambda.update_function_configuration(FunctionName=self.name, **configuration)
        self._wait_until_updated()
        return str(self._lambda.publish_version(FunctionName=self.name)["Version"])

    def update_alias(self, **changes: Any) -> None:  # noqa: ANN401 - the arguments of Lambda's API
        """Change the alias as its owner, outside any rollout."""
        self._lambda.update_alias(FunctionName=self.name, Name=self.alias, **changes)

    def revision(self) -> str:
        """Return the RevisionId of the alias."""
        return str(self._lambda.get_alias(FunctionName=self.name, Name=self.alias)["RevisionId"])

    def delete(self) -> None:
        """Delete the function with its aliases, and its role; nothing happens where they do not exist."""
        with suppress(self._lambda.exceptions.ResourceNotFoundException):
            self._lambda.delete_function(FunctionName=self.name)
        with suppress(self._iam.exceptions.NoSuchEntityException):
            self._iam.delete_role(RoleName=f"{self.name}-role")

    def traffic(self, per_second: float = 20, callers: int = CALLERS) -> Traffic:
        return Traffic(self._lambda, f"{self.name}:{self.alias}", per_second, callers)

    def shares(self) -> dict[str, float]:
        """Return the percent of the alias's traffic by version."""
        alias = self._lambda.get_alias(FunctionName=self.name, Name=self.alias)
        weights: dict[str, float] = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        canaries = {version: weight * 100 for version, weight in weights.items()}
        return {alias["FunctionVersion"]: 100 - sum(canaries.values()), **canaries}

    def _create(self, **configuration: Any) -> Any:  # noqa: ANN401 - the arguments and the answer of Lambda's API
        """Create the function, once Lambda can assume its role: a new role is not known everywhere at once."""
        for _ in range(_ROLE_ATTEMPTS):
            with suppress(self._lambda.exceptions.InvalidParameterValueException):
                return self._lambda.create_function(**configuration)
            time.sleep(_ROLE_SECONDS)
        return self._lambda.create_function(**configuration)

    def _wait_until_updated(self) -> None:
        self._lambda.get_waiter("function_updated_v2").wait(FunctionName=self.name, WaiterConfig={"Delay": 0.1})

    def role(self, name: str = "") -> str:
        """Return the ARN of the function's role, or of the role with this name; create it if necessary."""
        role_name = name or f"{self.name}-role"
        trust = json.dumps({"Version": "2012-10-17", "Statement": [_TRUST]})
        with suppress(self._iam.exceptions.EntityAlreadyExistsException):
            self._iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=trust)
        return str(self._iam.get_role(RoleName=role_name)["Role"]["Arn"])


def _environment(behaviour: dict[str, float]) -> dict[str, dict[str, str]]:
    return {"Variables": {name.upper(): str(value) for name, value in behaviour.items()}}


def write_package(path: Path, **behaviour: float) -> None:
    """Write a zip file whose code behaves like this wherever its environment does not say otherwise."""
    path.write_bytes(_package(**behaviour))


def _package(**behaviour: float) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(_SOURCE, "app.py")
        file.writestr("behaviour.json", json.dumps({name.upper(): value for name, value in behaviour.items()}))
    return archive.getvalue()
