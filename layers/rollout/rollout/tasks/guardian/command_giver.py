"""Completes the commands with who gave them, as soon as CloudTrail has the call that started their execution."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.dynamodb.commands import commands
from rollout.domain.identity import Execution
from rollout.lifecycle.writer_search import SEARCH_TIME
from rollout.state.commands.record import CommandRecord
from rollout.tasks.guardian.execution_starter import starter_of
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.notify import publish_command_giver


def name_givers(sweep: TargetSweep, now: datetime) -> Iterator[dict[str, str]]:
    """Complete the commands whose giver CloudTrail names by now, or will not name; yield each that it names.

    A search that fails is reported in `sweep`, and the next sweep tries it again.
    """
    yield from sweep.treat_found(
        "givers", "the commands without a name", lambda: commands().find_unnamed(), lambda each: _search(each, now)
    )


def _search(record: CommandRecord, now: datetime) -> Iterator[dict[str, str]]:
    is_over = now - record.command.at >= SEARCH_TIME
    command = record.command
    execution = Execution(arn=command.id, name=command.name, started_at=command.at)
    giver = starter_of(execution, is_over=is_over)
    if not giver and not is_over:
        return
    if giver:
        # Recorded last: if the guardian dies in between, the next sweep publishes the same event again.
        publish_command_giver(record, giver)
    commands().name_giver(record, giver)
    yield {"target": record.target.name, "command": record.command.name, "given_by": giver or "unknown"}
