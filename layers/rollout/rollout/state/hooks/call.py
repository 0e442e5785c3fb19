"""The call of a hook: its function, its time, and the event that it receives."""

from datetime import datetime

from rollout.domain.enums import HookPoint
from rollout.domain.models import Value


class HookEvent(Value):
    """What a hook receives: which versions it is about, and where the rollout stands."""

    hook: HookPoint
    rollout: str
    """The ARN of the execution."""
    account: str
    region: str
    function: str
    alias: str
    stable_version: str
    canary_version: str
    stable_arn: str
    """The ARN of the stable version: a call of it is no call of the alias."""
    canary_arn: str
    alias_arn: str
    """The ARN of the alias: a call of it is counted like any caller's."""
    step: int
    """The step that the canary is in, from 1; 0 before traffic."""
    percent: float
    """The canary's share, in percent."""
    next_percent: float
    """The share that the canary gets after the hooks, in percent."""
    attempt: int
    """Which call of this hook at this point it is, from 1."""
    since: datetime
    """When the hook was first due at this point."""


class HookCall(Value):
    """A call that the state machine makes."""

    number: int
    """Which hook of its point it is, from 0."""
    function_arn: str
    timeout_seconds: int
    event: HookEvent
