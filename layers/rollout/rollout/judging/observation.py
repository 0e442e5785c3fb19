"""What an evaluation has read, in the order in which it is judged."""

from bisect import bisect_left
from datetime import datetime

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import AlarmState, Phase
from rollout.domain.models import Value
from rollout.evidence.series import Measured, Minute, Series, canary_counts
from rollout.judging.alarms import AlarmStates
from rollout.judging.shares import ShareSpan, share_spans
from rollout.judging.window import Timing, Window
from rollout.policy.criteria import Criteria
from rollout.state.calibration import Calibration
from rollout.state.rollout import Rollout

CALLS = "errors"
"""The metric that is always measured, because it counts the calls."""


class Observation(Value):
    """What an evaluation has read since the first shift; in the bake, since promotion."""

    phase: Phase
    series: dict[str, Series]
    """Each metric's series by its name; `errors` is always there."""
    step_since: datetime
    """Start of the first minute that lies wholly in the current step."""
    closed_until: datetime
    """End of the closed minutes. A healthy verdict rests on closed minutes only, an unhealthy one on open ones too."""
    settled_until: datetime | None = None
    """End of the minutes of which no call can still be running; None if it is the end of the closed minutes."""
    shares: tuple[ShareSpan, ...] = ()
    """The canary's share of the alias in each minute, in order of time; empty during the bake."""
    alarms: dict[str, AlarmState] = Field(default_factory=dict)
    red_before: tuple[str, ...] = ()
    """The alarms that have been red since before the first shift."""
    alarms_without_data: tuple[str, ...] = ()
    """The alarms whose metrics had no datapoint before the first shift."""
    calibration: Calibration = Field(default_factory=Calibration)
    """What raises the evidence limit of this rollout."""

    def evidence_limit(self, criteria: Criteria) -> float:
        """Return the evidence at which the canary is unhealthy: the policy's limit, or a raised one."""
        return self.calibration.applied_to(criteria.evidence_limit)

    @property
    def calls(self) -> Series:
        """The series of both versions' calls and errors."""
        return self.series[CALLS]

    def in_step(self, name: str = CALLS) -> Counts:
        """Return the canary's counts of a metric in the closed minutes of the current step."""
        return canary_counts(self.closed_in_step(name))

    def closed_in_step(self, name: str = CALLS) -> tuple[Minute, ...]:
        """Return the closed minutes of the current step for a metric; empty if the metric was not measured."""
        minutes = self.series[name].minutes if name in self.series else ()
        first, end = (bisect_left(minutes, at, key=_start) for at in (self.step_since, self.closed_until))
        return minutes[first:end]

    def outside_step(self, name: str = CALLS) -> tuple[int, int]:
        """Return the canary's calls that a metric has counted before the current step, and in its open minutes."""
        minutes = self.series[name].minutes if name in self.series else ()
        first = bisect_left(minutes, self.step_since, key=_start)
        open_from = bisect_left(minutes, max(self.step_since, self.closed_until), key=_start)
        return canary_counts(minutes[:first]).calls, canary_counts(minutes[open_from:]).calls

    @property
    def settled_calls(self) -> int:
        """The canary's calls of which none can still be running: since the first shift; in the bake, since then."""
        minutes = self.calls.minutes
        return canary_counts(minutes[: bisect_left(minutes, self.settled_until or self.closed_until, key=_start)]).calls

    @property
    def seconds_in_step(self) -> float:
        """The seconds of the current step that lie in closed minutes; 0 if there are none yet."""
        return max((self.closed_until - self.step_since).total_seconds(), 0)


def _start(minute: Minute) -> datetime:
    return minute.start


def observe(
    rollout: Rollout, measured: Measured, window: Window, timing: Timing, alarms: AlarmStates | None = None
) -> Observation:
    """Return the observation of an evaluation of this rollout, with the start of its current step."""
    return Observation(
        phase=rollout.phase,
        series=dict(measured),
        step_since=timing.first_whole_period(rollout.step_started_at or rollout.judged_since),
        closed_until=window.closed_until,
        settled_until=window.settled_until,
        shares=share_spans(rollout, timing),
        alarms=dict(alarms or {}),
        red_before=rollout.red_before,
        alarms_without_data=rollout.alarms_without_data,
        calibration=rollout.calibration or Calibration(),
    )
