"""What a Catch adds to the document, and the sentence for it, which never holds a stack trace."""

import json
import re
from typing import Any

from pydantic import Field

from rollout.domain.models import Value

_MAX_LENGTH = 1500
"""A sentence that is longer is cut: the Cause of an execution has to stay readable."""

_REQUEST_ID = r"^RequestId: \S+\s+(Error: )?"
"""How Lambda begins the message of a function that died."""

_STACK_TRACE = r"\s*(Traceback \(most recent call last\):|\n\s+at )"


class Failure(Value):
    """What a Catch adds to the document, in Step Functions' own fields. Some errors have no cause."""

    error: str = Field(alias="Error")
    cause: str = Field(default="", alias="Cause")


def format_failure(failure: Failure) -> str:
    """Return a failure as `error: message`, without Lambda's JSON around the message and without a stack trace.

    Lambda wraps the message of a function and of its runtime (Sandbox.Timedout, Runtime.ExitError,
    Runtime.ImportModuleError) in a JSON object. Step Functions and the other services answer with text or nothing.
    """
    message = _shorten(_without_stack_trace(re.sub(_REQUEST_ID, "", _message(failure.cause))))
    return f"{failure.error}: {message}" if message else failure.error


def _message(cause: str) -> str:
    try:
        answer = json.loads(cause)
    except (ValueError, RecursionError):
        return cause
    return _lambda_message(answer, cause) if isinstance(answer, dict) else cause


def _lambda_message(answer: dict[str, Any], cause: str) -> str:
    """Return the message of Lambda's JSON object; of any other object, the fields that are no stack trace."""
    if "errorMessage" in answer:
        return str(answer["errorMessage"] or "")
    others = {name: value for name, value in answer.items() if name not in ("stackTrace", "trace")}
    return cause if others == answer else json.dumps(others)


def _without_stack_trace(message: str) -> str:
    """Return the text around a stack trace; of a Python stack trace, its last line, which names the error."""
    found = re.search(_STACK_TRACE, message)
    if found is None:
        return message
    before, last = message[: found.start()].strip(), message.strip().rpartition("\n")[2].strip()
    return before or last


def _shorten(message: str) -> str:
    return message if len(message) <= _MAX_LENGTH else f"{message[:_MAX_LENGTH]}…"
