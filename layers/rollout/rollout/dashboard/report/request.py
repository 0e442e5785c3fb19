"""Reads the request for a summary: `{"view": "summary", "function": "my-api:live", "version": "7"}`."""

from typing import Annotated

from pydantic import BeforeValidator

from rollout.dashboard.event import InvalidWidgetRequestError
from rollout.dashboard.report.named import NamedRollout, read_name
from rollout.domain.identity import AccountRegion
from rollout.domain.lambda_names import version_text
from rollout.domain.models import Value
from rollout.domain.validation import read_as

SUMMARY = "summary"


class _SummaryRequest(Value):
    function: str = ""
    version: Annotated[str, BeforeValidator(version_text)] = ""
    execution: str = ""


def is_summary(event: object) -> bool:
    """Whether an event requests a summary instead of a page of the widget."""
    return isinstance(event, dict) and event.get("view") == SUMMARY


def read_summary_request(event: object, home: AccountRegion) -> NamedRollout:
    """Return the rollout to summarize; without a function, the last ended one of the stack.

    Raises InvalidWidgetRequestError or InvalidRolloutNameError.
    """
    request = read_as(_SummaryRequest, event, "The request for a summary", InvalidWidgetRequestError)
    return read_name(request.function, request.version, request.execution, home)
