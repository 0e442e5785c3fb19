"""The errors of refused commands, named for the operator who reads them in the console."""

from rollout.domain.errors import RolloutError


class CommandRefusedError(RolloutError):
    """When a command is refused; the rollout goes on as it was."""


class InvalidCommandError(CommandRefusedError):
    """When the input of a command is not valid."""


class NoLiveRolloutError(CommandRefusedError):
    """When a command finds no rollout of its alias, or one that has ended already."""


class CommandNotPossibleError(CommandRefusedError):
    """When the state of the rollout does not allow the command, or an earlier command contradicts it."""


class UnknownMetricError(CommandRefusedError):
    """When a command names a metric or an alarm that the rollout does not measure."""
