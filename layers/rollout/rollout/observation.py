"""What a look has seen, put in order for judging."""

from datetime import datetime
from functools import cached_property

from pydantic import Field

from rollout.alarms import Colours
from rollout.dispersion import Dispersion, learn_dispersion
from rollout.health import Measured, Minute, canary_health, stable_health
from rollout.models import Health, Rollout, Value
from rollout.window import Timing, Window
from rollout.words import Colour, Phase


class Observation(Value):
    """What a look has seen: the minutes since the first shift (in the bake: since promotion)."""

    phase: Phase
    minutes: tuple[Minute, ...]
    step_since: datetime
    """Start of the first minute that lies wholly in the current step."""
    closed_until: datetime
    """End of the minutes that count as good news; later ones are still open, and may be bad news alone."""
    alarms: dict[str, Colour] = Field(default_factory=dict)
    red_before: tuple[str, ...] = ()
    """Alarms that have been red since before the first shift."""
    history: tuple[Health, ...] = ()
    """Stable's minutes from before the first shift."""
    stable_before: Health = Health()
    """Stable's counts from beside the canary, in the bake, where its minutes hold no stable any more."""

    @cached_property
    def canary(self) -> Health:
        """The canary's counts over all the minutes."""
        return canary_health(self.minutes)

    @cached_property
    def stable(self) -> Health:
        """Stable's counts over all the minutes."""
        return stable_health(self.minutes)

    @cached_property
    def dispersion(self) -> Dispersion:
        """How clumped stable's errors come, from its history and, where that is short, its minutes since."""
        return learn_dispersion(self.history, [minute.stable for minute in self.minutes])

    @property
    def in_step(self) -> Health:
        """The canary's counts in the closed minutes of the current step."""
        return canary_health(m for m in self.minutes if self.step_since <= m.start < self.closed_until)

    @property
    def seconds_in_step(self) -> float:
        """How much of the current step lies in closed minutes; 0 where none does yet."""
        return max((self.closed_until - self.step_since).total_seconds(), 0)


def observed(
    rollout: Rollout, measured: Measured, window: Window, timing: Timing, alarms: Colours | None = None
) -> Observation:
    """Return what a look has seen, with the current step marked off in it."""
    return Observation(
        phase=rollout.phase,
        minutes=measured.minutes,
        step_since=timing.first_whole_period(rollout.step_started_at or rollout.judged_since),
        closed_until=window.closed_until,
        history=measured.history,
        alarms=dict(alarms or {}),
        red_before=rollout.red_before,
        stable_before=rollout.stable_before_promotion,
    )
