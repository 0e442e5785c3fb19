"""A move of an alias by another writer, and what is known of the alias before it."""

from datetime import datetime

from pydantic import Field

from rollout.domain.identity import Target
from rollout.domain.models import Value


class AliasMove(Value):
    """One UpdateAlias call that gave the alias other versions or shares. `shares` maps a version to its percent."""

    target: Target
    event_id: str
    """CloudTrail's id of the call."""
    at: datetime
    writer: str
    version: str
    shares: dict[str, float] = Field(default_factory=dict)


class RolloutPeriod(Value):
    """When a rollout held the alias, and the version that the alias served alone afterwards."""

    began_at: datetime
    ended_at: datetime | None
    """None while the rollout runs."""
    served: str | None
    """None while it runs, and where it left the alias to another writer."""
