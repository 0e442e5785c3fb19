"""Answers the command `history`: the last rollouts of an alias, with the commands that each one took."""

from datetime import datetime
from typing import Any

from rollout.admission.command import CommandRequest
from rollout.admission.events.version_event import is_started_by_event
from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.ledger import ledger
from rollout.domain.durations import read_time
from rollout.domain.enums import CommandAnswer
from rollout.domain.identity import Target
from rollout.lifecycle.writer_search import SEARCH_TIME, UNKNOWN_STARTER
from rollout.tasks.commands.take import target_of

MOST_ROLLOUTS = 10
_MOST_COMMANDS = 50


def history_of(request: CommandRequest, now: datetime) -> dict[str, object]:
    """Return the last ten rollouts of an alias, the newest first. Raises what `target_of` raises."""
    target = target_of(request)
    given = commands().last_commands(target, _MOST_COMMANDS)
    rollouts = [_rollout(target, entry, given, now) for entry in ledger().last_rollouts(target, MOST_ROLLOUTS)]
    reason = f"{target.name} had {len(rollouts) or 'no'} rollout{'' if len(rollouts) == 1 else 's'}"
    limit = f", of which these are the last {MOST_ROLLOUTS}" if len(rollouts) == MOST_ROLLOUTS else ""
    answer: dict[str, object] = {"answer": CommandAnswer.TAKEN, "command": request.command, "reason": reason + limit}
    return answer | {"target": target.model_dump(), "rollouts": rollouts}


def _rollout(target: Target, entry: dict[str, Any], given: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    names = ("canary_version", "stable_version", "outcome", "started_at", "ended_at", "reason", "execution_arn")
    # A rollout that the guardian closed before it had begun names no versions and no execution.
    arn = entry.get("execution_arn")
    taken = [_command(command) for command in reversed(given) if command["rollout_execution"] == arn]
    fields = {name: entry[name] for name in names if name in entry}
    return fields | {"started_by": starter_of(target, entry, now), "commands": taken}


def starter_of(target: Target, entry: dict[str, Any], now: datetime) -> str:
    """Return who or what started the rollout of a ledger entry.

    The guardian looks for a name for two hours. An older rollout without one gets none: no release looks later.
    """
    name = str(entry.get("execution_arn", "")).rpartition(":")[2]
    if is_started_by_event(name, target, str(entry.get("canary_version", ""))):
        return "the event of the published version"
    if "started_by" in entry:
        return str(entry["started_by"])
    return UNKNOWN_STARTER if _began_before(entry, now - SEARCH_TIME) else "not known yet"


def _began_before(entry: dict[str, Any], at: datetime) -> bool:
    """Whether a rollout began before a time; an entry whose time cannot be read is an old one."""
    try:
        return read_time(entry.get("started_at")) < at
    except ValueError:
        return True


def _command(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("command", "taken_at", "why", "given_by", "command_execution", "request_id")
    return {name: entry[name] for name in names if name in entry}
