"""IAM as AWS enforces it on Lambda: the right action, the qualified resource, the function's tags."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from ministack.core import iam_actions
from ministack.services import tagging

from sandbox.emulator.seams import Original, extends

_ACTION_BY_OPERATION = {
    "Invoke": "InvokeFunction",
    "InvokeAsync": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
}
_FUNCTION_ARN_FIELDS = 7
# MiniStack reads the models of other services, and guesses for Lambda.
iam_actions._BOTOCORE_SERVICE_MAP["lambda"] = ["lambda"]


@extends(iam_actions, "extract_iam_action")
def _name_action(original: Original, service: str, method: str, path: str, *request: object) -> str | None:
    """MiniStack takes GetAlias, UpdateAlias and more for ListAliases; AWS's own API model knows better."""
    operation = iam_actions._match_rest_action("lambda", method, path, request[-1]) if service == "lambda" else None
    action: str | None = f"lambda:{_ACTION_BY_OPERATION.get(operation, operation)}" if operation else None
    return action or original(service, method, path, *request)


@extends(iam_actions, "extract_resource_arn")
def _qualify(original: Original, service: str, method: str, path: str, *request: object) -> str:
    """Invoking an alias or a version needs permission for just that."""
    arn: str = original(service, method, path, *request)
    _headers, _body, query, *_scope = request
    qualifier = query.get("Qualifier") if isinstance(query, dict) else None
    if service != "lambda" or not path.endswith("/invocations") or not qualifier:
        return arn
    return f"{arn}:{qualifier[0] if isinstance(qualifier, list) else qualifier}"


@extends(tagging, "resource_tags")
def _tags_of_function(original: Original, arn: str) -> dict[str, str] | None:
    """Tags belong to the function; asking by alias or version finds them too."""
    fields = arn.split(":")
    tags: dict[str, str] | None = original(":".join(fields[:_FUNCTION_ARN_FIELDS]) if ":function:" in arn else arn)
    return tags
