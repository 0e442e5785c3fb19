"""What `steps: Auto` chose, apart from how it chooses: most tasks only read it."""

from rollout.domain.models import Value
from rollout.policy.policy import Policy


class Sighting(Value):
    """That a canary with this percentage of failed calls would be seen, and how long after the first shift."""

    error_percent: float
    seconds: int


class AutoPlan(Value):
    """The concrete policy that Auto chose, why, and what it would catch."""

    policy: Policy
    sentence: str
    catches: tuple[Sighting, ...] = ()
    """The faults that would be seen, from the smallest one."""
    warning: str = ""
    """What the policy asks for and does not get, as a sentence part; `sentence` has it too."""
