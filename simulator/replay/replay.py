"""`replay`: what a policy would have decided on recorded minutes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, takewhile

from pydantic import BaseModel

from rollout.auto.choose import choose
from rollout.auto.recent_day import RecentDay
from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.evidence.series import Minute, canary_counts, stable_counts
from rollout.policy.policy import Policy
from simulator.evaluation_loop import Evaluation, run_evaluations
from simulator.files import InvalidInputError
from simulator.metrics import counts_slow, ignore_unsupported
from simulator.replay.recording import Recording

_OUTCOMES = {
    Move.FINISH: Outcome.PROMOTED,
    Move.ROLL_BACK: Outcome.ROLLED_BACK,
    Move.HAND_OVER: Outcome.HANDED_OVER,
}
_SHARE_TOLERANCE = 0.2
"""A recorded share within this fraction of the policy's share counts as equal."""


class ReplayedEvaluation(BaseModel, frozen=True):
    """An evaluation, and the move that it would have led to."""

    at: datetime
    phase: Phase
    step: int
    percent: float
    """The share that the policy would have given the canary."""
    verdict: Verdict
    move: Move
    reason: str
    evidence: float


class ShareComparison(BaseModel, frozen=True):
    """The policy's share and the recorded share, for a time in which the policy's share is constant."""

    since: datetime
    until: datetime
    policy_percent: float
    recorded_percent: float
    """The canary's part of the recorded calls."""

    @property
    def is_as_recorded(self) -> bool:
        """Whether the recorded share is about the policy's share."""
        return abs(self.recorded_percent - self.policy_percent) <= _SHARE_TOLERANCE * self.policy_percent


class Replay(BaseModel, frozen=True):
    """The answer of `replay`."""

    policy: Policy
    """As it was replayed: with the steps that Auto would have chosen, and its unsupported metrics are ignored."""
    unsupported_metrics: list[str]
    """The names of the policy's metrics that are not in the recording."""
    period_seconds: int
    first_shift_at: datetime
    recorded_until: datetime
    """The end of the last minute with calls on the canary."""
    evaluations: list[ReplayedEvaluation]
    shares: list[ShareComparison]
    outcome: Outcome | None
    """Null if the recording ends before the policy does."""
    ended_at: datetime
    canary: Counts
    """The canary's calls, and its failed calls, in the minutes before `ended_at`."""
    canary_after: Counts
    """The same in the recorded minutes after it."""
    slow: Counts | None
    """The canary's calls, and its slow calls, before `ended_at`; null if the policy does not count slow calls."""
    slow_after: Counts | None


def replay(policy: Policy, recording: Recording) -> Replay:
    """Return what the policy would have decided, up to the end of the recording.

    Raises InvalidInputError if none of the policy's critical metrics was recorded, or if Auto would promote at once.
    """
    policy, unsupported = ignore_unsupported(policy, recording.kinds, "The recording")
    policy = _with_chosen_steps(policy, recording)
    start, timing = recording.first_shift_at, recording.timing
    run = run_evaluations(policy, recording, start, timing)
    evaluations = [*takewhile(lambda evaluation: evaluation.at <= recording.complete_at, run)]
    ended_at = evaluations[-1].at if evaluations else start
    canary, canary_after = _split_counts(recording.minutes, recording, ended_at)
    slow, slow_after = (
        _split_counts(recording.slow_minutes, recording, ended_at) if counts_slow(policy) else (None, None)
    )
    return Replay(
        policy=policy,
        unsupported_metrics=unsupported,
        period_seconds=timing.period_seconds,
        first_shift_at=start,
        recorded_until=recording.end_of(recording.with_canary[-1]),
        evaluations=[_replayed(evaluation) for evaluation in evaluations],
        shares=[*_compare_shares(evaluations, recording)],
        outcome=_OUTCOMES.get(evaluations[-1].move) if evaluations else None,
        ended_at=ended_at,
        canary=canary,
        canary_after=canary_after,
        slow=slow,
        slow_after=slow_after,
    )


def _with_chosen_steps(policy: Policy, recording: Recording) -> Policy:
    """Return the policy with the steps that Auto chooses by stable's recorded minutes before the first shift."""
    if not policy.is_auto:
        return policy
    until = recording.timing.floor(recording.first_shift_at)
    before = {
        minute.start: minute.stable for minute in recording.minutes if minute.start < until and minute.stable.calls
    }
    plan = choose(policy, RecentDay(until=until, periods=before), recording.timing)
    if plan.policy.is_all_at_once:
        raise InvalidInputError(
            f"{plan.sentence}, so no step compares the recorded versions. Write steps into the policy, such as"
            " {percent: 10, hold: 10m}."
        )
    return plan.policy


def _split_counts(minutes: Sequence[Minute], recording: Recording, ended_at: datetime) -> tuple[Counts, Counts]:
    """Return the canary's counts in the minutes that ended by then, and in the minutes after."""
    before = [minute for minute in minutes if recording.end_of(minute) <= ended_at]
    return canary_counts(before), canary_counts(minutes[len(before) :])


def _replayed(evaluation: Evaluation) -> ReplayedEvaluation:
    rollout = evaluation.rollout
    if rollout.judgement is None:
        raise ValueError("the evaluation has no judgement")
    return ReplayedEvaluation(
        at=evaluation.at,
        phase=rollout.phase,
        step=rollout.step,
        percent=rollout.percent,
        verdict=rollout.judgement.verdict,
        move=evaluation.move,
        reason=rollout.reason,
        evidence=rollout.judgement.evidence,
    )


def _compare_shares(evaluations: Sequence[Evaluation], recording: Recording) -> Iterator[ShareComparison]:
    since = recording.first_shift_at
    for percent, group in groupby(evaluations, key=lambda evaluation: evaluation.rollout.percent):
        until = [*group][-1].at
        minutes = [minute for minute in recording.minutes if since <= minute.start < until]
        yield ShareComparison(
            since=since, until=until, policy_percent=percent, recorded_percent=_recorded_percent(minutes)
        )
        since = until


def _recorded_percent(minutes: Sequence[Minute]) -> float:
    canary, both = canary_counts(minutes).calls, (canary_counts(minutes) + stable_counts(minutes)).calls
    return 100 * canary / both if both else 0
