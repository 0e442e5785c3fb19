"""Completes what CloudTrail names only minutes later: who moved an alias, gave a command, or started a rollout."""

from collections.abc import Iterator
from datetime import datetime

from rollout.tasks.guardian.command_giver import name_givers
from rollout.tasks.guardian.rollout_starter import name_starters
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.guardian.writer_search import name_writers


def name_callers(sweep: TargetSweep, now: datetime) -> Iterator[dict[str, str]]:
    """Complete each entry whose caller CloudTrail names by now; yield what was completed."""
    for name in (name_writers, name_givers, name_starters):
        yield from name(sweep, now)
