"""A hook that calls the version it is about, or answers as its ANSWER says: see `sandbox.hook`."""

# ruff: noqa: INP001 - deployed as the root of its own package

import json
import os
import time
from typing import Any

import boto3

CALLS, MOST_FAILED = 100, 10


class ConfiguredError(Exception):
    """When ANSWER is `raises`."""


def handler(event: dict[str, Any], _context: object) -> Any:  # noqa: ANN401 - whatever is configured
    print(json.dumps(event))
    answer = os.environ["ANSWER"]
    if answer == "tries":
        return _try_version(event["canary_arn"])
    if answer == "raises":
        raise ConfiguredError("The orders do not add up.")
    if answer == "hangs":
        time.sleep(float(os.environ["SECONDS"]))
        return None
    if answer == "decides late":
        return {"again_in": "1s"} if event["attempt"] <= int(os.environ["UNDECIDED"]) else None
    return "x" * int(os.environ["SIZE"]) if answer == "is too large" else json.loads(answer)


def _try_version(arn: str) -> dict[str, str]:
    functions = boto3.client("lambda")
    answers = [functions.invoke(FunctionName=arn, Payload=b"{}") for _ in range(CALLS)]
    failed = [json.load(answer["Payload"])["errorMessage"] for answer in answers if "FunctionError" in answer]
    if len(failed) <= MOST_FAILED:
        return {"verdict": "healthy", "reason": f"{CALLS - len(failed)} of {CALLS} calls succeed"}
    return {"verdict": "unhealthy", "reason": f"{len(failed)} of {CALLS} calls fail: {failed[0]}"}
