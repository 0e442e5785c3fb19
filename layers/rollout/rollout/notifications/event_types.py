"""Every event that the stack publishes on its bus, in the order in which docs/events.md shows them."""

from rollout.notifications.command import CommandTaken
from rollout.notifications.events import (
    AliasMoved,
    Event,
    RollbackFailed,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRejected,
    RolloutRolledBack,
    RolloutStarted,
    StepShifted,
)
from rollout.notifications.freeze import RolloutFrozen
from rollout.notifications.gate import ApprovalRequested, RolloutPaused
from rollout.notifications.releases.ended import ReleaseFailed, ReleasePromoted, ReleaseRolledBack
from rollout.notifications.releases.overdue import ReleaseOverdue

EVENT_TYPES: tuple[type[Event], ...] = (
    RolloutStarted,
    StepShifted,
    ApprovalRequested,
    RolloutPaused,
    RolloutFrozen,
    RolloutPromoted,
    RolloutRolledBack,
    RolloutRejected,
    RolloutHandedOver,
    RollbackFailed,
    AliasMoved,
    CommandTaken,
    ReleasePromoted,
    ReleaseRolledBack,
    ReleaseFailed,
    ReleaseOverdue,
)
