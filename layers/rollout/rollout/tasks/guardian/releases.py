"""Repairs releases whose execution has ended: they fail, their parts roll back, and then they are closed."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.step_functions import RUNNING, executions, executions_beside
from rollout.lifecycle.guardian.recovery import format_status
from rollout.lifecycle.releases.judge import is_over
from rollout.state.releases.release import Release
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.releases.close import close_ended
from rollout.tasks.releases.ended_parts import PARTS_PER_CHECK, with_ended_parts

_SWEEP_SECONDS = 300
"""The time between two sweeps: each of them begins with other parts, so that those that go on hide no ended one."""


def repair_releases(sweep: TargetSweep, now: datetime, execution_arn: str | None = None) -> Iterator[str]:
    """Let every release fail whose execution has ended, or one only, and close it; yield the name of each closed one.

    A part rolls back at its next evaluation, so a later sweep closes the release.
    """

    def treat(release: Release) -> Iterator[str]:
        if execution_arn in (None, release.execution.arn):
            yield from _repair_one(release, now)

    yield from sweep.treat_found("releases", "the open releases", releases().find_open, treat)


def _repair_one(release: Release, now: datetime) -> Iterator[str]:
    status = executions_beside(release.execution).find_status(release.execution.arn)
    if status in RUNNING:
        return
    part = release.as_part
    if require_state(releases().find(part), part).status.is_open:
        releases().fail(part, f"execution {release.execution.name} of the release {format_status(status)}", now)
    turn = int(now.timestamp()) // _SWEEP_SECONDS * PARTS_PER_CHECK % len(release.parts)
    state = with_ended_parts(release, require_state(releases().find(part), part), executions(), turn)
    if is_over(state, now):
        close_ended(release, state, now)
        yield release.name
