"""Reads and writes one alias: the only place where percent becomes Lambda's weight of 0.0 to 1.0."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import AliasChangedError, VersionDeletedError
from rollout.domain.identity import Target
from rollout.state.alias import AliasState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_WEIGHT_DIGITS = 6


class LambdaAlias:
    """One alias. Every update carries the revision it was decided on; a result found already there is success."""

    def __init__(self, client: "LambdaClient", target: Target) -> None:
        self._client = client
        self._target = target

    def find(self) -> AliasState | None:
        """Return where the alias points now; None where there is no such alias. Raises AwsUnavailableError."""
        with translate_aws_errors(f"reading {self._target.name}"):
            try:
                return _state(self._client.get_alias(FunctionName=self._target.function, Name=self._target.alias))
            except self._client.exceptions.ResourceNotFoundException:
                return None

    def split(self, stable: str, canary: str, percent: float, revision_id: str) -> AliasState:
        """Give the canary a share of 0 to 100 percent; raises AliasChangedError or AwsUnavailableError."""
        return self._update(stable, {canary: percent}, revision_id)

    def point_at(self, version: str, revision_id: str) -> AliasState:
        """Let the alias serve one version alone, in one call; raises AliasChangedError or AwsUnavailableError."""
        return self._update(version, {}, revision_id)

    def create(self, version: str, description: str) -> None:
        """Make the alias; raises AwsUnavailableError. One made meanwhile is left as it is."""
        with translate_aws_errors(f"making {self._target.name}"):
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
            except self._client.exceptions.ResourceNotFoundException as gone:
                raise VersionDeletedError(
                    f"Lambda cannot point {self._target.name} at {_wish(version, shares).format()}: the alias or a"
                    " version no longer exists. Nothing was written."
                ) from gone
            except self._client.exceptions.PreconditionFailedException:
                # Our own write, when its answer was lost, changes the revision as a stranger's would: look.
                return self._require(version, shares)
        return _state(answer)

    def _require(self, version: str, shares: dict[str, float]) -> AliasState:
        found = self.find()
        # Compared as Lambda keeps them, or a share such as 33.33333 would never find itself again.
        if found and (found.version, _weights(found.shares)) == (version, _weights(shares)):
            return found
        wanted = _wish(version, shares).format()
        raise AliasChangedError(
            f"{self._target.name} was moved by another writer: it was to become {wanted}, and it is now"
            f" {found.format() if found else 'gone'}; nothing was written."
        )


def _wish(version: str, shares: dict[str, float]) -> AliasState:
    return AliasState(version=version, shares=shares, revision_id="")


def _weights(shares: Mapping[str, float]) -> dict[str, float]:
    return {version: round(percent / 100, _WEIGHT_DIGITS) for version, percent in shares.items()}


def _state(answer: Mapping[str, Any]) -> AliasState:
    weights = answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return AliasState(
        version=answer["FunctionVersion"],
        revision_id=answer["RevisionId"],
        shares={version: round(weight * 100, _WEIGHT_DIGITS - 2) for version, weight in weights.items()},
        description=answer.get("Description", ""),
    )
