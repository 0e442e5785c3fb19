"""The entry of an evaluation in the ledger table."""

from datetime import datetime
from typing import Any

from rollout.aws.dynamodb.items import key, stamp, stamps
from rollout.domain.text import shorten
from rollout.state.judgement import Finding, Judgement
from rollout.state.rollout import Rollout

_LONGEST_ANSWER = 300


def evaluation_item(rollout: Rollout, judgement: Judgement, now: datetime) -> dict[str, Any]:
    """Return the entry of the newest evaluation of a rollout."""
    return key(rollout.target, "evaluation", rollout.execution, f"#{rollout.evaluations:05}") | {
        "at": stamp(now),
        "phase": rollout.phase,
        "step": rollout.step,
        "percent": f"{rollout.percent:g}",
        **stamps(step_started_at=rollout.step_started_at, held_since=_held_since(rollout)),
        "verdict": judgement.verdict,
        "next_move": rollout.next_move,
        "reason": rollout.reason,
        "canary": judgement.canary.model_dump(),
        "stable": judgement.stable.model_dump(),
        "findings": [_finding_item(finding) for finding in judgement.findings],
        "evidence": f"{judgement.evidence:.6g}",
        "evidence_limit": f"{judgement.evidence_limit:.6g}",
        **_calibration_item(rollout),
        **_hooks_item(rollout),
    }


def _held_since(rollout: Rollout) -> datetime | None:
    """Return since when a freeze, a closed window or the release has kept the rollout from going on, if one does."""
    participation = rollout.release
    waiting_since = participation.held_since if participation and participation.waits_for else None
    return rollout.held_since or waiting_since


def _finding_item(finding: Finding) -> dict[str, Any]:
    counts = {"canary": finding.canary.model_dump(), "stable": finding.stable.model_dump()}
    metric = {"metric": finding.metric, "mode": str(finding.mode)}
    return metric | counts | {"log_evidence": f"{finding.log_evidence:.6g}"}


def _calibration_item(rollout: Rollout) -> dict[str, Any]:
    """Return what the evidence limit rests on; nothing in a rollout from before it was calibrated."""
    if rollout.calibration is None:
        return {}
    return {"calibration": rollout.calibration.model_dump() | {"factor": f"{rollout.calibration.factor:.6g}"}}


def _hooks_item(rollout: Rollout) -> dict[str, Any]:
    """Return what each hook of the newest point has answered; nothing in a rollout that has called none."""
    run = rollout.hook_run
    if run is None:
        return {}
    functions = [hook.function for hook in getattr(rollout.policy.hooks, run.point)]
    answers = [
        {
            "point": run.point,
            "step": run.step,
            "function": functions[number] if number < len(functions) else "",
            "result": hook.result,
            "calls": hook.calls,
            "answer": shorten(hook.said, _LONGEST_ANSWER),
        }
        for number, hook in enumerate(run.hooks)
    ]
    return {"hooks": answers}
