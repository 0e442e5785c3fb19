"""Completes the rollouts that ended before CloudTrail named who moved their alias."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rollout.aws.cloudtrail import cloudtrail
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.writer_searches import writer_searches
from rollout.domain.enums import Outcome
from rollout.lifecycle.writer_search import is_over, search_result
from rollout.state.ending import Ending
from rollout.state.writer_search import WriterSearch
from rollout.tasks.find_writer import writer_if_known
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.notify import publish_writer

_CLOCK_SKEW = timedelta(minutes=1)
"""How much later than this stack's clock CloudTrail may date a call that was made before."""


def name_writers(sweep: TargetSweep, now: datetime) -> Iterator[dict[str, str]]:
    """Complete the endings whose writer CloudTrail names by now, or will not name; yield each as a document.

    A search that fails is reported in `sweep`, and the next sweep tries it again.
    """
    yield from sweep.treat_found(
        "writers", "the searches for writers", lambda: writer_searches().find_all(), lambda each: _search(each, now)
    )


def _search(search: WriterSearch, now: datetime) -> Iterator[dict[str, str]]:
    ending = ledger().find_ending(search.target, search.execution)
    result = search_result(search, ending, _writer(search, ending, now), now)
    if result is None:
        return
    if result.ending:
        # The entry is deleted last: if the guardian dies in between, the next sweep repeats the same writes.
        ledger().complete(search.target, search.execution, result.ending)
        publish_writer(search, result.ending, now)
        yield {"target": search.target.name, "execution": search.execution.name, "cause": result.ending.cause}
    writer_searches().end(search)


def _writer(search: WriterSearch, ending: Ending | None, now: datetime) -> str:
    """Return who moved the alias; empty where CloudTrail has no name yet, and where the ending names no writer.

    Raises the errors of CloudTrail while the search goes on; at its end, no answer is no name.
    """
    if ending is None or ending.outcome is not Outcome.HANDED_OVER:
        return ""
    before = search.since + _CLOCK_SKEW
    if is_over(search, now):
        return writer_if_known(search.target, search.revision_id, before)
    return cloudtrail(search.target.account_region).find_writer(search.revision_id, before)
