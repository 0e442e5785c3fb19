"""A command with the rollout that took it, as the ledger keeps it."""

from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.text import Sentence
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock


class CommandRecord(Value):
    """A command that a rollout has taken."""

    command: TakenCommand
    target: Target
    execution: Execution
    """The execution of the rollout."""
    stable_version: str
    canary_version: str
    channel: str | None = None
    effect: Sentence
    """What the rollout does from then on, as a sentence."""


def record_of(command: TakenCommand, lock: Lock, effect: str) -> CommandRecord:
    """Return the record of a command that the holder of a lock has taken."""
    return CommandRecord(
        command=command,
        target=lock.target,
        execution=lock.holder,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
        channel=lock.channel,
        effect=effect,
    )
