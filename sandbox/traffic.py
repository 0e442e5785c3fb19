"""Steady traffic to a function through its alias."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from sandbox.background import BackgroundThread

CALLERS = 8


class Traffic(BackgroundThread):
    """Calls a function `per_second` times a second for the duration of a `with` block, `callers` calls at a time.

    The sandbox runs a process for each concurrent call of a version, so a machine that is busy needs few callers.
    """

    def __init__(
        self,
        lambda_client: Any,  # noqa: ANN401 - a client of Lambda
        qualified_name: str,
        per_second: float = 20,
        callers: int = CALLERS,
    ) -> None:
        super().__init__()
        self._callers = callers
        self.served: Counter[str] = Counter()  # calls by executed version; "refused" counts the refused ones
        self._lambda = lambda_client
        self._name = qualified_name
        self._pause = 1 / per_second

    def _run(self) -> None:
        due, callers = time.monotonic(), ThreadPoolExecutor(self._callers)
        try:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                callers.submit(self._call)
                due = max(due + self._pause, time.monotonic())  # a delayed call does not cause a burst afterwards
        finally:
            callers.shutdown(cancel_futures=True)  # calls that still wait for a caller are not made

    def _call(self) -> None:
        try:
            response = self._lambda.invoke(FunctionName=self._name, Payload=b"{}")
            response["Payload"].read()  # an unread body keeps its connection from being used again
            self.served[response["ExecutedVersion"]] += 1
        except ClientError:
            self.served["refused"] += 1  # throttled, which is a normal response
