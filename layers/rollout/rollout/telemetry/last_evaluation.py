"""The newest evaluation of a rollout, as the ledger has it."""

from datetime import datetime

from rollout.domain.enums import Move, Phase
from rollout.domain.models import Value


class LastEvaluation(Value):
    """When a rollout was last evaluated, and in which part of its plan."""

    evaluations: int
    """How many evaluations there were, this one included."""
    at: datetime
    phase: Phase
    step: int
    next_move: Move
    step_started_at: datetime | None = None
    """When the step began, or the bake with the promotion; None before the first shift, or where it is not recorded."""
    held_since: datetime | None = None
    """Since when a freeze of the stack, a closed window or its release has kept the rollout from going on."""
