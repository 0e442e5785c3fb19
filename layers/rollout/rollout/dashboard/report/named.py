"""Reads which ended rollout is meant: `my-api:live` or an ARN, with a version or an execution; nothing for the last."""

from rollout.dashboard.entries import RolloutEntry
from rollout.domain.errors import RolloutError
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import FunctionName, read_alias, read_function, read_version
from rollout.domain.models import Value

DEFAULT_ALIAS = "live"


class InvalidRolloutNameError(RolloutError):
    """When the name of a rollout cannot be read."""


class NoSuchRolloutError(RolloutError):
    """When the ledger has no ended rollout of a name."""


class NamedRollout(Value):
    """The ended rollout that a person names. Without a target, it is the last ended one of the whole stack."""

    target: Target | None = None
    version: str = ""
    execution: str = ""
    """The ARN or the name of the execution; empty for any."""

    @property
    def text(self) -> str:
        """The name as a sentence part, such as `my-api:live, version 7`."""
        alias = f"{self.target.name} in {self.target.account_region}" if self.target else "the stack"
        version = f", version {self.version}" if self.version else ""
        return f"{alias}{version}{f', execution {self.execution}' if self.execution else ''}"

    def is_meant(self, entry: RolloutEntry) -> bool:
        """Whether a rollout has the version and the execution that are named."""
        arn = entry.execution_arn
        is_execution = self.execution in ("", arn, arn.rpartition(":")[2])
        return is_execution and self.version in ("", entry.canary_version)


def read_name(function: str, version: str, execution: str, home: AccountRegion) -> NamedRollout:
    """Return the rollout that a person names. A number behind the function is a version, another word an alias.

    `home` is the orchestrator's account and region. Raises InvalidRolloutNameError.
    """
    try:
        read_version(version) if version else None
        if not function:
            return NamedRollout(version=version, execution=execution)
        return _named(read_function(function), version, execution, home)
    except ValueError as error:
        raise InvalidRolloutNameError(
            f'The rollout of "{function}", version "{version}", cannot be named so: {error}.'
        ) from None


def _named(function: FunctionName, version: str, execution: str, home: AccountRegion) -> NamedRollout:
    behind = function.qualifier or ""
    is_version = behind.isdigit()
    alias = DEFAULT_ALIAS if is_version or not behind else read_alias(behind)
    if is_version and version not in ("", behind):
        raise ValueError(f"the function ends with :{behind}, and the version is {version}: name one of them")
    target = Target(**dict(function.account_region(home)), function=function.name, alias=alias)
    return NamedRollout(target=target, version=behind if is_version else version, execution=execution)
