"""Reads and writes an alias. Only this module converts a percent to Lambda's weight from 0.0 to 1.0."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors, was_repeated
from rollout.domain.errors import AliasChangedError, AwsRefusedError, NotAllowedError, VersionDeletedError
from rollout.domain.identity import Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.tags import OPT_IN_TAG, tag_command
from rollout.state.alias import AliasState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_WEIGHT_DIGITS = 6


class Change(NamedTuple):
    """What a write is based on: a refused write is repeated where only the description or a permission has changed."""

    before: AliasState
    """The versions and shares that the alias had when the write was decided, and its revision."""
    check_lock: Callable[[], None]
    """Raises LockLostError where the writer no longer holds the lock of the alias."""
    is_first: bool
    """Whether no earlier task can have made this write."""


class _Refused(NamedTuple):
    """A write that Lambda refused because the alias has another revision."""

    was_repeated: bool
    """Whether the client has sent the write more than once: an attempt whose answer was lost may have been made."""


class LambdaAlias:
    """One alias. Every update names the revision it was decided on (P2), and a repeated update succeeds (P4)."""

    def __init__(self, client: "LambdaClient", target: Target) -> None:
        self._client = client
        self._target = target

    def find(self) -> AliasState | None:
        """Return the current state of the alias; None where it does not exist. Raises AwsUnavailableError."""
        with translate_aws_errors(f"reading {self._target.name}"):
            try:
                return _state(self._client.get_alias(FunctionName=self._target.function, Name=self._target.alias))
            except self._client.exceptions.ResourceNotFoundException:
                return None

    def change(self, version: str, shares: dict[str, float], change: Change) -> AliasState:
        """Let the alias serve a version, with shares in percent to others, from the state that the change names.

        A changed description or permission gives the alias another revision. Where the alias still has the versions
        and shares of `change`, the write is made once more with the new revision, unless it may have been made before:
        then another writer may have undone it. The lock is checked after the alias is read, because a guardian that
        takes over later changes the revision again.

        Raises AliasChangedError, LockLostError, VersionDeletedError, NotAllowedError or AwsUnavailableError.
        """
        written = self._write(version, shares, change.before.revision_id)
        if isinstance(written, AliasState):
            return written
        alias = self.find()
        if alias and alias.serves(version, shares):
            return alias
        change.check_lock()
        if alias is None or not alias.serves(change.before.version, change.before.shares):
            return self._require(alias, version, shares)
        if written.was_repeated or not change.is_first:
            raise self._undone(alias, version, shares)
        written = self._write(version, shares, alias.revision_id)
        return written if isinstance(written, AliasState) else self._require(self.find(), version, shares)

    def point_at(self, version: str, revision_id: str, shares: dict[str, float] | None = None) -> AliasState:
        """Let the alias serve one version, and shares of others if there are any, with a new revision, in one call.

        Raises AliasChangedError where the alias has another revision, even if it serves the same: a late task may know
        that revision, and write the alias after the lock is released. Raises VersionDeletedError, NotAllowedError or
        AwsUnavailableError.
        """
        wanted = shares or {}
        written = self._write(version, wanted, revision_id)
        if isinstance(written, AliasState):
            return written
        alias = self.find()
        if alias is None or not alias.serves(version, wanted):
            return self._require(alias, version, wanted)
        served = alias.format() if wanted else f"version {version} alone"
        raise AliasChangedError(
            f"{self._target.name} serves {served}, but has another revision than was read. Nothing was written; the"
            " next try reads it again."
        )

    def create(self, version: str, description: str) -> None:
        """Create the alias; raises AliasChangedError where it exists at another version, or AwsUnavailableError."""
        with translate_aws_errors(f"creating {self._target.name}"):
            try:
                self._client.create_alias(
                    FunctionName=self._target.function,
                    Name=self._target.alias,
                    FunctionVersion=version,
                    Description=description,
                )
            except self._client.exceptions.ResourceConflictException:
                self._require(self.find(), version, {})

    def _write(self, version: str, shares: dict[str, float], revision_id: str) -> AliasState | _Refused:
        """Write the alias and return it, or how the write was refused where the alias has another revision."""
        with self._denial_named(), translate_aws_errors(f"pointing {self._target.name} at version {version}"):
            try:
                answer = self._client.update_alias(
                    FunctionName=self._target.function,
                    Name=self._target.alias,
                    FunctionVersion=version,
                    RoutingConfig={"AdditionalVersionWeights": _weights(shares)},
                    RevisionId=revision_id,
                )
            except self._client.exceptions.ResourceNotFoundException as error:
                raise VersionDeletedError(
                    f"Lambda cannot point {self._target.name} at {_expected(version, shares).format()}, because the"
                    " alias or a version no longer exists. Nothing was written."
                ) from error
            except self._client.exceptions.PreconditionFailedException as error:
                return _Refused(was_repeated(error))
        return _state(answer)

    @contextmanager
    def _denial_named(self) -> Iterator[None]:
        """Raise NotAllowedError where IAM denies the write: the tag decides whether a canary gets traffic (P9)."""
        try:
            yield
        except AwsRefusedError as error:
            if error.code != "AccessDeniedException":
                raise
            arn = function_arn(self._target.account_region, self._target.function)
            raise NotAllowedError(
                f"IAM denies to write {self._target.name}. If the function has lost its tag {OPT_IN_TAG}, tag it again"
                f" and start a new rollout: {tag_command(arn, OPT_IN_TAG, self._target.alias)}. AWS answered:"
                f" {error.__cause__}"
            ) from error

    def _require(self, alias: AliasState | None, version: str, shares: dict[str, float]) -> AliasState:
        if alias and alias.serves(version, shares):
            return alias
        expected = _expected(version, shares).format()
        actual = f"points at {alias.format()}" if alias else "no longer exists"
        raise AliasChangedError(
            f"{self._target.name} was moved by another writer: the rollout was about to write {expected}, but the alias"
            f" {actual}. Nothing was written."
        )

    def _undone(self, alias: AliasState, version: str, shares: dict[str, float]) -> AliasChangedError:
        return AliasChangedError(
            f"{self._target.name} serves {alias.format()} as before, but has another revision: an earlier attempt to"
            f" point it at {_expected(version, shares).format()} may have been made, and undone by another writer, so"
            " it is not repeated. To roll out the version again, start a new execution."
        )


def _expected(version: str, shares: dict[str, float]) -> AliasState:
    return AliasState(version=version, shares=shares, revision_id="")


def _weights(shares: Mapping[str, float]) -> dict[str, float]:
    return {version: round(percent / 100, _WEIGHT_DIGITS) for version, percent in shares.items()}


def _state(answer: Mapping[str, Any]) -> AliasState:
    weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return AliasState(
        version=answer["FunctionVersion"],
        revision_id=answer["RevisionId"],
        shares=shares_of(weights),
        description=answer.get("Description", ""),
    )


def shares_of(weights: Mapping[str, float]) -> dict[str, float]:
    """Return Lambda's weights from 0.0 to 1.0 as percents."""
    return {version: round(weight * 100, _WEIGHT_DIGITS - 2) for version, weight in weights.items()}


def alias_of(target: Target) -> LambdaAlias:
    """Return the adapter of an alias."""
    return LambdaAlias(clients.client_for(target.account_region, clients.lambda_client), target)
