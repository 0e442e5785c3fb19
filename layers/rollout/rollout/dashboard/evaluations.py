"""The evaluations of a rollout as the ledger keeps them, with what its hooks answered and what raised its limit."""

from typing import Any

from pydantic import Field, ValidationError

from rollout.dashboard.instants import Instant
from rollout.domain.counts import Counts
from rollout.domain.enums import HookPoint, HookResult, Mode, Move, Phase, Verdict
from rollout.domain.models import Value
from rollout.state.calibration import Calibration


class MetricCounts(Value):
    """What one metric has counted since the first shift; during the bake, since promotion."""

    metric: str
    mode: Mode = Mode.CRITICAL
    canary: Counts
    stable: Counts


class HookAnswer(Value):
    """What a hook has answered."""

    point: HookPoint
    step: int
    """The step after which it ran; 0 before traffic."""
    function: str = ""
    result: HookResult
    calls: int = 0
    answer: str = ""


class Evaluation(Value):
    """One evaluation of a rollout."""

    entry: str
    at: Instant
    phase: Phase
    step: int
    percent: float
    verdict: Verdict
    next_move: Move | None = None
    reason: str = ""
    canary: Counts
    stable: Counts
    findings: tuple[MetricCounts, ...] = ()
    evidence: float = 1
    evidence_limit: float = 1
    calibration: Calibration | None = None
    hooks: tuple[HookAnswer, ...] = Field(default=(), description="The answers at the newest point with hooks.")

    @property
    def number(self) -> str:
        """Which evaluation it is, from 1, as the last part of its key."""
        return self.entry.rpartition("#")[2].lstrip("0")


def read_evaluations(entries: list[dict[str, Any]]) -> tuple[Evaluation, ...]:
    """Return the evaluations that can be read, in the same order."""
    found = []
    for entry in entries:
        try:
            found.append(Evaluation.model_validate(entry))
        except ValidationError:
            continue
    return tuple(found)


def hook_answers(evaluations: tuple[Evaluation, ...]) -> list[HookAnswer]:
    """Return the last answer of each hook at each point, in the order in which the points were reached."""
    answers = {
        (answer.point, answer.step, number): answer
        for evaluation in evaluations
        for number, answer in enumerate(evaluation.hooks)
    }
    return [*answers.values()]


def raised_limit(evaluations: tuple[Evaluation, ...]) -> Calibration | None:
    """Return what raised the evidence limit; None where nothing did."""
    found = [one.calibration for one in evaluations if one.calibration and one.calibration.is_raised]
    return found[-1] if found else None
