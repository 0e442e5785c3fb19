"""The page's server reads the dashboard and calls functions as the chosen user, with IAM enforced."""

import html
import json
import re
import socket
import struct
import threading
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sandbox.dashboard.server import serving
from tests.sandbox.dashboard.stand_in import COMMANDS, NAME, WIDGET
from tests.sandbox.dashboard.test_calls import PAGE


def read(address, path=""):
    with urlopen(address + path) as response:  # noqa: S310 - the page's own address
        return response.read().decode()


def post(address, request, content_type="application/json"):
    document = {"widget": "widget-1", "context": PAGE, **request}
    headers = {"Content-Type": content_type}
    with urlopen(Request(f"{address}call", json.dumps(document).encode(), headers)) as response:  # noqa: S310 - as above
        return json.loads(response.read())


def event_of(answer):
    return json.loads(html.unescape(re.fullmatch("<pre>(.*)</pre>", answer["html"])[1]))


def arn(emulator, function):
    return f"arn:aws:lambda:{emulator.region}:{emulator.account}:function:{function}"


def test_widgets_are_read_as_the_user_and_laid_out(address, emulator):
    shown = json.loads(read(address, "dashboard?user=viewer"))
    text, custom, metric = shown["widgets"]
    assert (shown["name"], shown["users"]) == (NAME, ["viewer", "operator"])
    assert text["html"] == "<h1>Hello </h1>\n"
    assert custom["endpoint"] == arn(emulator, WIDGET)
    assert custom["box"] == {"x": 0, "y": 2, "width": 24, "height": 8}
    assert (metric["type"], metric["title"]) == ("metric", "Endings")


def test_widget_is_called_with_its_parameters_and_the_context(address):
    event = event_of(post(address, {"user": "viewer"}))
    assert (event["limit"], event["widgetContext"]["params"]) == (5, {"limit": 5})
    assert event["widgetContext"]["theme"] == "dark"


def test_action_of_an_operator_is_called_with_its_payload_and_the_forms(address, emulator):
    payload = {"command": "approve"}
    event = event_of(post(address, {"user": "operator", "endpoint": arn(emulator, COMMANDS), "payload": payload}))
    assert {**event, "widgetContext": event["widgetContext"]["forms"]} == {**payload, "widgetContext": PAGE["forms"]}


def test_action_of_a_viewer_is_denied_with_the_words_of_iam(address, emulator):
    answer = post(address, {"user": "viewer", "endpoint": arn(emulator, COMMANDS), "payload": {}})
    assert answer["error"].startswith(f"User: arn:aws:iam::{emulator.account}:user/dashboard-viewer is not authorized")
    assert "to perform: lambda:InvokeFunction" in answer["error"]


def test_failed_function_is_an_error_that_names_it(address, emulator):
    answer = post(address, {"user": "viewer", "payload": {"fail": True}})
    assert answer == {"error": f"{arn(emulator, WIDGET)} failed: LookupError: configured failure"}


def test_markdown_is_rendered_and_sanitized(address):
    answer = post(address, {"user": "viewer", "payload": {"markdown": "**x** <script>alert(1)</script>"}})
    assert answer == {"html": "<p><strong>x</strong> </p>\n"}


@pytest.mark.parametrize(
    ("path", "content"), [("", "<!doctype html>"), ("page.css", ":root"), ("page.js", "use strict")]
)
def test_page_has_its_files(address, path, content):
    assert content in read(address, path)


def test_no_other_file_is_served(address):
    for path in ("../server.py", "..%2Fserver.py", "missing.html"):
        with pytest.raises(HTTPError, match="404"):
            read(address, path)


def test_form_of_another_site_calls_nothing(address):
    with pytest.raises(HTTPError, match="404"):
        post(address, {"user": "operator"}, content_type="text/plain")


def test_page_that_is_closed_before_its_answer_prints_nothing(capsys):
    client, handlers = socket.socket(), []
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets the connection

    class ClosesPage:
        def call(self, _request):
            client.close()
            handlers.append(threading.current_thread())
            called.set()
            return {"html": "x" * 1_000_000}

    called = threading.Event()
    with serving(ClosesPage()) as address:
        client.connect(("127.0.0.1", int(address.rstrip("/").rsplit(":", 1)[1])))
        client.sendall(b"POST /call HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        assert called.wait(30)
        handlers[0].join(30)
    assert capsys.readouterr().err == ""
