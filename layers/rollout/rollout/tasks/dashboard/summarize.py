"""Answers the request for a summary of an ended rollout, for a pipeline."""

from datetime import datetime

from pydantic import ValidationError

from rollout.aws import settings
from rollout.dashboard.event import InvalidWidgetRequestError
from rollout.dashboard.report.markdown import code
from rollout.dashboard.report.request import read_summary_request
from rollout.dashboard.report.summary import summary
from rollout.domain.validation import format_problems
from rollout.tasks.dashboard.reported import find_reported


def summarize(event: object, now: datetime) -> dict[str, str]:
    """Return the summary as CloudWatch takes Markdown from a custom widget.

    Raises InvalidWidgetRequestError, InvalidRolloutNameError, NoSuchRolloutError or AwsUnavailableError.
    """
    records = find_reported(read_summary_request(event, settings.home()), now).records
    try:
        return {"markdown": summary(records)}
    except ValidationError as error:
        raise InvalidWidgetRequestError(
            f"The ledger's entry {records.entry['entry']} of {records.entry['target']} cannot be read:"
            f" {format_problems(error)}."
        ) from None


def no_summary(problem: str) -> dict[str, str]:
    """Return why there is no summary, in Markdown: a pipeline adds it to its own summary, whatever it is."""
    return {"markdown": f"⚠️ No summary: {code(problem)}\n"}
