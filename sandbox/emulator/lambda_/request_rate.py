"""Limits the requests a second to Lambda's control plane, for each account and region.

Only requests of functions count; users (here the tests) call as root. The module `faults.requests` sets the limit.
"""

import json
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses

from sandbox.emulator.seams import Answer

_UNCOUNTED = frozenset({"lambda:InvokeFunction", "lambda:GetFunction", "lambda:GetPolicy"})
"""Their own limits are far higher, or out of reach for the stack."""
_ERROR = "TooManyRequestsException"
_REFUSED = {"Type": "User", "message": "Rate exceeded", "__type": _ERROR}
"""Step Functions reads the error's name in the body, boto3 in the header."""


@dataclass
class _Bucket:
    """A token bucket that holds the requests of one second."""

    per_second: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        self.tokens = min(self.per_second, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


_limit = [math.inf]
_buckets: dict[tuple[str, str], _Bucket] = {}
"""The bucket of every account and region with a call since the limit was set."""
_original: Callable[..., Awaitable[Answer]] = app.SERVICE_HANDLERS["lambda"]


def limit(per_second: float = math.inf) -> None:
    """Limit the requests a second from now on; by default, remove the limit."""
    _limit[:] = [per_second]
    _buckets.clear()


async def _handle(method: str, path: str, *request: Any) -> Answer:  # noqa: ANN401 - headers, body and query
    now = time.monotonic()
    if _counts(method, path, *request) and not _bucket(now).take(now):
        headers = {"Content-Type": "application/json", "x-amzn-errortype": _ERROR}
        return 429, headers, json.dumps(_REFUSED).encode()
    return await _original(method, path, *request)


def _bucket(now: float) -> _Bucket:
    key = responses.get_account_id(), responses.get_region()
    return _buckets.setdefault(key, _Bucket(_limit[0], _limit[0], now))


def _counts(method: str, path: str, headers: Any, body: Any, query: Any) -> bool:  # noqa: ANN401 - MiniStack declares no types
    if math.isinf(_limit[0]) or "/" not in iam_evaluator.caller_arn():
        return False  # users call as root
    return iam_actions.extract_iam_action("lambda", method, path, headers, body, query) not in _UNCOUNTED


app.SERVICE_HANDLERS["lambda"] = _handle
