"""Keeps stable from being deleted: an alias of our own points at it while a rollout may still roll back.

Lambda refuses to delete a version that an alias references. The alias of the rollout stops to reference stable with the
promotion, and pruners of old versions delete what no alias references.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.domain.errors import AliasBusyError, AwsRefusedError, StableNotKeptError
from rollout.domain.identity import Execution, Target
from rollout.domain.lambda_names import stable_alias_name
from rollout.domain.text import as_sentence

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_OWN = "Lambda Rollouts keeps this version for a rollback"
"""How the description of each stable alias begins."""

_REFUSALS = ("AccessDeniedException", "AliasLimitExceededException")
"""The errors that prevent the alias, but no rollout."""

_REMEDY = (
    "Allow lambda:CreateAlias and lambda:DeleteAlias, in a member account by deploying the current template-member.yaml"
    ", or delete aliases that are not used."
)


class StableAlias:
    """The stable alias of one rollout. It never changes or deletes an alias without the description of its own.

    Each method raises StableNotKeptError where a permission or room for another alias is missing, or the alias
    has another description, and AwsUnavailableError.
    """

    def __init__(self, client: "LambdaClient", target: Target, execution: Execution) -> None:
        self._client = client
        self._target = target.model_copy(update={"alias": stable_alias_name(target.alias)})
        self._description = f"{_OWN}, for execution {execution.name}"

    def point_at(self, version: str, check_lock: Callable[[], None]) -> None:
        """Let the alias point at stable; one that an earlier rollout left behind is made again.

        `check_lock` raises LockLostError where another rollout holds the lock: then the alias may be that rollout's,
        and stays. Raises AliasBusyError where another execution makes the alias at the same time.
        """
        with _refusal_reported(f"creating {self._target.name}"):
            if self._create(version) or self._is_kept(version):
                return
            check_lock()
            self._delete()
            if not self._create(version):
                raise AliasBusyError(f"{self._target.name} has just been created. The state machine tries again.")

    def remove(self) -> None:
        """Delete the alias; nothing happens where it is gone, or belongs to another rollout."""
        with _refusal_reported(f"deleting {self._target.name}"):
            alias = LambdaAlias(self._client, self._target).find()
            if alias is not None and alias.description == self._description:
                self._delete()

    def _is_kept(self, version: str) -> bool:
        """Whether the alias that exists is this rollout's; raises StableNotKeptError for one of another writer."""
        alias = LambdaAlias(self._client, self._target).find()
        if alias is not None and not alias.description.startswith(_OWN):
            raise StableNotKeptError(
                f"{self._target.name} was not created by Lambda Rollouts, which keeps names that begin with"
                f" rollout-stable- for itself: delete it (aws lambda delete-alias --function-name"
                f" {self._target.function} --name {self._target.alias})."
            )
        return alias is not None and alias.serves_alone(version) and alias.description == self._description

    def _create(self, version: str) -> bool:
        """Create the alias; False where it exists."""
        try:
            self._client.create_alias(
                FunctionName=self._target.function,
                Name=self._target.alias,
                FunctionVersion=version,
                Description=self._description,
            )
        except self._client.exceptions.ResourceConflictException:
            return False
        return True

    def _delete(self) -> None:
        try:
            self._client.delete_alias(FunctionName=self._target.function, Name=self._target.alias)
        except self._client.exceptions.ResourceNotFoundException:
            return


@contextmanager
def _refusal_reported(action: str) -> Iterator[None]:
    try:
        with translate_aws_errors(action):
            yield
    except AwsRefusedError as error:
        if error.code not in _REFUSALS:
            raise
        raise StableNotKeptError(f"{action}: AWS answered {as_sentence(error.__cause__)} {_REMEDY}") from error


def stable_alias_of(target: Target, execution: Execution) -> StableAlias:
    """Return the adapter of a rollout's stable alias."""
    return StableAlias(clients.client_for(target.account_region, clients.lambda_client), target, execution)
