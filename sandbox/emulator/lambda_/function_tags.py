"""GetFunction returns a function's tags only without a qualifier and to callers with lambda:ListTags, as on AWS."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Callable

from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import lambda_svc

from sandbox.emulator.iam import callers
from sandbox.emulator.seams import Answer, extends

_ACTION = "lambda:ListTags"


@extends(lambda_svc, "_get_function")
def _get_function(original: Callable[..., Answer], name: str, qualifier: str | None = None) -> Answer:
    status, headers, body = original(name, qualifier)
    reason = None if qualifier else _denial(lambda_svc._func_arn(name))
    if status >= 300 or not (qualifier or reason):  # noqa: PLR2004
        return status, headers, body
    function = json.loads(body)
    del function["Tags"]
    if reason:
        function["TagsError"] = {"ErrorCode": "AccessDeniedException", "Message": reason}
    return status, headers, json.dumps(function).encode()


def _denial(arn: str) -> str | None:
    """Return why the caller may not list the tags; None if it may, as root always may."""
    key = callers.key.get()
    denied = key and iam_evaluator.enforce(key, _ACTION, "lambda", responses.get_region(), resource_arn=arn)
    if not denied:
        return None
    caller, is_explicit = iam_evaluator.caller_arn(), denied.decision == "Deny"
    return str(iam_actions.identity_denial_message(_ACTION, caller, arn, is_explicit))
