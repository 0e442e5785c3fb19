"""The words that a rollout's document and the state machine's choices share, each set of them closed."""

from enum import StrEnum


class Start(StrEnum):
    """What PrepareRollout makes of a request."""

    BEGIN = "begin"
    NOTHING_TO_DO = "nothing_to_do"
    REJECT = "reject"


class Phase(StrEnum):
    """Before promotion the alias is shared with stable; in the bake it serves the canary alone."""

    SHIFTING = "shifting"
    BAKE = "bake"


class Verdict(StrEnum):
    """What a look finds."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    INCONCLUSIVE = "inconclusive"


class Move(StrEnum):
    """What happens after a look."""

    SHIFT = "shift"
    WAIT = "wait"
    PROMOTE = "promote"
    FINISH = "finish"
    ROLL_BACK = "roll_back"
    HAND_OVER = "hand_over"


class Colour(StrEnum):
    """What a CloudWatch alarm shows."""

    RED = "red"
    GREEN = "green"
    NO_DATA = "no_data"
    MISSING = "missing"


class Outcome(StrEnum):
    """How a rollout ended."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    HANDED_OVER = "handed_over"
    ROLLBACK_FAILED = "rollback_failed"
    REJECTED = "rejected"
