"""The run of the hooks at one point of a rollout: what each has answered, and which are called next."""

from datetime import datetime

from rollout.domain.enums import HookPoint, HookResult
from rollout.domain.models import Value
from rollout.state.hooks.call import HookCall


class HookState(Value):
    """What is known of one hook."""

    result: HookResult = HookResult.PENDING
    calls: int = 0
    again_at: datetime | None = None
    """When it is called again; None if it has not been called, or has decided."""
    said: str = ""
    """What its last call returned, as a sentence part."""
    is_waived: bool = False
    """Whether it passed without a verdict, because its policy goes on without it."""

    def is_due(self, at: datetime) -> bool:
        """Whether it is to be called now."""
        return self.result is HookResult.PENDING and (self.again_at is None or self.again_at <= at)


class HookRun(Value):
    """The hooks of one point, in the order of the policy."""

    point: HookPoint
    step: int
    """The step after which they run; 0 before traffic."""
    since: datetime
    """When they were first due."""
    hooks: tuple[HookState, ...]
    calls: tuple[HookCall, ...] = ()
    """The calls whose answers the next evaluation reads."""
    one_by_one: bool = False
    """Whether a round of several calls has failed as a whole, so that each hook is called by itself."""

    @property
    def is_passed(self) -> bool:
        """Whether no hook is left that could object."""
        return all(hook.result is HookResult.PASSED for hook in self.hooks)

    @property
    def results(self) -> set[HookResult]:
        """What the hooks decide."""
        return {hook.result for hook in self.hooks}
