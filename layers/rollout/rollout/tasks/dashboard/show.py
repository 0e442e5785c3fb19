"""Shows the rollouts of the ledger as the dashboard's widget asks for them. It reads, and never writes."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from rollout.aws import settings
from rollout.aws.dynamodb.items import OPEN, WAITING
from rollout.aws.dynamodb.release_groups import read_group
from rollout.aws.dynamodb.shown_rollouts import readable_lock, shown_rollouts
from rollout.dashboard.detail import LedgerRecords, detail
from rollout.dashboard.entries import read_queued, read_rollouts, target_of
from rollout.dashboard.event import (
    InvalidWidgetRequestError,
    RolloutKey,
    WidgetRequest,
    is_describe,
    read_screen,
    read_widget_event,
)
from rollout.dashboard.help import HELP
from rollout.dashboard.html.actions import Endpoints
from rollout.dashboard.html.overview_page import overview_page
from rollout.dashboard.html.problem_page import problem_page as html_of_problem
from rollout.dashboard.live import rollouts_waiting_for_release
from rollout.dashboard.overview import (
    ENDINGS_READ,
    Held,
    choose,
    held_lock,
    overview,
    waiting_for_release,
    waiting_version,
)
from rollout.dashboard.report.request import is_summary
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError, RolloutError
from rollout.domain.text import as_sentence
from rollout.domain.validation import format_problems
from rollout.state.releases.group import ReleaseGroup
from rollout.tasks.commands.history import starter_of
from rollout.tasks.dashboard.summarize import no_summary, summarize


def show_rollouts(event: object, function_arn: str, now: datetime) -> str | dict[str, str]:
    """Return the HTML of what an event of the widget asks for, the help, or the summary of a rollout in Markdown.

    `function_arn` is the ARN of the widget's function, which its own links invoke. Raises InvalidWidgetRequestError,
    InvalidRolloutNameError or NoSuchRolloutError, or AwsUnavailableError where the ledger cannot be read.
    """
    if is_describe(event):
        return HELP
    if is_summary(event):
        return summarize(event, now)
    request, endpoints = read_widget_event(event), _endpoints(function_arn)
    return _detail(request, request.rollout, endpoints, now) if request.rollout else _overview(request, endpoints, now)


def answer_problem(error: RolloutError, event: object, function_arn: str) -> str | dict[str, str]:
    """Return what is wrong: as a page, or in Markdown where the event requests a summary."""
    if is_summary(event):
        return no_summary(_format_problem(error))
    return html_of_problem(_format_problem(error), read_screen(event), _endpoints(function_arn))


def _format_problem(error: RolloutError) -> str:
    """Return what is wrong; of an error of AWS without its advice, which is for a task of a rollout."""
    if not isinstance(error, AwsUnavailableError | AwsRefusedError):
        return str(error)
    return f"The ledger cannot be read, and no rollout is affected. Refresh the widget. {as_sentence(error.__cause__)}"


def _overview(request: WidgetRequest, endpoints: Endpoints, now: datetime) -> str:
    """Return the overview. It needs three reads: the locks, the endings, and the entries of the page's rollouts."""
    ledger = shown_rollouts()
    held, unreadable = _read_open(ledger.find_open())
    chosen = choose(request, held, read_rollouts(ledger.find_endings(ENDINGS_READ)), unreadable)
    entries = read_rollouts(ledger.find_with_status(chosen.locks))
    return overview_page(overview(chosen, entries, now), endpoints, now)


def _read_open(entries: list[dict[str, Any]]) -> tuple[list[Held], tuple[str, ...]]:
    """Return the locks and the versions that wait, and the keys of those that cannot be read: they hide no other."""
    held, unreadable = [], []
    for entry in entries:
        queued = read_queued(entry) if entry["entry"] == "queue" else None
        lock = readable_lock(entry) if entry["entry"] == "lock" else None
        group = _readable_group(entry) if entry["entry"] == WAITING else None
        if group:
            held += [waiting_for_release(each) for each in rollouts_waiting_for_release(group)]
        elif queued:
            held.append(waiting_version(queued))
        elif lock:
            held.append(held_lock(entry["target"], lock))
        else:
            unreadable.append(f"{entry['target']}/{entry['entry']}")
    return held, tuple(unreadable)


def _readable_group(entry: dict[str, Any]) -> ReleaseGroup | None:
    try:
        return read_group(entry)
    except (ValidationError, KeyError):
        return None


def _detail(request: WidgetRequest, key: RolloutKey, endpoints: Endpoints, now: datetime) -> str:
    """Return the detail of a rollout: its entry, its lock while it runs, its evaluations and its commands."""
    from rollout.dashboard.html.detail_page import detail_page  # noqa: PLC0415 - only the detail draws charts

    ledger = shown_rollouts()
    entry = ledger.find_rollout(key.target, key.entry)
    if not entry:
        raise InvalidWidgetRequestError(f"The ledger has no rollout {key.entry} of {key.target}.")
    records = LedgerRecords(
        entry=entry,
        lock=ledger.find_lock(key.target) if OPEN in entry or entry.get("outcome") == Outcome.ROLLBACK_FAILED else None,
        evaluations=ledger.find_evaluations(key.target, key.entry),
        commands=ledger.find_commands(key.target, str(entry.get("execution_arn", ""))),
    )
    try:
        shown = detail(request, records, starter_of(target_of(key.target), entry, now))
    except ValidationError as error:
        raise InvalidWidgetRequestError(
            f"The ledger's entry {key.entry} of {key.target} cannot be read: {format_problems(error)}."
        ) from None
    return detail_page(shown, endpoints, now)


def _endpoints(function_arn: str) -> Endpoints:
    return Endpoints(show_rollouts=function_arn, take_command=settings.take_command_arn())
