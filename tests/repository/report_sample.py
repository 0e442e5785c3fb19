"""A rollout that was rolled back, as the ledger keeps it: what docs/report.md shows the summary of."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from rollout.aws.dynamodb.evaluation_items import evaluation_item
from rollout.dashboard.detail import LedgerRecords
from rollout.dashboard.report.summary import summary
from rollout.judging.judge import judge
from rollout.lifecycle.decide import decide
from rollout.lifecycle.transitions import begin_step
from rollout.state import canary_logs
from rollout.state.rollout import Rollout
from tests.repository import event_samples
from tests.samples import AT, EXECUTION, ON_AWS, observation_of, rollout

_FAULTY = ((240, 2, 2160, 2), (240, 3, 2180, 3), (240, 2, 2200, 2), (240, 3, 2150, 3), (243, 3, 2180, 2))
"""Minutes of the first step: the canary's calls and errors, and stable's."""
_LAG = timedelta(minutes=2)


def records() -> LedgerRecords:
    """Return what the ledger has of the rollout."""
    ended = event_samples.rolled_back()
    entry = {
        "target": "123456789012/eu-west-1/my-api/live",
        "entry": "rollout#2026-03-01T11:59:50.000Z#my-api-4",
        "execution_arn": EXECUTION.arn,
        "stable_version": ended.stable_version,
        "canary_version": ended.canary_version,
        "outcome": "rolled_back",
        "started_at": EXECUTION.started_at.isoformat(),
        "began_at": AT.isoformat(),
        "ended_at": ended.at.isoformat(),
        "reason": ended.sentence,
        "canary_logs": _logs(),
    }
    evaluations = [_evaluation(count) for count in range(1, len(_FAULTY) + 1)]
    return LedgerRecords(entry=entry, lock=None, evaluations=evaluations, commands=[])


def markdown() -> str:
    """Return the summary in a block of Markdown."""
    return f"```markdown\n{summary(records())}```"


def _evaluation(count: int) -> dict[str, Any]:
    now = AT + timedelta(minutes=count) + _LAG
    judged = _judged(_FAULTY[:count], now)
    if judged.judgement is None:
        raise ValueError("an evaluation has a judgement")
    return evaluation_item(judged.model_copy(update={"evaluations": count}), judged.judgement, now)


def _judged(minutes: tuple[tuple[int, int, int, int], ...], now: datetime) -> Rollout:
    first = begin_step(rollout(), "revision-2", AT, ON_AWS)
    return decide(first, judge(observation_of(*minutes), first.policy), now, ON_AWS)


def _logs() -> dict[str, Any]:
    """Return the example that the model of the log lines has."""
    (example,) = re.findall(r"\n\n    (\{.*\})\n$", str(canary_logs.__doc__), re.DOTALL)
    parsed: dict[str, Any] = json.loads(" ".join(example.split()))
    return parsed
