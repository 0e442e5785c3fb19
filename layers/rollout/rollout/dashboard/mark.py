"""The state of a rollout as the dashboard marks it."""

from enum import StrEnum

from rollout.lifecycle.command_rules import Situation


class Mark(StrEnum):
    """What a viewer sees first of a rollout, in the order of its urgency."""

    ROLLBACK_FAILED = "rollback failed"
    ROLLING_BACK = "rolling back"
    AWAITING_APPROVAL = "awaiting approval"
    FROZEN = "frozen"
    PAUSED = "paused"
    ENDING = "ending"
    PREPARING = "preparing"
    SHIFTING = "shifting"
    PROMOTING = "promoting"
    BAKE = "bake"
    QUEUED = "queued"

    @property
    def urgency(self) -> int:
        """The place in the list, from 0, the most urgent."""
        return [*Mark].index(self)


MARKS: dict[Situation, Mark] = {
    Situation.NONE: Mark.PREPARING,
    Situation.PREPARING: Mark.PREPARING,
    Situation.SHIFTING: Mark.SHIFTING,
    Situation.AWAITING_APPROVAL: Mark.AWAITING_APPROVAL,
    Situation.PAUSE_STEP: Mark.PAUSED,
    Situation.PAUSED: Mark.PAUSED,
    Situation.PROMOTING: Mark.PROMOTING,
    Situation.BAKE: Mark.BAKE,
    Situation.PAUSED_BAKE: Mark.PAUSED,
    Situation.SUPERSEDED: Mark.ROLLING_BACK,
    Situation.FROZEN: Mark.FROZEN,
    Situation.ABORTED: Mark.ROLLING_BACK,
    Situation.ENDING: Mark.ENDING,
    Situation.ROLLING_BACK: Mark.ROLLING_BACK,
    Situation.REPAIRED: Mark.ROLLING_BACK,
    Situation.ENDED: Mark.ENDING,
}
"""The mark of each situation that a command could find."""
