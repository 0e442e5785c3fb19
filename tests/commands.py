"""Sample commands, and the locks of rollouts in each state that a command may meet."""

from datetime import timedelta

from rollout.domain.enums import Command
from rollout.lifecycle.command_rules import Situation
from rollout.policy.gates import Approval
from rollout.state.commands.record import CommandRecord, record_of
from rollout.state.commands.taken import TakenCommand
from rollout.state.gate import ReachedGate
from rollout.state.lock import Lock, PlannedWrite, lock_of
from tests.samples import AT, EXECUTION, rollout

WHY = "the database is slow"


def command(kind: str, number: int = 1, **changes: object) -> TakenCommand:
    """Return a command that was taken a minute after AT, by the execution `KIND-NUMBER`."""
    name = f"{kind}-{number}"
    given = TakenCommand(
        id=f"{EXECUTION.arn.rpartition(':')[0]}-commands:{name}",
        name=name,
        command=Command(kind),
        at=AT + timedelta(minutes=1),
        why=WHY,
        write_number=1,
    )
    return given.model_copy(update=changes)


def record(kind: str, number: int = 1, **changes: object) -> CommandRecord:
    """Return the record of a command that a rollout without a share has taken."""
    return record_of(command(kind, number, **changes), lock_of(rollout()), "my-api is paused")


def lock(*kinds: str, **changes: object) -> Lock:
    """Return the lock of a rollout in its first step that has taken these commands."""
    held = lock_of(rollout(step=0), PlannedWrite(version="3", shares={"4": 10}))
    return held.model_copy(update={"commands": tuple(map(command, kinds))} | changes)


def gate(kind: str = "approval", **changes: object) -> ReachedGate:
    """Return the gate of the first step that a rollout has reached five minutes after AT."""
    approval = Approval() if kind == "approval" else None
    return ReachedGate(step=1, since=AT + timedelta(minutes=5), approval=approval).model_copy(update=changes)


def baking(*kinds: str) -> Lock:
    """Return the lock of a rollout in its bake that has taken these commands."""
    held = lock_of(rollout(step=2), PlannedWrite(version="4"))
    return held.model_copy(update={"commands": tuple(map(command, kinds))})


LOCKS: dict[Situation, Lock] = {
    Situation.PREPARING: lock_of(rollout(step=0)),
    Situation.SHIFTING: lock(),
    Situation.AWAITING_APPROVAL: lock(gate=gate()),
    Situation.PAUSE_STEP: lock(gate=gate("pause")),
    Situation.PAUSED: lock("pause"),
    Situation.PROMOTING: lock("promote"),
    Situation.BAKE: baking(),
    Situation.PAUSED_BAKE: baking("pause"),
    Situation.SUPERSEDED: lock(superseded_by="5"),
    Situation.FROZEN: lock("freeze"),
    Situation.ABORTED: lock("abort"),
    Situation.ENDING: lock(is_ending=True),
    Situation.ROLLING_BACK: lock(is_rolling_back=True),
    Situation.REPAIRED: lock(is_taken_over=True),
    Situation.ENDED: lock(),
}
"""A lock for each state in which there is one."""
