"""Steady traffic to a function through its alias."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from threading import get_ident
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from sandbox.background import BackgroundThread

CALLERS = 8
SIGNED_SECONDS = 60
"""How long a signed request is sent again; AWS accepts it for five minutes."""


class SignedCall(NamedTuple):
    """A call as botocore signed and sent it, and when: on the clock `time.monotonic`."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


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
        self._signed: SignedCall | None = None
        self._host = urlsplit(lambda_client.meta.endpoint_url).netloc
        self._connections: dict[int, HTTPConnection] = {}  # by the thread of their caller

    def _run(self) -> None:
        due, callers = time.monotonic(), ThreadPoolExecutor(self._callers)
        events, handler = self._lambda.meta.events, {"unique_id": f"traffic-{id(self)}"}
        events.register("before-send.lambda.Invoke", self._keep, **handler)
        try:
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                callers.submit(self._call)
                due = max(due + self._pause, time.monotonic())  # a delayed call does not cause a burst afterwards
        finally:
            callers.shutdown(cancel_futures=True)  # calls that still wait for a caller are not made
            events.unregister("before-send.lambda.Invoke", **handler)
            for connection in self._connections.values():
                connection.close()

    def _keep(self, request: Any, **_: Any) -> None:  # noqa: ANN401 - botocore's prepared request
        """Keep a signed call of the sandbox; calls of AWS are made by boto3, with its proxies and certificates."""
        if request.url.startswith("http://"):
            headers = {name: v.decode() if isinstance(v, bytes) else v for name, v in request.headers.items()}
            self._signed = SignedCall(urlsplit(request.url).path, headers, request.body, time.monotonic())

    def _call(self) -> None:
        signed = self._signed
        if signed and time.monotonic() < signed.at + SIGNED_SECONDS:
            self._repeat(signed)
        else:
            self._invoke()

    def _repeat(self, signed: SignedCall) -> None:
        """Send a signed call again: botocore takes several milliseconds of CPU for each call that it makes."""
        connection = self._connections.setdefault(get_ident(), HTTPConnection(self._host))
        try:
            response = self._send(connection, signed)
        except ConnectionError:  # the sandbox closes a connection that nothing used for some seconds
            connection.close()
            response = self._send(connection, signed)
        self.served[response.headers.get("X-Amz-Executed-Version", "refused")] += 1

    def _send(self, connection: HTTPConnection, signed: SignedCall) -> HTTPResponse:
        connection.request("POST", signed.path, signed.body, signed.headers)
        response = connection.getresponse()
        response.read()
        return response

    def _invoke(self) -> None:
        try:
            response = self._lambda.invoke(FunctionName=self._name, Payload=b"{}")
            response["Payload"].read()  # an unread body keeps its connection from being used again
            self.served[response["ExecutedVersion"]] += 1
        except ClientError:
            self.served["refused"] += 1  # throttled, which is a normal response
