"""Times of the ledger, as the dashboard reads them: within a calendar that every time zone and every chart has."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, WrapValidator

from rollout.lifecycle.rollback import none_if_invalid

_FIRST_YEAR, _LAST_YEAR = 1970, 9000


def _in_calendar(at: datetime) -> datetime:
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError(f"{at.isoformat()} is no time of a rollout")
    return at.replace(tzinfo=at.tzinfo or UTC)


Instant = Annotated[datetime, AfterValidator(_in_calendar)]
"""A time; one without a zone is one of UTC."""

KnownInstant = Annotated[Instant | None, WrapValidator(none_if_invalid)]
"""A time; None for what is none, which hides nothing else of its entry."""
