"""A failure is one sentence, whatever Step Functions and Lambda put into Cause, and holds no stack trace (P10)."""

import json

import pytest

from rollout.state.failure import Failure, format_failure

TRACE = ['  File "/var/task/app.py", line 17, in handler\n    rollout = Rollout.model_validate(document)\n']
TRACEBACK = "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 17, in handler\nKeyError: 'x'\n"


def raised(message: object, kind: str = "SomeError", **others: object) -> str:
    """Return the Cause that Lambda makes of a function's error."""
    return json.dumps({"errorMessage": message, "errorType": kind, "requestId": "r"} | others)


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("", "SomeError"),
        ("it broke", "SomeError: it broke"),
        (raised("it broke", stackTrace=TRACE), "SomeError: it broke"),
        (raised("it broke", trace=TRACE), "SomeError: it broke"),
        (raised(""), "SomeError"),
        (raised(None), "SomeError"),
        (raised(7), "SomeError: 7"),
        (
            raised("RequestId: 1-2-3 Error: Task timed out after 60.00 seconds", "Sandbox.Timedout"),
            "SomeError: Task timed out after 60.00 seconds",
        ),
        (
            raised("RequestId: 1-2-3 Error: Runtime exited with error: signal: killed", "Runtime.ExitError"),
            "SomeError: Runtime exited with error: signal: killed",
        ),
        (
            raised("Unable to import module 'app': No module named 'x'", "Runtime.ImportModuleError", stackTrace=[]),
            "SomeError: Unable to import module 'app': No module named 'x'",
        ),
        (
            raised("2026-03-01T12:00:00Z 1-2-3 Task timed out after 3.00 seconds", "Lambda.Unknown"),
            "SomeError: 2026-03-01T12:00:00Z 1-2-3 Task timed out after 3.00 seconds",
        ),
        ('{"errorType": "SomeError", "stackTrace": ["File x"]}', 'SomeError: {"errorType": "SomeError"}'),
        ("[1]", "SomeError: [1]"),
        ("7", "SomeError: 7"),
        ("{}", "SomeError: {}"),
        ('{"errorMessage": "cut off by St', 'SomeError: {"errorMessage": "cut off by St'),
        ("[" * 5_000, "SomeError: " + "[" * 1_500 + "…"),
        (raised(f"it broke\n{TRACEBACK}"), "SomeError: it broke"),
        (TRACEBACK, "SomeError: KeyError: 'x'"),
        ("Error: it broke\n    at handler (/var/task/app.js:1:1)", "SomeError: Error: it broke"),
        ("x" * 40_000, "SomeError: " + "x" * 1_500 + "…"),
    ],
)
def test_failure_is_one_sentence_without_stack_trace(cause, sentence):
    assert format_failure(Failure(Error="SomeError", Cause=cause)) == sentence
