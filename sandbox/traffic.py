"""A steady caller of a function through its alias."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from sandbox.meanwhile import Meanwhile

_CALLERS = 8


class Traffic(Meanwhile):
    """Calls a function so many times a second, from a thread, for as long as its `with` block lasts."""

    def __init__(self, lambda_client: Any, qualified_name: str, per_second: float = 20) -> None:  # noqa: ANN401
        super().__init__()
        self.served: Counter[str] = Counter()  # calls by the version that served them, or "refused"
        self._lambda = lambda_client
        self._name = qualified_name
        self._pause = 1 / per_second

    def _go_on(self) -> None:
        due = time.monotonic()
        with ThreadPoolExecutor(_CALLERS) as callers:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                callers.submit(self._call)
                due = max(due + self._pause, time.monotonic())  # a caller held up does not rush afterwards

    def _call(self) -> None:
        try:
            answer = self._lambda.invoke(FunctionName=self._name, Payload=b"{}")
            self.served[answer["ExecutedVersion"]] += 1
        except ClientError:
            self.served["refused"] += 1  # throttled, as real callers are
