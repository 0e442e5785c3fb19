"""Reads and writes an alias. Only this module converts a percent to Lambda's weight from 0.0 to 1.0."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import AliasChangedError, VersionDeletedError
from rollout.domain.identity import Target
from rollout.state.alias import AliasState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_WEIGHT_DIGITS = 6


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

    def split(self, stable: str, canary: str, percent: float, revision_id: str) -> AliasState:
        """Give the canary a share from 0 to 100 percent.

        Raises AliasChangedError, VersionDeletedError or AwsUnavailableError.
        """
        return self._update(stable, {canary: percent}, revision_id)

    def point_at(self, version: str, revision_id: str) -> AliasState:
        """Let the alias serve one version alone, in one call.

        Raises AliasChangedError, VersionDeletedError or AwsUnavailableError.
        """
        return self._update(version, {}, revision_id)

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
                self._require(version, {})

    def _update(self, version: str, shares: dict[str, float], revision_id: str) -> AliasState:
        with translate_aws_errors(f"pointing {self._target.name} at version {version}"):
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
            except self._client.exceptions.PreconditionFailedException:
                # A write whose answer was lost changes the revision just as another writer does, so compare the state.
                return self._require(version, shares)
        return _state(answer)

    def _require(self, version: str, shares: dict[str, float]) -> AliasState:
        alias = self.find()
        # Compare rounded weights, as Lambda stores them: a share such as 33.33333 never equals its stored weight.
        if alias and (alias.version, _weights(alias.shares)) == (version, _weights(shares)):
            return alias
        expected = _expected(version, shares).format()
        actual = f"points at {alias.format()}" if alias else "no longer exists"
        raise AliasChangedError(
            f"{self._target.name} was moved by another writer: the rollout was about to write {expected}, but the alias"
            f" {actual}. Nothing was written."
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
