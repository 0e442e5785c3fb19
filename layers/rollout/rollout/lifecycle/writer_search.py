"""Decides what an ending says about who moved the alias: CloudTrail has the name some minutes after the write."""

from datetime import datetime, timedelta

from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.domain.text import as_sentence, shorten
from rollout.lifecycle.rollback import Closing
from rollout.state.ending import Ending
from rollout.state.writer_search import WriterSearch

SEARCH_TIME = timedelta(hours=2)
"""How long the guardian looks for a writer: CloudTrail usually has a call within minutes."""

UNKNOWN_STARTER = "CloudTrail does not name who started it"
"""What stands in the place of a name after a search for who started an execution that found none."""

_NOT_YET = (
    "CloudTrail does not name the writer yet: the name follows within minutes, in the ledger and in another event"
    " Rollout Handed Over"
)


class SearchResult(Value):
    """The result of a search that is over."""

    ending: Ending | None = None
    """The ending as it is to be completed; None where the rollout ended otherwise, or never."""


def with_writer(ending: Ending, writer: str) -> Ending:
    """Return an ending whose cause names who moved the alias, or says that the name follows; others unchanged."""
    if not ending.moved_revision:
        return ending
    return _with_note(ending, ending.cause, _format_writer(writer) if writer else _NOT_YET, writer)


def writer_search(closing: Closing, ending: Ending, now: datetime) -> WriterSearch | None:
    """Return the search that a rollout needs; None where no other writer moved its alias, or the name is known."""
    if not ending.moved_revision or ending.writer:
        return None
    return WriterSearch(
        target=closing.target,
        execution=closing.execution,
        stable_version=closing.stable_version,
        canary_version=closing.canary_version,
        channel=closing.channel,
        judgement=closing.judgement,
        revision_id=ending.moved_revision,
        since=now,
    )


def is_over(search: WriterSearch, now: datetime) -> bool:
    """Whether a search that has found nothing gives up."""
    return now - search.since >= SEARCH_TIME


def search_result(search: WriterSearch, ending: Ending | None, writer: str, now: datetime) -> SearchResult | None:
    """Return the result of a search by the ending in the ledger and the name in CloudTrail; None while it goes on.

    An ending that is complete already, because an earlier guardian stopped half way, stays as it is.
    """
    if ending is None:
        return SearchResult() if is_over(search, now) else None
    if ending.outcome is not Outcome.HANDED_OVER:
        return SearchResult()
    if not writer and not is_over(search, now):
        return None
    return SearchResult(ending=_completed(ending, writer))


def _completed(ending: Ending, writer: str) -> Ending:
    cause = ending.cause.removesuffix(f" {_NOT_YET}")
    if cause == ending.cause:
        return ending.model_copy(update={"writer": writer})
    note = _format_writer(writer) if writer else "CloudTrail does not name the writer"
    return _with_note(ending, cause, note, writer)


def _with_note(ending: Ending, cause: str, note: str, writer: str) -> Ending:
    return ending.model_copy(update={"cause": shorten(f"{as_sentence(cause)} {note}"), "writer": writer})


def _format_writer(writer: str) -> str:
    return f"CloudTrail says it was {writer}"
