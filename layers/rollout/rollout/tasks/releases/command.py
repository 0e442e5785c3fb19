"""Answers the commands to a release: abort, status and history."""

from datetime import datetime
from typing import Any

from rollout.admission.releases.command import ReleaseCommand, ReleaseOrder
from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.releases import release_target, releases, require_state
from rollout.domain.command_errors import CommandNotPossibleError, NoLiveRolloutError
from rollout.domain.enums import Command, CommandAnswer
from rollout.domain.errors import AliasBusyError
from rollout.lifecycle.releases.judge import format_progress
from rollout.lifecycle.releases.standing import format_standing
from rollout.notifications.releases.ended import function_summary
from rollout.state.commands.record import CommandRecord
from rollout.state.commands.source import CommandSource
from rollout.state.commands.taken import TakenCommand
from rollout.state.releases.release import Release, ReleaseState
from rollout.tasks.notify import publish_command


def answer_release_command(command: ReleaseCommand, source: CommandSource, now: datetime) -> dict[str, object]:
    """Return the answer to a command; raises a CommandRefusedError, AliasBusyError or AwsUnavailableError."""
    found = releases().find_last(command.release, source.account_region)
    if not found:
        raise NoLiveRolloutError(f"There has been no release {command.release}: use the name that its input had.")
    match command.command:
        case ReleaseOrder.ABORT:
            return _abort(command, _open_one(found), source, now)
        case ReleaseOrder.STATUS:
            return _answer(command, _status(found[0], now) | {"functions": _functions(found[0])})
        case ReleaseOrder.HISTORY:
            return _answer(command, {"releases": [_status(release, now) for release in found]})


def _answer(command: ReleaseCommand, fields: dict[str, Any]) -> dict[str, object]:
    answer = {"answer": CommandAnswer.TAKEN, "command": command.command, "release": command.release}
    return answer | {"reason": f"the release {command.release} as the ledger has it"} | fields


def _state(release: Release) -> ReleaseState:
    return require_state(releases().find(release.as_part), release.as_part)


def _status(release: Release, now: datetime) -> dict[str, Any]:
    state = _state(release)
    reason = format_progress(release, state) if state.status.is_open else format_standing(release, state, now)
    return {
        "execution": release.execution.arn,
        "status": state.status,
        "reason": reason,
        "deadline": release.deadline.isoformat(),
    }


def _functions(release: Release) -> list[dict[str, Any]]:
    state = _state(release)
    return [
        function_summary(release, state, number).model_dump(mode="json")
        | {"progress": state.progress[number].name.lower() if number in state.progress else "rolling"}
        for number in range(state.size)
    ]


def _open_one(found: list[Release]) -> Release:
    """Return the newest release that can still fail, and the newest one where none can."""
    return next((release for release in found if _state(release).status.is_open), found[0])


def _abort(command: ReleaseCommand, release: Release, source: CommandSource, now: datetime) -> dict[str, object]:
    target = release_target(release.name, source.account_region)
    recorded = commands().find(target, source)
    record = recorded or _record(command, release, source)
    if recorded is None and not releases().abort(record, release.as_part, now):
        _refuse(release, now)
    publish_command(record)
    return _answer(command, {"reason": record.effect, "execution": release.execution.arn})


def _record(command: ReleaseCommand, release: Release, source: CommandSource) -> CommandRecord:
    taken = TakenCommand(id=source.id, name=source.name, command=Command.ABORT, at=source.at, why=command.why)
    functions = len(release.parts)
    every = "its function returns" if functions == 1 else f"each of its {functions} functions returns"
    return CommandRecord(
        command=taken,
        target=release_target(release.name, source.account_region),
        execution=release.execution,
        stable_version="",
        canary_version="",
        effect=f"the release {release.name} fails: {every} to the version that it served before,"
        " at its next evaluation",
    )


def _refuse(release: Release, now: datetime) -> None:
    """Raise why a release does not take the command abort."""
    state = _state(release)
    if state.status.is_open:
        raise AliasBusyError(f"The release {release.name} has changed while it took the command.")
    raise CommandNotPossibleError(
        f"The release {release.name} does not take the command abort, because it is {state.status} already:"
        f" {format_standing(release, state, now)}. To return a function to its earlier version, start a rollout with"
        ' {"function": "...", "back": true}.'
    )
