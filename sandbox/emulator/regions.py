"""Lambda answers for the functions of its own region."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from ministack.core import responses
from ministack.services import lambda_svc

from sandbox.emulator.seams import Answer, extends

_NAMED = re.compile(r"/functions/arn:aws:lambda:([a-z0-9-]+):")


@extends(lambda_svc, "handle_request")
async def _refuse_other_regions(
    original: Callable[..., Awaitable[Answer]], method: str, path: str, *request: object
) -> Answer:
    named, here = _NAMED.search(unquote(path)), responses.get_region()
    if named is None or named[1] == here:
        return await original(method, path, *request)
    said = f"Functions from '{named[1]}' are not reachable in this region ('{here}')"
    answer: Answer = responses.error_response_json("ResourceNotFoundException", said, 404)
    return answer
