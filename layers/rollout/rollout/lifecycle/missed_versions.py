"""Decides which published versions were missed because no event started their rollout (P8)."""

from datetime import datetime, timedelta

from rollout.domain.errors import REFUSALS
from rollout.domain.models import Value

MIN_AGE = timedelta(minutes=15)
"""How long the event of a version may take to arrive before the sweep starts the rollout."""

MAX_AGE = timedelta(days=1)
"""The sweep ignores older versions: they were skipped on purpose, or a person has handled them."""


class Candidate(Value):
    """The newest version of an opted-in function, and what its alias serves."""

    version: str
    published_at: datetime
    served: str | None
    """The version the alias serves; None where there is no alias, and so nothing to compare with."""
    is_split: bool
    """Whether the alias is split, which means that a rollout or a person is already at work."""


def is_missed(candidate: Candidate, now: datetime) -> bool:
    """Whether the version is due for a rollout; the ledger knows whether it has had one."""
    age = now - candidate.published_at
    if candidate.served is None or candidate.is_split or int(candidate.version) <= int(candidate.served):
        return False
    return MIN_AGE <= age <= MAX_AGE


def ended_without_answer(status: str, error: str) -> bool:
    """Whether an execution failed before its request was answered; a refusal and a StopExecution are answers."""
    return status == "FAILED" and error not in REFUSALS
