"""Decides when another execution takes the place of one that has waited too long, and names it.

A waiting execution uses up history events and time that its rollout needs.
"""

import re
from datetime import datetime, timedelta

from rollout.domain.enums import Start
from rollout.policy.planned import METRIC_RETENTION_SECONDS
from rollout.state.rollout import Rollout

MAX_TRIES = 100
"""The tries of one execution. A try uses nine of its 25,000 history events, and the rollout that follows may need nine
for each of its MAX_EVALUATIONS, and some more for its steps, its retries and its ending."""

EXECUTION_SECONDS = 21 * 86400
"""TimeoutSeconds of the state machine."""

MAX_WAIT = timedelta(seconds=EXECUTION_SECONDS - METRIC_RETENTION_SECONDS - 86400)
"""How long one execution waits. The rollout that follows may last until CloudWatch deletes its minutes, and a day."""

_MAX_NAME_LENGTH = 80
_SUFFIX = re.compile(r"-wait(\d+)$")


def needs_successor(rollout: Rollout, now: datetime) -> bool:
    """Whether the execution has too little history and time left to begin its rollout, or to wait any longer.

    It never begins its rollout afterwards, because its successor may have begun it.
    """
    if rollout.start not in (Start.BEGIN, Start.PROMOTE, Start.QUEUE) or not rollout.waiting.tries:
        return False
    return rollout.waiting.tries >= MAX_TRIES or now - rollout.execution.started_at >= MAX_WAIT


def successor_name(name: str) -> str:
    """Return the name of the execution that takes the place of this one, always the same one.

    It keeps the end of the name, which identifies the version (`execution_name`).
    """
    counted = _SUFFIX.search(name)
    suffix = f"-wait{int(counted[1]) + 1 if counted else 2}"
    return _SUFFIX.sub("", name)[-(_MAX_NAME_LENGTH - len(suffix)) :] + suffix


def replaced_by(rollout: Rollout, name: str, *, is_running: bool) -> Rollout:
    """Return the rollout of the execution whose place another one takes; the sentence names that one."""
    place = "takes" if is_running else "took, and has ended since,"
    reason = (
        f"execution {name} {place} the place of this one, which has tried {rollout.waiting.tries} times to begin: an"
        " execution has room for 25,000 events and 21d, and the rollout itself may need most of both"
    )
    return rollout.model_copy(update={"start": Start.NOTHING_TO_DO, "reason": reason})
