"""Where a live rollout stood after its newest evaluation, as the dashboard shows it."""

from datetime import datetime, timedelta

from rollout.domain.counts import Counts
from rollout.domain.enums import Move, Phase, Verdict
from rollout.domain.models import Value
from rollout.domain.text import shorten
from rollout.state.rollout import Rollout

_LARGEST = 1e300
"""JSON has no infinity."""

_LONGEST_REASON = 500
"""The evaluation's own entry has the whole sentence; this one is written again with each evaluation."""


class Status(Value):
    """The newest evaluation of a rollout, and what the evaluation decided."""

    number: int
    """Which evaluation of the rollout it is, from 1."""
    at: datetime
    next_at: datetime | None = None
    """When the next evaluation is due; None where none follows at once."""
    phase: Phase
    step: int
    percent: float
    step_started_at: datetime | None = None
    """When the current step or the bake began."""
    held_since: datetime | None = None
    """Since when a freeze of the stack or a closed window has kept the canary from more traffic."""
    waits_for: str = ""
    """What it waits for in its release, as a sentence part; empty where it does not."""
    next_move: Move | None = None
    verdict: Verdict
    reason: str
    canary: Counts
    stable: Counts
    evidence: float
    evidence_limit: float


def status_of(rollout: Rollout, now: datetime) -> Status:
    """Return where a rollout stands after an evaluation; raises ValueError without a judgement."""
    judgement = rollout.judgement
    if judgement is None:
        raise ValueError("a rollout without a judgement has no status")
    return Status(
        number=rollout.evaluations,
        at=now,
        next_at=now + timedelta(seconds=rollout.wait_seconds) if rollout.next_move is Move.WAIT else None,
        phase=rollout.phase,
        step=rollout.step,
        percent=rollout.percent,
        step_started_at=rollout.step_started_at,
        held_since=rollout.held_since,
        waits_for=rollout.release.waits_for if rollout.release else "",
        next_move=rollout.next_move,
        verdict=judgement.verdict,
        reason=shorten(rollout.reason, _LONGEST_REASON),
        canary=judgement.canary,
        stable=judgement.stable,
        evidence=min(judgement.evidence, _LARGEST),
        evidence_limit=min(judgement.evidence_limit, _LARGEST),
    )
