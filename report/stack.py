"""Finds the ledger of a deployed stack by the stack's outputs."""

from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from rollout.domain.identity import AccountRegion


class StackNotFoundError(Exception):
    """When AWS has no stack of this name, or does not let it be read; the message has what to do."""


class Stack(NamedTuple):
    """A deployed stack of Lambda Rollouts."""

    table: str
    """The name of the ledger table."""
    home: AccountRegion


def find_stack(formation: Any, name: str) -> Stack:  # noqa: ANN401 - the client of CloudFormation
    """Return a stack by its name. Raises StackNotFoundError, which says where it was looked for."""
    where = f"the stack {name} in region {formation.meta.region_name}"
    try:
        (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        _, _, _, region, account, *_ = outputs["StateMachineArn"].split(":")
        return Stack(outputs["LedgerTableName"], AccountRegion(account=account, region=region))
    except (BotoCoreError, ClientError) as error:
        raise StackNotFoundError(
            f"CloudFormation does not describe {where}: {error}. Name the stack, the region and the profile with"
            " STACK=, REGION= and PROFILE=, or sign in first. For the sandbox, set the AWS_ variables that make"
            " sandbox prints."
        ) from error
    except KeyError as error:
        raise StackNotFoundError(f"{where} has no output {error}: it is no stack of Lambda Rollouts.") from error
