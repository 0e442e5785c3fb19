"""Refuses a call for a function of another region."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from ministack.core import responses
from ministack.services import lambda_svc

from sandbox.emulator.seams import Answer, extends

REFUSED = "ResourceNotFoundException"
_FUNCTION = re.compile(r"arn:aws:lambda:([a-z0-9-]+):\d+:function:")


def refusal(function: str) -> str | None:
    """Return Lambda's error message for the ARN of a function in another region; None otherwise."""
    match, region = _FUNCTION.match(function), responses.get_region()
    if match is None or match[1] == region:
        return None
    return f"Functions from '{match[1]}' are not reachable in this region ('{region}')"


@extends(lambda_svc, "handle_request")
async def _refuse_other_regions(
    original: Callable[..., Awaitable[Answer]], method: str, path: str, *request: object
) -> Answer:
    reason = refusal(unquote(path).partition("/functions/")[2])
    if reason is None:
        return await original(method, path, *request)
    answer: Answer = responses.error_response_json(REFUSED, reason, 404)
    return answer
