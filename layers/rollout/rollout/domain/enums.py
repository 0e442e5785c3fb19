"""The words that a rollout's document and the state machine's choices share, each set of them closed."""

from enum import StrEnum


class Start(StrEnum):
    """What PrepareRollout makes of a request."""

    BEGIN = "begin"
    PROMOTE = "promote"
    QUEUE = "queue"
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


class Mode(StrEnum):
    """Whether what a metric says decides, or is only told."""

    CRITICAL = "critical"
    ADVISORY = "advisory"


class Missing(StrEnum):
    """What it means that a metric has no datapoint in a minute in which calls were served."""

    UNKNOWN = "unknown"
    ZERO = "zero"


class Unit(StrEnum):
    """What a metric counts one by one."""

    CALLS = "calls"
    MINUTES = "minutes"


class AlarmState(StrEnum):
    """The state of a CloudWatch alarm, in CloudWatch's words; MISSING where there is no such alarm."""

    ALARM = "ALARM"
    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    MISSING = "MISSING"


class Outcome(StrEnum):
    """How a rollout ended."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    HANDED_OVER = "handed_over"
    ROLLBACK_FAILED = "rollback_failed"
    REJECTED = "rejected"
