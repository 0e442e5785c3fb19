"""Reads what the call of a hook returned: a verdict, the wish to be called again, or an error."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import ValidationError

from rollout.domain.durations import Seconds
from rollout.domain.enums import Verdict
from rollout.domain.models import Value
from rollout.domain.text import as_reason, shorten
from rollout.domain.validation import format_value
from rollout.state.failure import Failure, format_failure

_LONGEST_REASON = 500

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


class _Returned(Value):
    verdict: Verdict | None = None
    reason: str = ""
    again_in: Seconds | None = None


def read_answer(result: object) -> HookAnswer:
    """Return what the Map state holds for one call: `answer`, what the hook returned, or `failure`."""
    if isinstance(result, dict) and "failure" in result:
        return _failed(result["failure"])
    if isinstance(result, dict) and "answer" in result:
        return _returned(result["answer"])
    return HookAnswer(Kind.ERROR, f"the state machine has {format_value(result)} in place of an answer")


def _returned(answer: object) -> HookAnswer:
    if answer is None:
        return HookAnswer(Kind.HEALTHY, "healthy")
    try:
        returned = _Returned.model_validate(answer)
    except ValidationError:
        returned = _Returned()
    if returned.verdict is None and returned.again_in is None:
        return HookAnswer(Kind.ERROR, f"it returned {format_value(answer)}: return {_EXPECTED}")
    return _decided(returned)


def _decided(returned: _Returned) -> HookAnswer:
    reason = as_reason(shorten(returned.reason, _LONGEST_REASON))
    said = f"{returned.verdict or 'not decided'}{f' ({reason})' if reason else ''}"
    if returned.verdict is Verdict.HEALTHY:
        return HookAnswer(Kind.HEALTHY, said)
    if returned.verdict is Verdict.UNHEALTHY:
        return HookAnswer(Kind.UNHEALTHY, said)
    return HookAnswer(Kind.AGAIN, said, returned.again_in)


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
