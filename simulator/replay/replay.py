"""`replay`: what a policy would have done, had it been shown the minutes that were recorded."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, takewhile

from pydantic import BaseModel

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.evidence.series import Minute, canary_counts, stable_counts
from rollout.policy.policy import Policy
from simulator.evaluation_loop import Moment, walk
from simulator.metrics import counts_slow, left_in
from simulator.replay.recording import Recording

_OUTCOMES = {
    Move.FINISH: Outcome.PROMOTED,
    Move.ROLL_BACK: Outcome.ROLLED_BACK,
    Move.HAND_OVER: Outcome.HANDED_OVER,
}
_AS_RECORDED = 0.2
"""A recorded share that is off by no more than this part of the policy's is taken for the same."""


class LookTold(BaseModel, frozen=True):
    """A look, and the move it would have led to."""

    at: datetime
    phase: Phase
    step: int
    percent: float
    """The share the policy would have given the canary by then."""
    verdict: Verdict
    move: Move
    reason: str
    evidence: float


class Stage(BaseModel, frozen=True):
    """A stretch in which the policy's share stayed the same, and the share that was recorded in it."""

    since: datetime
    until: datetime
    percent: float
    recorded_percent: float
    """Of the calls in it, whatever the policy asked for."""

    @property
    def is_as_recorded(self) -> bool:
        """Whether the recording shows what the policy's share would have brought."""
        return abs(self.recorded_percent - self.percent) <= _AS_RECORDED * self.percent


class Replay(BaseModel, frozen=True):
    """The answer of `replay`."""

    policy: Policy
    """As it was replayed: what is left out is muted."""
    left_out: list[str]
    """The names of what the recording cannot tell of."""
    period_seconds: int
    first_shift_at: datetime
    recorded_until: datetime
    """The end of the last minute with calls on the canary."""
    evaluations: list[LookTold]
    stages: list[Stage]
    outcome: Outcome | None
    """Null where the recording ends before the policy does."""
    ended_at: datetime
    canary: Counts
    """The canary's calls in the minutes that had ended by then."""
    canary_after: Counts
    """Its calls in the recorded minutes after."""
    slow: Counts | None
    """The canary's calls by then, and how many of them were slow; null where the policy counts none."""
    slow_after: Counts | None


def replay(policy: Policy, recording: Recording) -> Replay:
    """Return what the policy would have done, as far as the recording goes.

    Raises UnreadableError where nothing that decides was recorded.
    """
    policy, left_out = left_in(policy, recording.kinds, "this recording")
    start, timing = recording.first_shift_at, recording.timing
    walked = walk(policy, recording, start, timing)
    evaluations = [*takewhile(lambda look: look.at <= recording.complete_at, walked)]
    ended_at = evaluations[-1].at if evaluations else start
    canary, canary_after = _told_apart(recording.minutes, recording, ended_at)
    slow, slow_after = _told_apart(recording.slow_minutes, recording, ended_at) if counts_slow(policy) else (None, None)
    return Replay(
        policy=policy,
        left_out=left_out,
        period_seconds=timing.period_seconds,
        first_shift_at=start,
        recorded_until=recording.ends(recording.with_canary[-1]),
        evaluations=[_told(look) for look in evaluations],
        stages=[*_stages(evaluations, recording)],
        outcome=_OUTCOMES.get(evaluations[-1].move) if evaluations else None,
        ended_at=ended_at,
        canary=canary,
        canary_after=canary_after,
        slow=slow,
        slow_after=slow_after,
    )


def _told_apart(minutes: Sequence[Minute], recording: Recording, ended_at: datetime) -> tuple[Counts, Counts]:
    """Return the canary's counts in the minutes that had ended by then, and in those after."""
    ended = [minute for minute in minutes if recording.ends(minute) <= ended_at]
    return canary_counts(ended), canary_counts(minutes[len(ended) :])


def _told(look: Moment) -> LookTold:
    rollout = look.rollout
    if rollout.judgement is None:
        raise ValueError("a look has a judgement")
    return LookTold(
        at=look.at,
        phase=rollout.phase,
        step=rollout.step,
        percent=rollout.percent,
        verdict=rollout.judgement.verdict,
        move=look.move,
        reason=rollout.reason,
        evidence=rollout.judgement.evidence,
    )


def _stages(evaluations: Sequence[Moment], recording: Recording) -> Iterator[Stage]:
    since = recording.first_shift_at
    for percent, looked in groupby(evaluations, key=lambda look: look.rollout.percent):
        until = [*looked][-1].at
        inside = [minute for minute in recording.minutes if since <= minute.start < until]
        yield Stage(since=since, until=until, percent=percent, recorded_percent=_recorded_percent(inside))
        since = until


def _recorded_percent(minutes: Sequence[Minute]) -> float:
    canary, both = canary_counts(minutes).calls, (canary_counts(minutes) + stable_counts(minutes)).calls
    return 100 * canary / both if both else 0
