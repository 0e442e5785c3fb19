"""Reads what the call of a hook returned: a verdict, the wish to be called again, or an error."""

import json
from enum import StrEnum
from typing import NamedTuple

from pydantic import ValidationError

from rollout.domain.durations import parse_duration
from rollout.domain.enums import Verdict
from rollout.domain.json_values import read_json
from rollout.domain.text import as_reason, shorten
from rollout.domain.validation import format_value
from rollout.state.failure import Failure, format_failure

_LONGEST_REASON, _LONGEST_SHOWN = 500, 80

_TRANSIENT = frozenset(
    {
        "Lambda.TooManyRequestsException",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.ResourceNotReadyException",
        "Lambda.ResourceConflictException",
    }
)
"""Errors of Lambda that a later call may not meet."""

_PLATFORM = ("Lambda.", "States.", "Runtime.", "Sandbox.", "Extension.", "Function.", "Init.")
"""How the names of errors begin that the code of a hook has not raised."""

_EXPECTED = (
    'nothing, {"verdict": "healthy"}, {"verdict": "unhealthy", "reason": "..."}, {"verdict": "inconclusive"} or'
    ' {"again_in": "60s"}'
)


class Kind(StrEnum):
    """What an answer means."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    AGAIN = "again"
    """The hook, or Lambda, may answer something else later."""
    ERROR = "error"
    """The hook has not answered, or nothing that can be read."""


class HookAnswer(NamedTuple):
    """What one call of a hook returned; `again_seconds` is None where the hook does not say when to call again."""

    kind: Kind
    said: str
    again_seconds: int | None = None


def read_answer(result: object) -> HookAnswer:
    """Return what the Map state holds for one call: `answer`, the JSON that the hook returned, or `failure`.

    A Map state that fails itself holds its own error.
    """
    if isinstance(result, dict) and isinstance(result.get("answer"), str):
        return _returned(result["answer"])
    if isinstance(result, dict):
        return _failed(result.get("failure", result))
    return HookAnswer(Kind.ERROR, f"the state machine has {format_value(result)} in place of an answer")


def _returned(text: str) -> HookAnswer:
    try:
        answer = read_json(text)
    except ValueError:
        return _unreadable(shorten(text, _LONGEST_SHOWN))
    if answer is None:
        return HookAnswer(Kind.HEALTHY, "healthy")
    return (isinstance(answer, dict) and _decided(answer)) or _unreadable(format_value(answer))


def _unreadable(shown: str) -> HookAnswer:
    return HookAnswer(Kind.ERROR, f"it returned {shown}: return {_EXPECTED}")


def _decided(answer: dict[str, object]) -> HookAnswer | None:
    """Return what an object means; None for one without a verdict and without a time. A verdict counts by itself."""
    verdict, again_seconds = str(answer.get("verdict", "")).lower(), _again_seconds(answer)
    said = _format_reason(answer.get("reason"))
    if verdict in (Verdict.HEALTHY, Verdict.UNHEALTHY):
        return HookAnswer(Kind(verdict), f"{verdict}{said}")
    if verdict == Verdict.INCONCLUSIVE or (not verdict and again_seconds is not None):
        return HookAnswer(Kind.AGAIN, f"{verdict or 'not decided'}{said}", again_seconds)
    return None


def _again_seconds(answer: dict[str, object]) -> int | None:
    try:
        return parse_duration(answer["again_in"])
    except (KeyError, ValueError):
        return None


def _format_reason(reason: object) -> str:
    text = reason if isinstance(reason, str) else json.dumps(reason, ensure_ascii=False)
    shown = as_reason(shorten(text, _LONGEST_REASON))
    return f" ({shown})" if shown and reason is not None else ""


def _failed(found: object) -> HookAnswer:
    try:
        failure = Failure.model_validate(found)
    except ValidationError:
        return HookAnswer(Kind.ERROR, "its call failed without a name")
    said = as_reason(format_failure(failure))
    if failure.error in _TRANSIENT:
        return HookAnswer(Kind.AGAIN, f"not called ({said})")
    if failure.error.startswith(_PLATFORM):
        return HookAnswer(Kind.ERROR, f"its call failed ({said})")
    return HookAnswer(Kind.UNHEALTHY, f"unhealthy, because it raised {said}")
