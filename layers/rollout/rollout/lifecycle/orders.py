"""What the commands of a rollout amount to: paused, frozen, promoted, aborted, extended, with metrics ignored."""

from collections.abc import Sequence
from datetime import datetime

from rollout.domain.durations import format_duration
from rollout.domain.enums import Command, Phase
from rollout.domain.models import Value
from rollout.policy.planned import stretched_interval
from rollout.state.commands.taken import TakenCommand
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout


class Orders(Value):
    """The commands that apply now; None for what no command orders."""

    paused: TakenCommand | None = None
    frozen: TakenCommand | None = None
    promoted: TakenCommand | None = None
    aborted: TakenCommand | None = None
    extensions: tuple[TakenCommand, ...] = ()
    passes: tuple[TakenCommand, ...] = ()
    """The commands that let a rollout pass an approval or a pause of its policy."""
    ignored: tuple[str, ...] = ()
    overrides_freeze: bool = False
    """Whether a command overrides freezes and windows for the rest of the rollout."""

    @property
    def is_frozen(self) -> bool:
        """Whether the alias is to be left as it is."""
        return self.frozen is not None and self.aborted is None

    @property
    def held_since(self) -> datetime | None:
        """Since when a person has kept the rollout from going on; None where it goes on."""
        held = self.frozen or self.paused
        return held.at if held and not self.aborted else None

    def extension_of(self, rollout: Rollout) -> int:
        """Return by how many seconds commands prolong the hold of the current step, or the bake."""
        return sum(command.seconds for command in self.extensions_of(rollout) if not command.at_gate)

    def gate_extension_of(self, rollout: Rollout) -> int:
        """Return by how many seconds commands prolong the wait for the approval of the current step."""
        return sum(command.seconds for command in self.extensions_of(rollout) if command.at_gate)

    def extensions_of(self, rollout: Rollout) -> list[TakenCommand]:
        """Return the commands that prolong the current step or the bake."""
        number = rollout.step + (rollout.phase is Phase.BAKE)
        return [command for command in self.extensions if max(command.write_number, 1) == number]

    def pass_of(self, step: int) -> TakenCommand | None:
        """Return the command that lets the rollout pass the gate of a step; None without one."""
        return next((command for command in self.passes if command.write_number == step), None)

    def format(self, rollout: Rollout) -> str:
        """Return what the commands do to the rollout now, as a sentence part; empty without a command."""
        standing = self._format_standing(rollout.phase) or self._format_pass(rollout)
        extended = [
            f"extended by {format_duration(command.seconds)} {command.source}"
            for command in self.extensions_of(rollout)
        ]
        return "; ".join([*filter(None, [standing]), *extended])

    def _format_pass(self, rollout: Rollout) -> str:
        passed = self.pass_of(rollout.step) if rollout.phase is Phase.SHIFTING else None
        if passed is None:
            return ""
        return f"{'approved' if passed.command is Command.APPROVE else 'resumed'} {passed.source}"

    def _format_standing(self, phase: Phase) -> str:
        if self.aborted:
            return f"aborted {self.aborted.source}"
        if self.frozen:
            return f"frozen {self.frozen.source_since}"
        if self.promoted and phase is Phase.SHIFTING:
            return f"promoted {self.promoted.source}"
        return f"paused {self.paused.source_since}" if self.paused else ""


def orders_of(commands: Sequence[TakenCommand]) -> Orders:
    """Return what the commands amount to, in the order in which they were taken."""
    orders = Orders()
    for command in commands:
        override = {"overrides_freeze": True} if command.override_freeze else {}
        orders = orders.model_copy(update=_change(orders, command) | override)
    return orders


def orders_on(lock: Lock | None) -> Orders:
    """Return what the commands of a lock amount to; no orders without a lock."""
    return orders_of(lock.commands) if lock else Orders()


def _change(orders: Orders, command: TakenCommand) -> dict[str, object]:
    """Return what a command changes.

    A freeze cancels a promotion and an approval, which would surprise after the release.
    """
    passes = (*orders.passes, command) if command.at_gate else orders.passes
    changes: dict[Command, dict[str, object]] = {
        Command.APPROVE: {"passes": passes},
        Command.PAUSE: {"paused": command},
        Command.RESUME: {"paused": None, "passes": passes},
        Command.PROMOTE: {"promoted": command, "paused": None},
        Command.EXTEND: {"extensions": (*orders.extensions, command)},
        Command.ABORT: {"aborted": orders.aborted or command},
        Command.FREEZE: {"frozen": command, "promoted": None, "passes": ()},
        Command.RELEASE: {"frozen": None},
        Command.IGNORE: {"ignored": tuple(dict.fromkeys([*orders.ignored, *command.metrics]))},
    }
    return changes[command.command]


def interval_under(held_since: datetime | None, interval_seconds: int, now: datetime) -> int:
    """Return the seconds between two evaluations: longer while a rollout is held; `held_since` is None where not."""
    if held_since is None:
        return interval_seconds
    return stretched_interval(interval_seconds, (now - held_since).total_seconds())


def with_ignored(rollout: Rollout, orders: Orders) -> Rollout:
    """Return the rollout whose policy also ignores what commands ignore, for the rest of the rollout."""
    ignore = [*dict.fromkeys([*rollout.policy.ignore, *orders.ignored])]
    if ignore == rollout.policy.ignore:
        return rollout
    return rollout.model_copy(update={"policy": rollout.policy.model_copy(update={"ignore": ignore})})


def with_extensions(rollout: Rollout, orders: Orders) -> Rollout:
    """Return the rollout whose current step or bake is as long as commands make it; only to decide with."""
    seconds = orders.extension_of(rollout)
    if not seconds:
        return rollout
    policy = rollout.policy
    if rollout.phase is Phase.BAKE:
        return rollout.model_copy(update={"policy": policy.model_copy(update={"bake": policy.bake + seconds})})
    current = rollout.current_step.model_copy(update={"hold": rollout.current_step.hold + seconds})
    steps = [current if step is rollout.current_step else step for step in policy.steps]
    return rollout.model_copy(update={"policy": policy.model_copy(update={"steps": steps})})
