"""The enums of a rollout's document. The Choice states of the state machine compare their values."""

from enum import StrEnum


class Start(StrEnum):
    """What PrepareRollout decides about a request."""

    BEGIN = "begin"
    RUN_BEFORE_TRAFFIC_HOOKS = "run_before_traffic_hooks"
    PROMOTE = "promote"
    QUEUE = "queue"
    NOTHING_TO_DO = "nothing_to_do"
    REJECT = "reject"


class Phase(StrEnum):
    """While shifting, stable and canary share the alias; during the bake, the alias serves the canary alone."""

    SHIFTING = "shifting"
    BAKE = "bake"


class Verdict(StrEnum):
    """The result of an evaluation."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    INCONCLUSIVE = "inconclusive"


class Move(StrEnum):
    """What the rollout does after an evaluation."""

    SHIFT = "shift"
    WAIT = "wait"
    PROMOTE = "promote"
    FINISH = "finish"
    ROLL_BACK = "roll_back"
    HAND_OVER = "hand_over"
    REJECT = "reject"
    RUN_BEFORE_TRAFFIC_HOOKS = "run_before_traffic_hooks"
    RUN_STEP_HOOKS = "run_step_hooks"
    RUN_AFTER_TRAFFIC_HOOKS = "run_after_traffic_hooks"

    @property
    def gives_more_traffic(self) -> bool:
        """Whether the canary gets a larger share."""
        return self in (Move.SHIFT, Move.PROMOTE)

    @property
    def is_last(self) -> bool:
        """Whether no evaluation follows."""
        return self in (Move.FINISH, Move.ROLL_BACK, Move.HAND_OVER, Move.REJECT)


class HookPoint(StrEnum):
    """The point of a rollout at which hooks are called."""

    BEFORE_TRAFFIC = "before_traffic"
    EACH_STEP = "each_step"
    AFTER_TRAFFIC = "after_traffic"
    ON_ROLLBACK = "on_rollback"


class HookResult(StrEnum):
    """What a hook decides."""

    PENDING = "pending"
    PASSED = "passed"
    UNHEALTHY = "unhealthy"
    HAND_OVER = "hand_over"


class Mode(StrEnum):
    """Whether a metric can fail the canary, or is only reported."""

    CRITICAL = "critical"
    ADVISORY = "advisory"


class Missing(StrEnum):
    """How to read a minute with calls in which a metric has no datapoint."""

    UNKNOWN = "unknown"
    ZERO = "zero"


class Unit(StrEnum):
    """What a metric counts."""

    CALLS = "calls"
    MINUTES = "minutes"


class AlarmState(StrEnum):
    """The state of a CloudWatch alarm as CloudWatch names it; MISSING when the alarm does not exist."""

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


class LogChange(StrEnum):
    """How often the canary logs an error, held against stable."""

    NEW = "new"
    MORE_FREQUENT = "more_frequent"
    NOT_COMPARED = "not_compared"


class OnNewerVersion(StrEnum):
    """What happens to a new version while an older version is being rolled out on the alias."""

    QUEUE = "queue"
    SUPERSEDE = "supersede"
    REFUSE = "refuse"


class WithoutAnswer(StrEnum):
    """What happens to a rollout that gets no answer: of a person in time, or of a hook that can be read."""

    ROLL_BACK = "roll_back"
    PROMOTE = "promote"
    HAND_OVER = "hand_over"


class Command(StrEnum):
    """What an operator orders of a live rollout; `history` only reads."""

    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    PROMOTE = "promote"
    EXTEND = "extend"
    ABORT = "abort"
    FREEZE = "freeze"
    RELEASE = "release"
    IGNORE = "ignore"
    HISTORY = "history"


class CommandAnswer(StrEnum):
    """What becomes of a command."""

    TAKEN = "taken"
    REFUSED = "refused"
    EXAMINE = "examine"
    """It is for no rollout: the state machine goes on to ExamineStack."""
