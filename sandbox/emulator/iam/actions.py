"""Gives IAM the action, the qualified resource and the tags of a Lambda call, as AWS does."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json

from ministack.core import iam_actions, responses
from ministack.services import tagging

from sandbox.emulator.seams import Original, extends

_ACTION_BY_OPERATION = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
}
_FUNCTION_ARN_FIELDS = 7
# MiniStack derives the actions of other services from their API models, and guesses those of Lambda.
iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]


@extends(iam_actions, "extract_iam_action")
def _name_action(original: Original, service: str, method: str, path: str, *request: object) -> str | None:
    """Take the action from AWS's API model: MiniStack reports GetAlias, UpdateAlias and others as ListAliases."""
    operation = iam_actions._match_rest_action("lambda", method, path, request[-1]) if service == "lambda" else None
    action: str | None = f"lambda:{_ACTION_BY_OPERATION.get(operation, operation)}" if operation else None
    return action or original(service, method, path, *request)


@extends(iam_actions, "extract_resource_arn")
def _qualify(original: Original, service: str, method: str, path: str, *request: object) -> str:
    """The resource of an invocation is the alias or the version, not the function; that of a query is its log group."""
    arn: str = original(service, method, path, *request)
    _headers, body, query, *_scope = request
    if service == "logs" and (groups := _log_groups(body)):
        return f"arn:aws:logs:{responses.get_region()}:{responses.get_account_id()}:log-group:{groups[0]}"
    qualifier = query.get("Qualifier") if isinstance(query, dict) else None
    if service != "lambda" or not path.endswith("/invocations") or not qualifier:
        return arn
    return f"{arn}:{qualifier[0] if isinstance(qualifier, list) else qualifier}"


def _log_groups(body: object) -> list[str]:
    """Return the log groups of StartQuery: MiniStack knows only its older field, with one group."""
    if not isinstance(body, bytes) or b"logGroupNames" not in body:
        return []
    groups: list[str] = json.loads(body)["logGroupNames"]
    return groups


@extends(tagging, "resource_tags")
def _tags_of_function(original: Original, arn: str) -> dict[str, str] | None:
    """Return the function's tags for the ARN of an alias or a version too."""
    fields = arn.split(":")
    tags: dict[str, str] | None = original(":".join(fields[:_FUNCTION_ARN_FIELDS]) if ":function:" in arn else arn)
    return tags
