"""What is read of AWS for the examination of a stack."""

from rollout.domain.models import Value


class Trail(Value):
    """A trail of CloudTrail that covers the region of the stack."""

    name: str
    is_logging: bool
    has_writes: bool | None
    """Whether it logs the management events that write; None where the account may not read the trail's selectors."""


class Activity(Value):
    """What CloudWatch counted. None where it has no datapoint: silence is not zero."""

    starts: float | None
    """The calls of StartRollout in 14 days: each is an event of a published version."""
    missed: float | None
    """The versions in 14 days that no event started and a sweep did."""
    sweeps: float | None
    """The sweeps of aliases by the guardian in the last 20 minutes."""
    failed_targets: float | None
    """The targets that sweeps could not serve in a day."""
    errors: dict[str, float | None]
    """The errors of each function of the stack in a day."""
    planned_retries: dict[str, float | None]
    """The errors of each function in a day with which it waited for a Pending version."""
    throttled: dict[str, float | None]
    """The calls that AWS throttled in a day, by operation."""
    peak_concurrency: float | None
    """The most concurrent executions of the account in a day."""


class Concurrency(Value):
    """The concurrent executions of the account and region."""

    limit: int
    unreserved: int


class Subscriptions(Value):
    """The subscriptions of a topic."""

    confirmed: int
    pending: int


class OwnAlarms(Value):
    """The alarms of the stack by name: those that exist, are red, have their actions switched off, or do not exist."""

    names: tuple[str, ...]
    red: tuple[str, ...]
    silenced: tuple[str, ...]
    missing: tuple[str, ...] = ()
