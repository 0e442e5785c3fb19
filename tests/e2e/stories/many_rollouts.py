"""A rollout beside many others, whose alias is moved. The others are only counted, as the guardian counts them.

The count changes every rollout of the account, so this is played after all other stories.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.accounts import HOME
from sandbox.server import REGION
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import LONG
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for

_EVALUATIONS = 3
"""So many evaluations come before the alias is moved."""


@dataclass(frozen=True)
class BesideMany:
    """A rollout that has ended, and how often its evaluations read the alias."""

    rollout: FinishedRollout
    evaluations: int
    reads: int


def alias_is_moved_beside_many_rollouts(stack: Stack) -> BesideMany:
    """Another writer points the alias at stable, after some evaluations that keep the share."""
    shop = shop_with_canaries(stack, "beside-many")
    with _many_live(stack, 10_000), shop.traffic(per_second=2, callers=2):
        execution = start(stack, shop, policy=LONG)
        wait_for(
            lambda: len(stack.ledger.evaluations(shop)) >= _EVALUATIONS,
            lambda: f"{shop.name} has {len(stack.ledger.evaluations(shop))} of {_EVALUATIONS} evaluations.",
        )
        shop.update_alias(FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {}})
        rollout = finish(stack, shop, execution)
    return BesideMany(rollout, len(stack.ledger.evaluations(shop)), _reads(stack, shop.name))


@contextmanager
def _many_live(stack: Stack, count: int) -> Iterator[None]:
    """Let the guardian have counted so many live rollouts, for as long as the block lasts."""
    dynamodb, table = stack.client("dynamodb"), stack.outputs["LedgerTableName"]
    key = {"target": {"S": f"guardian/live/{HOME}/{REGION}"}, "entry": {"S": "count"}}
    counted = {"live": {"N": str(count)}, "counted_at": {"S": datetime.now(UTC).isoformat()}}
    dynamodb.put_item(TableName=table, Item=key | counted)
    try:
        yield
    finally:
        dynamodb.delete_item(TableName=table, Key=key)


def _reads(stack: Stack, function: str) -> int:
    return sum(
        "JudgeCanary" in each["principal"]
        and each["action"] == "lambda:GetAlias"
        and f":function:{function}" in each["resource"]
        for each in stack.audit.decisions()
    )
