"""The detail of one rollout, live or ended: everything that the ledger knows of it."""

from typing import Any

from pydantic import ValidationError

from rollout.dashboard.entries import RolloutEntry, read_entry
from rollout.dashboard.evaluations import Evaluation, HookAnswer, hook_answers, raised_limit, read_evaluations
from rollout.dashboard.event import WidgetRequest
from rollout.dashboard.instants import KnownInstant
from rollout.dashboard.live import LiveRollout, live_rollout
from rollout.dashboard.series import Line, MetricLines, Point, evidence_lines, metric_lines, share_line
from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.domain.text import as_sentence, format_count
from rollout.state.calibration import Calibration
from rollout.state.canary_logs import CanaryLogs
from rollout.state.lock import Lock

EVALUATIONS_SHOWN = 40
"""How many evaluations a page lists."""

_TIMES = ("started_at", "began_at", "published_at", "ended_at")

_LAST_SHARE = {Outcome.PROMOTED: 100.0, Outcome.ROLLED_BACK: 0.0}
"""The canary's share in percent after an ending. The other outcomes leave the alias as it was."""


class GivenCommand(Value):
    """A command that a rollout has taken."""

    command: str
    at: KnownInstant = None
    why: str = ""
    giver: str = ""
    """Who gave it; empty while that is not known."""


class LedgerRecords(Value):
    """What the ledger has of one rollout, as it is stored."""

    entry: dict[str, Any]
    lock: Lock | None
    evaluations: list[dict[str, Any]]
    commands: list[dict[str, Any]]


class Detail(Value):
    """What the detail shows."""

    request: WidgetRequest
    entry: RolloutEntry
    live: LiveRollout | None
    """The rollout while it runs; None after its end."""
    started_by: str
    plan: str
    """The steps of the policy, as a sentence part; empty where they cannot be read."""
    evaluations: tuple[Evaluation, ...]
    """Those of the page, the newest first."""
    total: int
    share: Line
    evidence: Line
    limit: Line
    metrics: tuple[MetricLines, ...]
    commands: tuple[GivenCommand, ...]
    hooks: tuple[HookAnswer, ...]
    calibration: Calibration | None
    logs: CanaryLogs | None
    """What the canary's own log says about a rollback; None without it."""
    unreadable: str = ""
    """What the ledger has of the rollout and cannot be read, as a sentence; empty where everything can."""

    @property
    def pages(self) -> int:
        """How many pages the evaluations have."""
        return max(-(-self.total // EVALUATIONS_SHOWN), 1)

    @property
    def page(self) -> int:
        """The page of the evaluations that is shown, from 1."""
        return min(self.request.evaluations, self.pages)


def detail(request: WidgetRequest, records: LedgerRecords, started_by: str) -> Detail:
    """Return what the detail of a rollout shows, and names what of it cannot be read.

    Raises ValidationError where the alias, the key or the outcome cannot be read.
    """
    entry, problems = read_entry(records.entry)
    evaluations, logs = read_evaluations(records.evaluations), _read_logs(records.entry.get("canary_logs"))
    evidence, limit = evidence_lines(evaluations, entry.began_at)
    found = Detail(
        request=request,
        entry=entry,
        live=None if entry.ending else live_rollout(entry, records.lock),
        started_by=started_by,
        plan=_format_plan(entry),
        evaluations=(),
        total=len(evaluations),
        share=share_line(evaluations, entry.began_at, _end(entry)),
        evidence=evidence,
        limit=limit,
        metrics=tuple(metric_lines(evaluations, entry.began_at)),
        commands=tuple(_command(command) for command in records.commands),
        hooks=tuple(hook_answers(evaluations)),
        calibration=raised_limit(evaluations),
        logs=logs,
        unreadable=_format_unreadable(entry, problems, records, len(evaluations), has_logs=logs is not None),
    )
    first = (found.page - 1) * EVALUATIONS_SHOWN
    return found.model_copy(update={"evaluations": evaluations[::-1][first : first + EVALUATIONS_SHOWN]})


def _format_unreadable(
    entry: RolloutEntry, problems: str, records: LedgerRecords, evaluations: int, *, has_logs: bool
) -> str:
    left = len(records.evaluations) - evaluations
    lost_times = [name for name in _TIMES if records.entry.get(name) and getattr(entry, name) is None]
    parts = [
        problems,
        ", ".join(lost_times),
        f"{left:,} of {format_count(len(records.evaluations), 'evaluation')}" if left else "",
        "canary_logs" if records.entry.get("canary_logs") and not has_logs else "",
    ]
    named = "; ".join(filter(None, parts))
    return f"Not shown, because the ledger has it in a form that cannot be read: {as_sentence(named)}" if named else ""


def _end(entry: RolloutEntry) -> Point | None:
    """Return the canary's share after the ending; None while the rollout runs, and where the ending leaves it open."""
    share = _LAST_SHARE.get(entry.ending) if entry.ending else None
    return None if share is None or entry.ended_at is None else Point(at=entry.ended_at, value=share)


def _command(entry: dict[str, Any]) -> GivenCommand:
    return GivenCommand(
        command=str(entry.get("command", "")),
        at=entry.get("taken_at"),
        why=str(entry.get("why", "")),
        giver=str(entry.get("given_by", "")),
    )


def _format_plan(entry: RolloutEntry) -> str:
    """Return the shares of the policy, such as `1 %, 10 %, 50 %, then 100 %`."""
    policy = entry.read_policy()
    if policy is None:
        return ""
    shares = [f"{step.percent:g} %{' and a gate' if step.gate else ''}" for step in policy.steps]
    return f"{', '.join(shares)}, then 100 %" if shares else "100 % at once"


def _read_logs(value: object) -> CanaryLogs | None:
    """Return what the log says; None where it says nothing that can be read."""
    try:
        if isinstance(value, str):
            return CanaryLogs.model_validate_json(value)
        return CanaryLogs.model_validate(value) if value else None
    except ValidationError:
        return None
