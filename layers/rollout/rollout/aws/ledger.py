"""The table of rollouts: what ran when, what each look found, and how it ended.

Partition key `target` (account/region/function/alias), sort key `entry`: `rollout#<start>#<execution>` for a
rollout, `look#<start>#<execution>#<number>` for a look. A repeated write lands on the same entry.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from rollout.aws.answers import answered
from rollout.models import Ending, Execution, Finding, Rollout, Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serialize = TypeSerializer().serialize


class Ledger:
    """Writes the ledger; each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def open(self, rollout: Rollout) -> None:
        """Enter a rollout that was accepted."""
        self._put(
            _key(rollout.target, "rollout", rollout.execution)
            | {
                "execution_arn": rollout.execution.arn,
                "started_at": _stamp(rollout.execution.started_at),
                "outcome": "running",
                "stable_version": rollout.stable_version,
                "canary_version": rollout.canary_version,
                "policy": rollout.policy.model_dump_json(),
                "reason": rollout.reason,
            }
        )

    def record_look(self, rollout: Rollout, now: datetime) -> None:
        """Enter what the rollout's newest look found and what follows from it."""
        judgement = rollout.judgement
        if judgement is None:
            raise ValueError("a rollout has no look to record before its first judgement")
        self._put(
            _key(rollout.target, "look", rollout.execution, f"#{rollout.looks:05}")
            | {
                "at": _stamp(now),
                "phase": rollout.phase,
                "step": rollout.step,
                "percent": f"{rollout.percent:g}",
                "verdict": judgement.verdict,
                "next_move": rollout.next_move,
                "reason": rollout.reason,
                "canary": judgement.canary.model_dump(),
                "stable": judgement.stable.model_dump(),
                "findings": [_told(finding) for finding in judgement.findings],
                "evidence": f"{judgement.evidence:.6g}",
                "evidence_limit": f"{judgement.evidence_limit:.6g}",
            }
        )

    def close(self, target: Target, execution: Execution, ending: Ending, now: datetime) -> None:
        """Enter how a rollout ended."""
        with answered("closing the rollout in the ledger"):
            self._client.update_item(
                TableName=self._table,
                Key=_typed(_key(target, "rollout", execution)),
                UpdateExpression="SET outcome = :outcome, reason = :reason, ended_at = if_not_exists(ended_at, :now)",
                ExpressionAttributeValues=_typed(
                    {":outcome": ending.outcome, ":reason": ending.cause, ":now": _stamp(now)}
                ),
            )

    def _put(self, item: dict[str, Any]) -> None:
        with answered("writing the ledger"):
            self._client.put_item(TableName=self._table, Item=_typed(item))


def _told(finding: Finding) -> dict[str, Any]:
    counts = {"canary": finding.canary.model_dump(), "stable": finding.stable.model_dump()}
    named = {"witness": finding.witness, "mode": str(finding.mode)}
    return named | counts | {"log_evidence": f"{finding.log_evidence:.6g}"}


def partition(target: Target) -> str:
    """Return the ledger's partition for an alias."""
    return f"{target.account}/{target.region}/{target.function}/{target.alias}"


def _key(target: Target, kind: str, execution: Execution, suffix: str = "") -> dict[str, str]:
    entry = f"{kind}#{_stamp(execution.started_at)}#{execution.name}{suffix}"
    return {"target": partition(target), "entry": entry}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    return {key: _serialize(str(value) if isinstance(value, str) else value) for key, value in item.items()}
