"""Completes the rollouts with who started them, as soon as CloudTrail has the call."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.starter_searches import starter_searches
from rollout.domain.identity import Execution, Target
from rollout.lifecycle.writer_search import SEARCH_TIME, UNKNOWN_STARTER
from rollout.tasks.guardian.execution_starter import starter_of
from rollout.tasks.guardian.target_sweep import TargetSweep


def name_starters(sweep: TargetSweep, now: datetime) -> Iterator[dict[str, str]]:
    """Complete the rollouts whose starter CloudTrail names by now, or will not name; yield each that it names.

    A search that fails is reported in `sweep`, and the next sweep tries it again.
    """
    yield from sweep.treat_found(
        "starters",
        "the rollouts without a starter",
        lambda: starter_searches().find_all(),
        lambda each: _search(*each, now),
    )


def _search(target: Target, execution: Execution, now: datetime) -> Iterator[dict[str, str]]:
    is_over = now - execution.started_at >= SEARCH_TIME
    starter = starter_of(execution, is_over=is_over)
    if not starter and not is_over:
        return
    ledger().name_starter(target, execution, starter or UNKNOWN_STARTER)
    starter_searches().end(target, execution)
    yield {"target": target.name, "execution": execution.name, "started_by": starter or "unknown"}
