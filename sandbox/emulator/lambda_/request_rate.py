"""Lambda's control plane takes so many requests a second of an account in a region, and refuses others, if so ordered.

Only requests of functions count, as people here are the tests. `fault_orders` takes the order.
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
"""They have limits of their own, which are far higher or which nothing of ours can meet."""
_REFUSED = {"Type": "User", "message": "Rate exceeded"}


@dataclass
class _Bucket:
    """Requests that may still come; it fills steadily, and holds those of one second."""

    a_second: float
    left: float
    filled_at: float

    def takes(self, now: float) -> bool:
        self.left = min(self.a_second, self.left + (now - self.filled_at) * self.a_second)
        self.filled_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


_limit = [math.inf]
_buckets: dict[tuple[str, str], _Bucket] = {}
"""One for each account and region that was called since the limit was set."""
_original: Callable[..., Awaitable[Answer]] = app.SERVICE_HANDLERS["lambda"]


def limit(a_second: float = math.inf) -> None:
    """Take so many requests a second from now on; as many as come if no number is given."""
    _limit[:] = [a_second]
    _buckets.clear()


async def _handle(method: str, path: str, *request: Any) -> Answer:  # noqa: ANN401 - headers, body and query
    now = time.monotonic()
    if _counts(method, path, *request) and not _bucket(now).takes(now):
        headers = {"Content-Type": "application/json", "x-amzn-errortype": "TooManyRequestsException"}
        return 429, headers, json.dumps(_REFUSED).encode()
    return await _original(method, path, *request)


def _bucket(now: float) -> _Bucket:
    place = responses.get_account_id(), responses.get_region()
    return _buckets.setdefault(place, _Bucket(_limit[0], _limit[0], now))


def _counts(method: str, path: str, headers: Any, body: Any, query: Any) -> bool:  # noqa: ANN401 - as MiniStack has them
    if math.isinf(_limit[0]) or "/" not in iam_evaluator.caller_arn():
        return False  # people call as root
    return iam_actions.extract_iam_action("lambda", method, path, headers, body, query) not in _UNCOUNTED


app.SERVICE_HANDLERS["lambda"] = _handle
