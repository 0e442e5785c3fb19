"""Answers the request for a summary of an ended rollout, for a pipeline."""

from rollout.aws import settings
from rollout.dashboard.event import InvalidWidgetRequestError
from rollout.dashboard.report.markdown import code
from rollout.dashboard.report.named import InvalidRolloutNameError, NoSuchRolloutError
from rollout.dashboard.report.request import read_summary_request
from rollout.dashboard.report.summary import summary
from rollout.tasks.dashboard.reported import find_reported


def summarize(event: object) -> dict[str, str]:
    """Return the summary, or why there is none, as CloudWatch takes Markdown from a custom widget.

    Raises AwsUnavailableError where the ledger cannot be read.
    """
    try:
        return {"markdown": summary(find_reported(read_summary_request(event, settings.home())).records)}
    except (InvalidRolloutNameError, InvalidWidgetRequestError, NoSuchRolloutError) as error:
        return {"markdown": f"⚠️ No summary: {code(error)}\n"}
