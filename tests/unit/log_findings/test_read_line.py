"""The shapes in which errors stand in a log: of Powertools, of Lambda for each runtime, and plain text."""

import json
import re

import pytest

from rollout.log_findings.lines import QUERY_WORDS
from rollout.log_findings.read_line import read_line

ID = "8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44"
TRACE = """Traceback (most recent call last):
  File "/opt/python/x.py", line 9, in wrapped
  File "/var/task/app.py", line 3, in handler
    event["customer"]
KeyError: 'customer'"""
FRAME = "app.py, line 3, in handler"

LINES = {
    "Python, unhandled": (
        f"[ERROR] KeyError: 'customer'\r{TRACE.rpartition(chr(10))[0]}",
        f"KeyError: 'customer' ({FRAME})",
        "",
    ),
    "Python, JSON": (
        json.dumps(
            {
                "timestamp": "2026-03-01T12:00:00Z",
                "level": "ERROR",
                "message": "'customer'",
                "errorType": "KeyError",
                "requestId": ID,
                "stackTrace": ['  File "/var/task/app.py", line 3, in handler\n    event["customer"]\n'],
            }
        ),
        f"KeyError: 'customer' ({FRAME})",
        ID,
    ),
    "Python, logging": (
        f"[ERROR]\t2026-03-01T12:00:00.123Z\t{ID}\tCannot pay order 17",
        "ERROR: Cannot pay order 17",
        ID,
    ),
    "Powertools": (
        json.dumps(
            {
                "level": "ERROR",
                "location": "handler:30",
                "message": "Cannot pay order 17",
                "function_request_id": ID,
                "exception": TRACE,
                "exception_name": "KeyError",
            }
        ),
        "KeyError: Cannot pay order 17; 'customer' (handler:30)",
        ID,
    ),
    "Powertools with a message of fields": (
        json.dumps({"level": "ERROR", "location": "handler:30", "message": {"order": 17}}),
        'ERROR: {"order": 17} (handler:30)',
        "",
    ),
    "cut JSON": (
        (
            f'{{"level":"ERROR","location":"handler:30","message":"Cannot \\"pay\\"","function_request_id":"{ID}",'
            '"exception":"Tra'
        ),
        'ERROR: Cannot "pay" (handler:30)',
        ID,
    ),
    "Node.js": (
        f"2026-03-01T12:00:00.123Z\t{ID}\tERROR\tInvoke Error \t"
        + json.dumps(
            {
                "errorType": "TypeError",
                "errorMessage": "x is undefined",
                "stack": [
                    "TypeError: x is undefined",
                    "    at pay (/var/task/index.js:2:9)",
                    "    at Runtime.handleOnce (file:///var/runtime/index.mjs:1173:29)",
                ],
            }
        ),
        "TypeError: x is undefined (index.js, line 2, in pay)",
        ID,
    ),
    "Node.js, console": (f"2026-03-01T12:00:00.123Z\t{ID}\tERROR\tCannot pay", "ERROR: Cannot pay", ID),
    "Java": (
        "java.lang.NullPointerException: no order\n\tat shop.Handler.pay(Handler.java:12)\n\tat x.Y.z(Y.java:1)",
        "java.lang.NullPointerException: no order (Handler.java, line 12, in shop.Handler.pay)",
        "",
    ),
    "Go": (
        json.dumps(
            {
                "errorMessage": "index out of range",
                "errorType": "boundsError",
                "stackTrace": [{"path": "shop/main.go", "line": 3, "label": "pay"}],
            }
        ),
        "boundsError: index out of range (main.go, line 3, in pay)",
        "",
    ),
    "traceback in one text": (TRACE, f"KeyError: 'customer' ({FRAME})", ""),
    "last line of a traceback": ("KeyError: 'customer'", "KeyError: 'customer'", ""),
    "timeout": (
        f"2026-03-01T12:00:03.123Z {ID} Task timed out after 3.01 seconds\n\n",
        "Task timed out after 3.01 seconds",
        ID,
    ),
    "timeout, JSON": (
        json.dumps({"type": "platform.report", "record": {"requestId": ID, "status": "timeout"}}),
        "Task timed out",
        ID,
    ),
    "exit": (
        f"RequestId: {ID} Error: Runtime exited with error: signal: killed\nRuntime.ExitError",
        "Error: Runtime exited with error: signal: killed Runtime.ExitError",
        ID,
    ),
    "plain text": ("ERROR The payment service does not respond.", "ERROR: The payment service does not respond.", ""),
    "warning": ("[WARNING] Retrying", "WARNING: Retrying", ""),
}
NO_ERRORS = {
    "start": f"START RequestId: {ID} Version: 4",
    "report of a timeout, beside its own line": f"REPORT RequestId: {ID}\tDuration: 3000.00 ms\tStatus: timeout",
    "info": f"2026-03-01T12:00:00.123Z\t{ID}\tINFO\tno error",
    "info of Python": f"[INFO]\t2026-03-01T12:00:00.123Z\t{ID}\t0 errors",
    "info in JSON": json.dumps({"level": "INFO", "message": "0 errors"}),
    "report of an error, which has a line of its own": json.dumps(
        {"type": "platform.report", "record": {"requestId": ID, "status": "error"}}
    ),
    "first line of a traceback in many": "Traceback (most recent call last):",
    "frame": '  File "/var/task/app.py", line 3, in handler',
    "JSON without a level": json.dumps({"order": 17}),
    "empty": "",
}


@pytest.mark.parametrize(("text", "error", "request_id"), LINES.values(), ids=LINES)
def test_error_of_line_is_read(text, error, request_id):
    found = read_line(text)
    assert found is not None
    assert (found.format(), found.request_id) == (error, request_id)


@pytest.mark.parametrize("text", [text for text, *_ in LINES.values()], ids=LINES)
def test_query_finds_every_line_with_an_error(text):
    assert re.search(QUERY_WORDS, text, re.IGNORECASE)


@pytest.mark.parametrize("text", NO_ERRORS.values(), ids=NO_ERRORS)
def test_line_without_error_is_left_out(text):
    assert read_line(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 5_000,
        "{" * 5_000,
        '{"a":' * 5_000,
        '{"message":"\\ud800 error"}',
        '{"message":"error\\',
        "\x00 error",
    ],
)
def test_odd_line_fails_nothing(text):
    read_line(text)


@pytest.mark.parametrize("before", ["error", 'ERROR {"a": 1}', "Traceback error", '{"level": "ERROR", "message": "x'])
@pytest.mark.parametrize(
    "part",
    ["\n", " ", "\t", "\r\n", "\n ", " \n", "\n at ", "at a.b(", "at a:1", 'File "a', '"path": "', "Error ", "1:"],
)
def test_repetitive_line_is_read(before, part):
    """A pattern that backtracks would never return: CloudWatch returns 3,000 characters of a line."""
    read_line((before + part * 3_000)[:3_000])


@pytest.mark.parametrize("blank", ["\n", "\n\n", "\r\n  \n"])
def test_stack_trace_behind_blank_lines_is_no_message(blank):
    read = read_line(f"Error: boom{blank}    at handler (/var/task/app.js:3:7)")
    assert read is not None
    assert (read.message, read.frame) == ("boom", "app.js, line 3, in handler")
