"""Versions that no event told us of: the sweep finds them (P8)."""

from datetime import datetime, timedelta

from rollout.domain.errors import REFUSALS
from rollout.domain.models import Value

GIVEN = timedelta(minutes=15)
"""How long an event may take before its version is taken for missed."""

REMEMBERED = timedelta(days=1)
"""How long a version is looked for. Older ones were left alone on purpose, or a person has seen to them."""


class Candidate(Value):
    """The newest version of an opted-in function, and the alias it may be missing from."""

    version: str
    published_at: datetime
    served: str | None
    """The version the alias serves; None where there is no alias, and so nothing to compare."""
    is_shared: bool
    """Whether the alias is split already: somebody is at work."""


def is_missed(found: Candidate, now: datetime) -> bool:
    """Whether nobody has begun to roll this version out; whether somebody has before, the ledger tells."""
    age = now - found.published_at
    if found.served is None or found.is_shared or int(found.version) <= int(found.served):
        return False
    return GIVEN <= age <= REMEMBERED


def was_lost(status: str, error: str) -> bool:
    """Whether an execution failed before its request had an answer: it was neither refused nor stopped by a person."""
    return status == "FAILED" and error not in REFUSALS
