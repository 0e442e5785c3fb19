"""Shows the rollouts of the ledger as the dashboard's widget asks for them. It reads, and never writes."""

from datetime import datetime

from rollout.aws import settings
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.dashboard.entries import read_endings, read_live
from rollout.dashboard.event import WidgetRequest, is_describe, read_screen, read_widget_event
from rollout.dashboard.help import HELP
from rollout.dashboard.html.actions import Endpoints
from rollout.dashboard.html.overview_page import overview_page
from rollout.dashboard.html.problem_page import problem_page as html_of_problem
from rollout.dashboard.overview import ENDINGS_READ, overview
from rollout.domain.errors import RolloutError


def show_rollouts(event: object, function_arn: str, now: datetime) -> str:
    """Return the HTML of what an event of the widget asks for, or the help in Markdown.

    `function_arn` is the ARN of the widget's function, which its own links invoke. Raises InvalidWidgetRequestError, or
    AwsUnavailableError where the ledger cannot be read.
    """
    if is_describe(event):
        return HELP
    return _overview(read_widget_event(event), _endpoints(function_arn), now)


def problem_page(error: RolloutError, event: object, function_arn: str) -> str:
    """Return the HTML of a page that says what is wrong."""
    return html_of_problem(str(error), read_screen(event), _endpoints(function_arn))


def _overview(request: WidgetRequest, endpoints: Endpoints, now: datetime) -> str:
    """Return the overview: one query each for live rollouts, locks and endings."""
    ledger = shown_rollouts()
    live, locks = read_live(ledger.find_live()), ledger.find_locks()
    endings = read_endings(ledger.find_endings(ENDINGS_READ))
    return overview_page(overview(request, live, locks, endings, now), endpoints, now)


def _endpoints(function_arn: str) -> Endpoints:
    return Endpoints(show_rollouts=function_arn, take_command=settings.take_command_arn())
