"""The moments of a rollout at which people are notified, and the stack's choice among them."""

from enum import StrEnum

from rollout.domain.text import shorten
from rollout.domain.validation import format_value


class Moment(StrEnum):
    """A moment of a rollout that can be notified, as the stack's parameter NotifyOn names it."""

    APPROVAL_REQUESTED = "approval_requested"
    PAUSED = "paused"
    FROZEN = "frozen"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"
    HANDED_OVER = "handed_over"
    STOPPED_BEFORE_TRAFFIC = "stopped_before_traffic"
    ROLLBACK_FAILED = "rollback_failed"
    RELEASE_OVERDUE = "release_overdue"


EVERY_MOMENT = frozenset(Moment)


class MomentsUnreadableError(ValueError):
    """When the setting NOTIFY_ON names a moment that does not exist. People are then notified of every moment."""


def read_moments(text: str) -> frozenset[Moment]:
    """Return the moments of a comma list; a failed rollback is always one, because the alias may be split.

    Raises MomentsUnreadableError with every name that is no moment.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in EVERY_MOMENT]
    if unknown:
        raise MomentsUnreadableError(
            f"the stack's NotifyOn has {', '.join(format_value(shorten(name, 64)) for name in unknown[:5])}, but a"
            f" moment is one of {', '.join(Moment)}: deploy the stack with a list of these, separated by commas;"
            " until then every moment is notified"
        )
    return frozenset(map(Moment, names)) | {Moment.ROLLBACK_FAILED}
