"""Records every decision of IAM, for the tests that no policy lacks a permission or has an unused one."""

import json
from pathlib import Path

from ministack.core import iam_evaluator

from sandbox.emulator.seams import Original, extends

_files: list[Path] = []


def start(path: Path) -> None:
    """Append each decision to this file from now on, one JSON object a line."""
    path.touch()
    _files[:] = [path]


def stop() -> None:
    _files.clear()


def write(principal_arn: str, action: str, resource: str, *, allowed: bool) -> None:
    principal = principal_arn.split("/")[1]  # the role of arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
    account = principal_arn.split(":")[4]
    line = {"account": account, "principal": principal, "action": action, "resource": resource, "allowed": allowed}
    for path in _files:
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")


@extends(iam_evaluator, "enforce")
def _record_decision(
    original: Original, access_key: str, action: str, *request: object, **context: object
) -> object | None:
    """Record the decision, except for root, which is allowed everything."""
    denied: object | None = original(access_key, action, *request, **context)
    caller = iam_evaluator.caller_arn()
    if not caller.endswith(":root"):
        write(caller, action, str(context.get("resource_arn", "*")), allowed=denied is None)
    return denied
