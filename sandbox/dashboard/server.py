"""Serves the page at 127.0.0.1: its files, the widgets of the dashboard, and the calls of their functions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import ClientError

from sandbox.dashboard.calls import call, render_markdown, widget_context
from sandbox.dashboard.sanitizer import sanitize
from sandbox.dashboard.users import User, create_users
from sandbox.dashboard.widgets import Widget, widgets_of
from sandbox.server import Sandbox

_FILES = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


@dataclass(frozen=True)
class Dashboard:
    """The deployed dashboard, and the users that may be chosen on the page."""

    name: str
    account: str
    users: dict[str, User]

    def widgets(self, user: str) -> dict[str, Any]:
        """Return what the page needs to lay out the widgets, or `error` where IAM denies it."""
        try:
            widgets = self._read_widgets(self.users[user])
        except ClientError as error:
            return {"error": error.response["Error"]["Message"]}
        return {"name": self.name, "users": [*self.users], "widgets": [_layout(widget) for widget in widgets]}

    def call(self, request: dict[str, Any]) -> dict[str, str]:
        """Call the function of a widget, or of an action within it, as the user of the request."""
        user = self.users[request["user"]]
        widget = next(one for one in self._read_widgets(user) if one.id == request["widget"])
        context = widget_context(self.name, self.account, widget, request["context"], datetime.now(UTC))
        return call(user, request.get("endpoint") or widget.endpoint, request.get("payload", widget.params), context)

    def _read_widgets(self, user: User) -> list[Widget]:
        return widgets_of(user.cloudwatch.get_dashboard(DashboardName=self.name)["DashboardBody"])


def _layout(widget: Widget) -> dict[str, Any]:
    return {**asdict(widget), "html": sanitize(render_markdown(widget.text))}


def find_dashboard(sandbox: Sandbox, outputs: dict[str, str]) -> Dashboard | None:
    """Return the dashboard of the stack, and create its users; None if the stack was deployed without a dashboard."""
    if "DashboardName" not in outputs:
        return None
    name = outputs["DashboardName"]
    body = sandbox.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    (widget_arn,) = [widget.endpoint for widget in widgets_of(body) if widget.type == "custom"]
    return Dashboard(name, sandbox.account, create_users(sandbox, widget_arn, outputs["TakeCommandButtonsArn"]))


@contextmanager
def serving_dashboard(sandbox: Sandbox, outputs: dict[str, str], port: int = 0) -> Iterator[str]:
    """Serve the stack's dashboard; yield the address of the page, or nothing if the stack has no dashboard."""
    dashboard = find_dashboard(sandbox, outputs)
    if dashboard is None:
        yield ""
        return
    with serving(dashboard, port) as address:
        yield address


@contextmanager
def serving(dashboard: Dashboard, port: int = 0) -> Iterator[str]:
    """Serve the page in the background, by default at any free port; yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, dashboard)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers with a file of the page, or with JSON."""

    def __init__(self, dashboard: Dashboard, *request: Any) -> None:  # noqa: ANN401 - the base class's arguments
        self._dashboard = dashboard
        super().__init__(*request)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/dashboard":
            self._answer_json(self._dashboard.widgets(parse_qs(url.query)["user"][0]))
            return
        file = _FILES / (url.path.lstrip("/") or "page.html")
        if file.parent == _FILES and file.is_file():
            self._answer(_TYPES[file.suffix], file.read_bytes())
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        # Another site's page can send a form to this address, but no JSON.
        if self.path != "/call" or self.headers.get("Content-Type") != "application/json":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer_json(self._dashboard.call(request))

    def _answer_json(self, answer: dict[str, Any]) -> None:
        self._answer("application/json", json.dumps(answer).encode())

    def _answer(self, content_type: str, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        with suppress(ConnectionError):  # the page was closed before its answer, which is no error of the sandbox
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_message: object) -> None:
        """Print nothing: the terminal shows the commands."""
