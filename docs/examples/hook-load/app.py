"""A hook: calls an idle function through its alias for some minutes, so that each step has calls to judge."""

import os
import time
from datetime import UTC, datetime

import boto3

CALLS_PER_SECOND = float(os.environ.get("CALLS_PER_SECOND", "5"))
MINUTES = float(os.environ.get("MINUTES", "5"))
PAYLOAD = os.environ.get("PAYLOAD", "{}")
ROUND_SECONDS = 30

functions = boto3.client("lambda")


def handler(event, context):
    until = time.monotonic() + ROUND_SECONDS
    while time.monotonic() < until:
        # An error is none of the hook's: it is counted for the version that had it, and judged.
        functions.invoke(FunctionName=event["alias_arn"], InvocationType="RequestResponse", Payload=PAYLOAD)
        time.sleep(1 / CALLS_PER_SECOND)
    since = datetime.fromisoformat(event["since"])
    if (datetime.now(UTC) - since).total_seconds() < 60 * MINUTES:
        return {"again_in": "10s", "reason": "still calling"}
    return None
