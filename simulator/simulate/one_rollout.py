"""One simulated rollout, and what is worth keeping of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase, Verdict
from rollout.evidence.series import canary_counts
from rollout.judging.window import EDGE
from rollout.policy.policy import Policy
from simulator.evaluation_loop import Moment, walk
from simulator.simulate.load import Load, Version
from simulator.simulate.traffic import Traffic

_ONWARD = (Move.SHIFT, Move.PROMOTE, Move.FINISH)
_NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Question:
    """What is asked of a policy: how it treats a version, at this load, with this seed."""

    policy: Policy
    load: Load
    seed: int
    version: Version


@dataclass(frozen=True)
class Played:
    """How one rollout went."""

    number: int
    move: Move
    """The last move: finish, roll_back or hand_over."""
    verdict: Verdict
    reason: str
    seconds: float
    """From the first shift to the last move."""
    step: int
    """The step it ended in, from 1; one more than there are, in the bake."""
    canary: Counts
    """All calls the canary had served by then, and how many of them failed, seen in CloudWatch or not."""
    slow: Counts
    """The same calls, and how many of them were slow."""
    thin_steps: tuple[int, ...]
    """The steps, numbered likewise, whose hold was over before they had their calls."""
    passed_after: tuple[float, ...]
    """Seconds from the first shift to the end of each step that was passed, the bake included."""


@dataclass(frozen=True)
class Film:
    """One rollout with all its looks and its traffic, for a picture."""

    start: datetime
    evaluations: tuple[Moment, ...]
    traffic: Traffic


def film(question: Question, number: int) -> Film:
    """Play the rollout of that number; the same each time, whatever was played before."""
    chance = np.random.default_rng([question.seed, number, round(question.version.times * 1000)])
    start = _NEW_YEAR + timedelta(seconds=int(chance.integers(60)))
    traffic = Traffic(question.load, question.version, start, chance)
    evaluations = tuple(walk(question.policy, traffic, start))
    traffic.serve(evaluations[-1].at)
    return Film(start, evaluations, traffic)


def play(question: Question, number: int) -> Played:
    """Play the rollout of that number; return what is worth keeping of it."""
    played = film(question, number)
    last = played.evaluations[-1]
    judgement = last.rollout.judgement
    return Played(
        number=number,
        move=last.move,
        verdict=judgement.verdict if judgement else Verdict.INCONCLUSIVE,
        reason=last.rollout.reason,
        seconds=_seconds(played, last),
        step=_step(last),
        canary=canary_counts(played.traffic.minutes),
        slow=canary_counts(played.traffic.slow_minutes),
        thin_steps=tuple(sorted({_step(look) for look in played.evaluations if _is_thin(look)})),
        passed_after=tuple(_seconds(played, look) for look in played.evaluations if look.move in _ONWARD),
    )


def _seconds(played: Film, look: Moment) -> float:
    return (look.at - played.start).total_seconds()


def _step(look: Moment) -> int:
    return look.rollout.step + (look.rollout.phase is Phase.BAKE)


def _is_thin(look: Moment) -> bool:
    rollout = look.rollout
    hold = rollout.policy.bake if rollout.phase is Phase.BAKE else rollout.current_step.hold
    held = look.at - (rollout.step_started_at or look.at) + EDGE
    inconclusive = rollout.judgement is not None and rollout.judgement.verdict is Verdict.INCONCLUSIVE
    return inconclusive and hold > 0 and held >= timedelta(seconds=hold)
