"""The search for who moved an alias, for a rollout that ended before CloudTrail had the name."""

from datetime import datetime

from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.state.judgement import Judgement


class WriterSearch(Value):
    """A rollout that was handed over because of a write whose writer is not known yet."""

    target: Target
    execution: Execution
    stable_version: str
    canary_version: str
    channel: str | None = None
    judgement: Judgement | None = None
    revision_id: str
    """The alias's revision that the write made."""
    since: datetime
    """When the rollout was handed over, so that the write was made before."""
