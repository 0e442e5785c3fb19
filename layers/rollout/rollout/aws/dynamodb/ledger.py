"""The ledger of rollouts: when each one ran, what each evaluation found, and how it ended.

Partition key `target` (account/region/function/alias), sort key `entry`: `rollout#<start>#<execution>` for a rollout,
`evaluation#<start>#<execution>#<number>` for an evaluation. A repeated write updates the same entry.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.evaluation_items import evaluation_item
from rollout.aws.dynamodb.items import ENDED, OPEN, ROLLOUT, key, partition, stamp, stamps, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution, Target
from rollout.policy.policy import Policy
from rollout.policy.read_policy import policy_of_json
from rollout.state.canary_logs import CanaryLogs
from rollout.state.ending import Ending
from rollout.state.endings import ending_of
from rollout.state.past_rollout import PastRollout
from rollout.state.rollout import Rollout

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_RUNNING = "running"
_NOT_ENDED = "attribute_not_exists(outcome) OR outcome IN (:running, :failed)"
"""The first ending stays, except a failed rollback, which the guardian still repairs."""

_STILL_RUNNING = "attribute_not_exists(outcome) OR outcome IN (:running)"
"""A failed rollback does not replace a failed rollback."""

_MOST_PAST_ROLLOUTS = 25
"""How many rollouts of an alias are read to find an earlier version, and what is known against one."""

_PAST_FIELDS = ("canary_version", "stable_version", "started_at", "reason", "is_back")


class Ledger:
    """The ledger table. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._name = table
        self._table = Table(client, table)

    def open(self, rollout: Rollout, now: datetime) -> bool:
        """Record that a rollout runs; False where it was already closed, for example by the guardian."""
        return self._table.put(
            key(rollout.target, "rollout", rollout.execution)
            | {
                "execution_arn": rollout.execution.arn,
                "started_at": stamp(rollout.execution.started_at),
                "began_at": stamp(now),
                "outcome": _RUNNING,
                OPEN: ROLLOUT,
                "stable_version": rollout.stable_version,
                "canary_version": rollout.canary_version,
                "policy": rollout.policy.model_dump_json(),
                "policy_source": rollout.policy_source,
                "reason": rollout.reason,
                "is_back": rollout.is_back,
                **stamps(published_at=rollout.published_at),
                "override_freeze": rollout.override_freeze,
            },
            ConditionExpression=_NOT_ENDED,
            ExpressionAttributeValues=typed({":running": _RUNNING, ":failed": Outcome.ROLLBACK_FAILED}),
        )

    def record_evaluation(self, rollout: Rollout, now: datetime) -> None:
        """Record the newest judgement and the move that follows from it; raises ValueError without a judgement."""
        judgement = rollout.judgement
        if judgement is None:
            raise ValueError("a rollout without a judgement has no evaluation to record")
        self._table.put(evaluation_item(rollout, judgement, now))

    def close(
        self, target: Target, execution: Execution, ending: Ending, now: datetime, logs: CanaryLogs | None = None
    ) -> dict[str, Any] | None:
        """Record how a rollout ended; return its entry as it was before.

        None where it has already ended, and its first ending stays.
        """
        has_failed = ending.outcome is Outcome.ROLLBACK_FAILED
        values: dict[str, Any] = {":outcome": ending.outcome, ":reason": ending.cause, ":now": stamp(now)}
        values |= {":running": _RUNNING, ":ended": ROLLOUT}
        values |= {":logs": logs.model_dump(mode="json")} if logs else {}
        return self._table.exchange(
            key(target, "rollout", execution),
            UpdateExpression="SET outcome = :outcome, reason = :reason, ended_at = if_not_exists(ended_at, :now),"
            f" #ended = :ended{', canary_logs = :logs' if logs else ''} REMOVE #open",
            ConditionExpression=_STILL_RUNNING if has_failed else _NOT_ENDED,
            ExpressionAttributeNames={"#open": OPEN, "#ended": ENDED},
            ExpressionAttributeValues=typed(values if has_failed else values | {":failed": Outcome.ROLLBACK_FAILED}),
        )

    def complete(self, target: Target, execution: Execution, ending: Ending) -> None:
        """Replace the reason of a rollout that was handed over; nothing happens where it ended otherwise."""
        self._table.update(
            key(target, "rollout", execution),
            UpdateExpression="SET reason = :reason",
            ConditionExpression="outcome = :outcome",
            ExpressionAttributeValues=typed({":reason": ending.cause, ":outcome": Outcome.HANDED_OVER}),
        )

    def name_starter(self, target: Target, execution: Execution, starter: str) -> None:
        """Record who started a rollout; nothing happens where the ledger has no entry of it."""
        self._table.update(
            key(target, "rollout", execution),
            UpdateExpression="SET started_by = :starter",
            ConditionExpression="attribute_exists(execution_arn)",
            ExpressionAttributeValues=typed({":starter": starter}),
        )

    def find_ending(self, target: Target, execution: Execution) -> Ending | None:
        """Return how a rollout ended; None while it runs, and where the ledger has no entry of it."""
        entry = self._table.find(key(target, "rollout", execution))
        if entry.get("outcome", _RUNNING) == _RUNNING:
            return None
        return ending_of(Outcome(entry["outcome"]), entry["reason"])

    def find_policy(self, target: Target, execution: Execution) -> Policy | None:
        """Return the policy of a rollout; None where it is about to begin."""
        entry = self._table.find(key(target, "rollout", execution))
        return policy_of_json(entry["policy"]) if "policy" in entry else None

    def last_rollouts(self, target: Target, limit: int) -> list[dict[str, Any]]:
        """Return the newest entries of an alias's rollouts, the newest first."""
        newest = self._table.newest(partition(target), "rollout#", limit)
        return [entry for entry in newest if "outcome" in entry]

    def past_rollouts(self, target: Target) -> tuple[PastRollout, ...]:
        """Return the last rollouts of an alias, the newest first.

        One that the guardian closed before it had begun names no versions, and is left out.
        """
        newest = self.last_rollouts(target, _MOST_PAST_ROLLOUTS)
        return tuple(_past_rollout(entry) for entry in newest if "canary_version" in entry)

    def has_rollout_of(self, target: Target, version: str, besides: str = "") -> bool:
        """Whether an execution other than `besides` (an ARN) rolls out the version to the alias, or once did."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="target = :target AND begins_with(entry, :rollouts)",
            FilterExpression="canary_version = :version AND execution_arn <> :besides",
            ExpressionAttributeValues=typed(
                {":target": partition(target), ":rollouts": "rollout#", ":version": version, ":besides": besides}
            ),
        )
        with translate_aws_errors("reading the ledger"):
            return any(page["Items"] for page in pages)


def _past_rollout(entry: dict[str, Any]) -> PastRollout:
    ended = {} if entry["outcome"] == _RUNNING else {"outcome": entry["outcome"]}
    return PastRollout.model_validate({name: entry[name] for name in _PAST_FIELDS if name in entry} | ended)


def ledger() -> Ledger:
    """Return the ledger."""
    return Ledger(clients.dynamodb_client(), settings.ledger_table())
