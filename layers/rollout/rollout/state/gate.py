"""The gate of a step that a rollout has reached: the approval or the pause that it waits at."""

from datetime import datetime, timedelta

from rollout.domain.models import Value
from rollout.policy.gates import Approval


class ReachedGate(Value):
    """A gate of the policy, and since when the rollout waits at it."""

    step: int
    """The step whose gate it is, from 1."""
    since: datetime
    """The evaluation at which the rollout would have gone on."""
    approval: Approval | None = None
    """The approval that is needed; None at a pause."""
    timed_out: bool = False
    """Whether the approval did not come in time."""
    is_published: bool = False
    """Whether an event or a notification has gone out that requests the command."""

    def deadline(self, extension_seconds: int = 0) -> datetime | None:
        """Return when the approval comes too late; None at a pause, which lasts as long as it takes."""
        if self.approval is None:
            return None
        return self.since + timedelta(seconds=self.approval.timeout + extension_seconds)

    @property
    def number(self) -> int:
        """A number that grows with each gate, and when one times out; from 2."""
        return 2 * self.step + self.timed_out
