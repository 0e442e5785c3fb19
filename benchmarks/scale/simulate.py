"""Simulates the Lambda control-plane calls of many rollouts of one account, call by call.

The decisions are the shipped ones: when an evaluation is due, how it is spread, whether it reads the alias. Lambda
serves the calls in the order in which they are made, 15 a second: a throttled call is tried again until its turn.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.scale.calls import calls_of
from benchmarks.scale.limits import LIMITS, Api
from benchmarks.scale.plans import Plan
from benchmarks.scale.rates import LONGEST_SECONDS
from rollout.domain.identity import Execution, Target
from rollout.judging.window import Timing
from rollout.lifecycle.beat.alias_reads import is_alias_due, with_next_read, with_reads
from rollout.lifecycle.beat.live_count import LiveCount
from rollout.lifecycle.beat.spread import seconds_to_evaluation
from rollout.state.rollout import Rollout

BEGIN = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
TIMING = Timing(period_seconds=60, lag_seconds=120)
SWEEP_SECONDS = 300
"""How often the guardian counts."""


@dataclass
class Outcome:
    """What a simulation observed."""

    begun_late: list[float] = field(default_factory=list)
    """Seconds that each rollout waited for the calls of its start."""
    evaluated_late: list[float] = field(default_factory=list)
    """Seconds that each evaluation was later than the edge of its minute, by its spread and by throttled calls."""
    calls: int = 0
    busiest_minute: int = 0
    """The most calls that began in one minute, a minute being that of the clock."""
    seconds: float = 0
    """From the first publication to the last end."""
    most_live: int = 0


class _ControlPlane:
    """Lambda's control plane of one account: so many calls a second, served in the order in which they come."""

    def __init__(self, outcome: Outcome) -> None:
        self._free_at = 0.0
        self._outcome = outcome
        self._begun: deque[float] = deque()

    def call(self, count: int, at: float) -> float:
        """Make so many calls, one after another; return when the last one is answered."""
        if count:
            self._free_at = max(self._free_at, at) + count / LIMITS[Api.CONTROL_PLANE].per_second
            self._outcome.calls += count
            self._remember(count, at)
        return max(self._free_at, at) if count else at

    def _remember(self, count: int, at: float) -> None:
        self._begun.extend([at] * count)
        while self._begun[0] <= at - 60:
            self._begun.popleft()
        self._outcome.busiest_minute = max(self._outcome.busiest_minute, len(self._begun))


class Simulation:
    """Many rollouts of one plan in one account, published evenly within some seconds."""

    def __init__(self, plan: Plan, count: int, within_seconds: float, *, in_turns: bool) -> None:
        self._plan, self._count, self._within, self._in_turns = plan, count, within_seconds, in_turns
        self._live, self._counted = 0, LiveCount(count=0, at=BEGIN)
        self.outcome = Outcome()
        self._plane = _ControlPlane(self.outcome)
        self._queue: list[tuple[float, int, Iterator[float]]] = []

    def run(self) -> Outcome:
        """Play all rollouts to their ends; return what was observed."""
        for number in range(self._count):
            heapq.heappush(self._queue, (number * self._within / self._count, number, self._rollout(number)))
        heapq.heappush(self._queue, (0.0, -1, self._sweeps()))
        while self._queue:
            at, number, story = heapq.heappop(self._queue)
            self.outcome.seconds = max(self.outcome.seconds, at if number >= 0 else 0)
            if (until := next(story, None)) is not None and (number >= 0 or self._queue):
                heapq.heappush(self._queue, (until, number, story))
        return self.outcome

    def _sweeps(self) -> Iterator[float]:
        at = 0.0
        while True:
            self._counted = LiveCount(count=self._live, at=_clock(at))
            at += SWEEP_SECONDS
            yield at

    def _rollout(self, number: int) -> Iterator[float]:
        """Yield each time at which the rollout acts next."""
        published = number * self._within / self._count
        at = self._plane.call(calls_of("PrepareRollout", Api.CONTROL_PLANE), published)
        self.outcome.begun_late.append(at - published)
        self._live += 1
        self.outcome.most_live = max(self.outcome.most_live, self._live)
        rollout = self._with_count(_rollout(number, self._plan), at)
        for state, hold in self._stages():
            yield at
            at = self._plane.call(calls_of(state, Api.CONTROL_PLANE), at)
            for left in range(self._plan.policy.evaluations_in(hold) - 1, -1, -1):
                at += seconds_to_evaluation(rollout, self._plan.policy.interval, _clock(at), TIMING)
                yield at
                rollout, at = self._evaluate(rollout, at, decides=left == 0)
        self._live -= 1
        yield self._plane.call(calls_of("CloseRollout", Api.CONTROL_PLANE), at)

    def _stages(self) -> list[tuple[str, int]]:
        policy = self._plan.policy
        return [*(("ShiftTraffic", step.hold) for step in policy.steps), ("PromoteVersion", policy.bake)]

    def _evaluate(self, rollout: Rollout, at: float, *, decides: bool) -> tuple[Rollout, float]:
        """Return the rollout after an evaluation, and when it has its answers."""
        due = _clock(at)
        if decides or not self._in_turns or is_alias_due(rollout, due):
            at = self._plane.call(1, at)
            rollout = with_next_read(rollout, self._live_at(due), due, LONGEST_SECONDS if self._in_turns else 0)
        self.outcome.evaluated_late.append((_clock(at) - TIMING.floor(due)).total_seconds())
        return rollout, at

    def _with_count(self, rollout: Rollout, at: float) -> Rollout:
        return with_reads(rollout, live_beside=self._live_at(_clock(at)))

    def _live_at(self, now: datetime) -> int:
        """Return the guardian's count; without turns there is none, as before."""
        return self._counted.valid_at(now) if self._in_turns else 0


def _clock(at: float) -> datetime:
    return BEGIN + timedelta(seconds=at)


def _rollout(number: int, plan: Plan) -> Rollout:
    return Rollout(
        execution=Execution(arn="arn:aws:states:eu-west-1:123456789012:execution:m:e", name="e", started_at=BEGIN),
        target=Target(account="123456789012", region="eu-west-1", function=f"function-{number}", alias="live"),
        stable_version="1",
        canary_version="2",
        policy=plan.policy,
        revision_id="revision",
    )
