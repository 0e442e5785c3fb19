"""Takes a command: the lock and the ledger keep it, and an abort also stops the execution of the rollout."""

from datetime import datetime

from rollout.admission.command import CommandRequest
from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.lambda_.functions import lookup
from rollout.aws.step_functions import executions
from rollout.domain.command_errors import CommandNotPossibleError, CommandRefusedError, NoLiveRolloutError
from rollout.domain.enums import Command, CommandAnswer
from rollout.domain.errors import AliasBusyError, RefusedError
from rollout.domain.identity import Target
from rollout.domain.text import as_sentence
from rollout.lifecycle.command_rules import effect_of
from rollout.lifecycle.take_command import decide_command
from rollout.policy.policy import Policy
from rollout.state.commands.record import CommandRecord, record_of
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock
from rollout.tasks.notify import publish_command

_MAX_TRIES = 3
_NEED_THE_POLICY = (Command.EXTEND, Command.IGNORE)


def target_of(request: CommandRequest) -> Target:
    """Return the alias of a command; its function's tag is only read where the command names no alias.

    Raises UnknownFunctionError, TagsUnreadableError, OtherAccountError, MemberAccessDeniedError or AwsUnavailableError.
    """
    if request.alias:
        return request.target(None)
    return request.target(lookup(request.account_region, request.function).opted_in_alias)


def take_command(request: CommandRequest) -> CommandRecord:
    """Let the live rollout of an alias obey a command; return its record. A repeated task returns the same one.

    Raises a CommandRefusedError, what `target_of` raises, AliasBusyError or AwsUnavailableError.
    """
    target = target_of(request)
    for _ in range(_MAX_TRIES):
        if recorded := commands().find(target, request.source):
            return _carry_out(recorded)
        lock = locks().find(target)
        if lock is None:
            raise NoLiveRolloutError(_format_no_rollout(target, request.source.at))
        _check_meant(request, lock)
        command = _decide(request, lock)
        record = record_of(command, lock, _effect(command, lock))
        if locks().command(lock, record):
            return _carry_out(record)
    raise AliasBusyError(f"The rollout on {target.name} has changed {_MAX_TRIES} times while it took the command.")


def refused(refusal: CommandRefusedError | RefusedError) -> dict[str, object]:
    """Return the answer to a refused command, with the error and the cause of its Fail state."""
    return {"answer": CommandAnswer.REFUSED, "Error": type(refusal).__name__, "Cause": str(refusal)}


def taken(record: CommandRecord) -> dict[str, object]:
    """Return the answer to a command that was taken."""
    return {
        "answer": CommandAnswer.TAKEN,
        "command": record.command.command,
        "reason": record.effect,
        "target": record.target.model_dump(),
        "execution": record.execution.arn,
        "canary_version": record.canary_version,
    }


def _decide(request: CommandRequest, lock: Lock) -> TakenCommand:
    policy = _policy(request, lock) if request.command in _NEED_THE_POLICY else None
    has_ended = ledger().find_ending(lock.target, lock.holder) is not None
    return decide_command(request.taken(), lock, policy, has_ended=has_ended)


def _policy(request: CommandRequest, lock: Lock) -> Policy:
    policy = ledger().find_policy(lock.target, lock.holder)
    if policy is None:
        raise AliasBusyError(f"The rollout on {lock.target.name} is about to begin: {request.command} is taken then.")
    return policy


def _check_meant(request: CommandRequest, lock: Lock) -> None:
    """Raise CommandNotPossibleError where the command names another version, or another step than the rollout's."""
    if request.version not in (None, lock.canary_version):
        raise CommandNotPossibleError(
            f"{lock.target.name} has a rollout of version {lock.canary_version}, not of version {request.version}:"
            f" leave the version out, or name version {lock.canary_version}."
        )
    gate = lock.open_gate
    if gate and request.step not in (None, gate.step):
        raise CommandNotPossibleError(
            f"{lock.target.name} waits after step {gate.step}, not after step {request.step}: look at the rollout"
            f" again, and name step {gate.step} if it may go on from there."
        )


def _format_no_rollout(target: Target, at: datetime) -> str:
    queued, waiting = queue().find(target), ""
    if queued and queued.is_waiting_at(at):
        waiting = f" Version {queued.version} waits (execution {queued.holder.name}): {as_sentence(queued.reason)}"
    return (
        f"{target.name} in {target.account_region} has no live rollout, so there is nothing to command.{waiting} If the"
        " rollout is on another alias, name it with `alias`; the command history lists the last rollouts."
    )


def _effect(command: TakenCommand, lock: Lock) -> str:
    return effect_of(command.command, lock, command.seconds, command.metrics)


def _carry_out(record: CommandRecord) -> CommandRecord:
    """Stop the execution for an abort, and publish the command."""
    if record.command.command is Command.ABORT:
        # The end of the execution starts the guardian, which rolls back at once. If its event is lost, the guardian's
        # sweep finds the execution ended, and if the execution cannot be stopped, the next evaluation rolls back.
        executions().stop(record.execution.arn, "RolloutAborted", f"aborted {record.command.source}")
    publish_command(record)
    return record
