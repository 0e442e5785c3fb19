"""What the ledger has of a release: its status, the rollout of each function, and how each of them ended."""

import json
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from stress.faults.stack import Stack

_plain = TypeDeserializer().deserialize


@dataclass(frozen=True)
class LedgerRelease:
    """One release as the ledger has it. Functions are in the order of the release's input."""

    status: str = ""
    """Empty where the ledger has no such release."""
    is_open: bool = False
    """Whether it is in the index of open entries, from which the guardian finds it."""
    executions: dict[str, str] = field(default_factory=dict)
    """The name of the execution that rolls out each function."""
    endings: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The outcome and the reason of each function that has ended."""


def read_release(stack: Stack, name: str, execution: str) -> LedgerRelease:
    """Return the release of this name that an execution of the release state machine has begun."""
    items = stack.client("dynamodb").query(
        TableName=stack.outputs["LedgerTableName"],
        KeyConditionExpression="target = :target",
        ExpressionAttributeValues={":target": {"S": f"000000000000/us-east-1/release/{name}"}},
        ConsistentRead=True,
    )["Items"]
    entries = [{field: _plain(value) for field, value in item.items()} for item in items]
    own = {each["entry"].partition("#")[0]: each for each in entries if each.get("execution_arn") == execution}
    return ledger_release(own["release"], own["parts"]) if {"release", "parts"} <= {*own} else LedgerRelease()


def ledger_release(state: dict[str, Any], parts: dict[str, Any]) -> LedgerRelease:
    """Return a release from its two entries in the ledger: what changes of it, and what does not."""
    planned = json.loads(parts["release_document"])["parts"]
    endings = {number: state.get(f"ending_{number}") for number in range(len(planned))}
    return LedgerRelease(
        status=state["release_status"],
        is_open="open" in parts,
        executions={part["function"]: part["execution"] for part in planned},
        endings={planned[number]["function"]: json.loads(ending) for number, ending in endings.items() if ending},
    )
