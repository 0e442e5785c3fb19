"""Claims: by conditional writes to the ledger's table, one alias has one writer (P3)."""

from typing import TYPE_CHECKING, Any

from rollout.aws.boto.errors import answered
from rollout.aws.dynamodb.items import OPEN, plain, typed
from rollout.aws.dynamodb.owned_entries import Entries
from rollout.domain.errors import AliasMovingError, ClaimLostError
from rollout.domain.identity import Execution, Target
from rollout.state.lock import Claim

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_GUARDIAN = "guardian of "


class Claims:
    """Who may write which alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = Entries(client, table, "claim")
        self._client = client
        self._table = table

    def take(self, claim: Claim) -> None:
        """Take the claim for its holder, who may have it already; raises AliasMovingError where another one has it.

        One that is held stays as it is: what its holder has announced since must not be forgotten for a task that comes
        late.
        """
        if self._entries.put(claim.target, _values(claim) | {OPEN: "claim"}, claim.holder.arn):
            return
        if self._entries.find(claim.target).get("holder") != claim.holder.arn:
            raise AliasMovingError(f"{claim.target.name} was claimed by another rollout a moment ago.")

    def announce(self, claim: Claim) -> None:
        """Say what its holder is about to write; raises ClaimLostError where it holds the claim no more."""
        if not self._entries.change(claim.target, _values(claim), [claim.holder.arn]):
            raise ClaimLostError(
                f"Execution {claim.holder.name} holds {claim.target.name} no longer, so nothing was written: the"
                " guardian or another rollout has taken over."
            )

    def find(self, target: Target) -> Claim | None:
        """Return the claim to an alias; None where nobody has it."""
        entry = self._entries.find(target)
        return _claim(entry) if entry else None

    def release(self, target: Target, holder: Execution) -> None:
        """Give a claim back; one that is held by somebody else, or by nobody, is left as it is."""
        self._entries.delete(target, holder.arn)

    def supersede(self, claim: Claim, version: str) -> None:
        """Ask a claim's holder to take its canary back for another version; nothing happens if it has let go."""
        self._entries.change(claim.target, {"superseded_by": version}, [claim.holder.arn])

    def seize(self, claim: Claim) -> bool:
        """Take a claim away from its holder, for the guardian; False where it has let go by itself."""
        return self._entries.change(claim.target, {"holder": _seized(claim)}, [claim.holder.arn, _seized(claim)])

    def drop(self, claim: Claim) -> None:
        """Give a seized claim back."""
        self._entries.delete(claim.target, _seized(claim))

    def held(self) -> list[Claim]:
        """Return every claim there is, as of a moment ago."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=OPEN,
            KeyConditionExpression="#open = :claim",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":claim": "claim"}),
        )
        with answered("reading the claims"):
            return [_claim(plain(item)) for page in pages for item in page["Items"]]


def _seized(claim: Claim) -> str:
    """Return the guardian as a holder: of this one's claim alone, or a late guardian would drop another one's."""
    return _GUARDIAN + claim.holder.arn


def _values(claim: Claim) -> dict[str, str]:
    return {"claim": claim.model_dump_json(exclude={"superseded_by"})}


def _claim(entry: dict[str, Any]) -> Claim:
    held = Claim.model_validate_json(entry["claim"])
    # Seized, it is nobody's any more, whoever it was taken from.
    taken = {"is_seized": entry["holder"] == _seized(held), "superseded_by": entry.get("superseded_by", "")}
    return held.model_copy(update=taken)
