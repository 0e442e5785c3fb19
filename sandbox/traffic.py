"""A steady caller of a function through its alias."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

from botocore.exceptions import ClientError

_CALLERS = 8


class Traffic:
    """Calls a function so many times a second, from a thread, for as long as its `with` block lasts."""

    def __init__(self, lambda_client: Any, qualified_name: str, per_second: float = 20) -> None:  # noqa: ANN401
        self.served: Counter[str] = Counter()  # calls by the version that served them, or "refused"
        self._lambda = lambda_client
        self._name = qualified_name
        self._pause = 1 / per_second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._call_steadily, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._stop.set()
        self._thread.join()

    def _call_steadily(self) -> None:
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
