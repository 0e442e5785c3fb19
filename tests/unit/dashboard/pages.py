"""Sample pages of the dashboard, in each of which a text from outside can stand; and what a browser makes of them."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from rollout.dashboard.detail import Detail, LedgerRecords, detail
from rollout.dashboard.entries import read_queued, read_rollouts, target_of
from rollout.dashboard.event import WidgetRequest, read_widget_event
from rollout.dashboard.html.actions import Endpoints
from rollout.dashboard.html.detail_page import detail_page
from rollout.dashboard.html.overview_page import overview_page
from rollout.dashboard.overview import Held, Overview, choose, held_lock, overview, waiting_version
from rollout.domain.enums import Move
from rollout.state.dashboard.status import status_of
from rollout.state.lock import Lock, QueuedVersion
from tests.commands import lock as sample_lock
from tests.samples import AT, EXECUTION, judgement, policy, rollout

NOW = AT + timedelta(minutes=3)
KEY = "rollout#2026-03-01T11:59:50.000Z#my-api-4"
PARTITION = "123456789012/eu-west-1/my-api/live"
ENDPOINTS = Endpoints(
    show_rollouts="arn:aws:lambda:eu-west-1:123456789012:function:customWidgetShowRollouts",
    take_command="arn:aws:lambda:eu-west-1:123456789012:function:TakeCommand:buttons",
)


class Page(HTMLParser):
    """What a browser makes of a page: its elements with their attributes' names, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def request(**event: object) -> WidgetRequest:
    return read_widget_event(event)


def live_entry(text: str = "as counted", **changes: object) -> dict[str, Any]:
    """Return the ledger's entry of a live rollout; `text` stands in every field that others write."""
    running = rollout(judgement=judgement(), evaluations=3, next_move=Move.WAIT, reason=text)
    return {
        "target": PARTITION,
        "entry": KEY,
        "execution_arn": EXECUTION.arn,
        "outcome": "running",
        "open": "rollout",
        "started_at": AT.isoformat(),
        "began_at": AT.isoformat(),
        "stable_version": "3",
        "canary_version": "4",
        "policy": policy().model_dump_json(),
        "policy_source": text,
        "override_freeze": text,
        "reason": text,
        "status_document": status_of(running, NOW - timedelta(seconds=30)).model_dump_json(),
    } | changes


def ended_entry(text: str = "as counted", **changes: object) -> dict[str, Any]:
    ended = {"outcome": "rolled_back", "ended_at": NOW.isoformat(), "ended": "rollout"}
    return live_entry(text) | ended | changes


def queued_entry(text: str = "it waits", **changes: object) -> dict[str, Any]:
    queued = QueuedVersion(version="9", holder=EXECUTION, seen_at=NOW, reason=text)
    return {"target": PARTITION, "entry": "queue", "queued": queued.model_dump_json()} | changes


def evaluation_entry(number: int, text: str = "as counted", **changes: object) -> dict[str, Any]:
    canary, stable = {"calls": 100 * number, "bad": number}, {"calls": 900 * number, "bad": 9 * number}
    counts = {"canary": canary, "stable": stable}
    return {
        "entry": f"evaluation#2026-03-01T11:59:50.000Z#my-api-4#{number:05}",
        "at": (AT + timedelta(minutes=number)).isoformat(),
        "phase": "shifting",
        "step": 1,
        "percent": "10",
        "verdict": "healthy",
        "next_move": "wait",
        "reason": text,
        **counts,
        "findings": [
            {"metric": "errors", "mode": "critical", **counts},
            {"metric": text, "mode": "advisory", **counts},
        ],
        "evidence": f"{10.0 ** min(number, 300):g}",
        "evidence_limit": "120",
        "calibration": {"factor": "1.2", "metric": text, "level": 100, "exceeded": 3, "rollouts": 180},
        "hooks": [{"point": "each_step", "step": 1, "function": text, "result": "passed", "calls": 1, "answer": text}],
    } | changes


def logs(text: str) -> dict[str, Any]:
    sample = {"at": AT.isoformat(), "request_id": text, "line": text}
    counts = {"change": "new", "canary_lines": 3, "stable_lines": 0}
    finding = {**counts, "signature": text, "sentence": text, "samples": [sample]}
    return {"sentence": text, "scope": text, "findings": [finding], "further": 2}


def command_entry(text: str) -> dict[str, Any]:
    return {"command": "pause", "taken_at": AT.isoformat(), "why": text, "given_by": text}


def sample_overview(
    entries: list[dict[str, Any]], endings: list[dict[str, Any]] | None = None, lock: Lock | None = None, **event: Any
) -> Overview:
    """Return the overview of live rollouts, each with its lock, and of queued versions; `lock` is that of PARTITION."""
    held = [held_of(entry, lock) for entry in entries]
    chosen = choose(request(**event), held, read_rollouts(endings or []))
    return overview(chosen, read_rollouts([entry for entry in entries if "queued" not in entry]), NOW)


def held_of(entry: dict[str, Any], lock: Lock | None = None) -> Held:
    if "queued" in entry:
        queued = read_queued(entry)
        assert queued
        return waiting_version(queued)
    held = lock if lock and entry["target"] == PARTITION else sample_lock()
    holder = EXECUTION.model_copy(update={"arn": entry["execution_arn"]})
    of_entry = {"target": target_of(entry["target"]), "holder": holder}
    return held_lock(entry["target"], held.model_copy(update=of_entry))


def overview_html(shown: Overview) -> str:
    return overview_page(shown, ENDPOINTS, NOW)


def sample_records(entry: dict[str, Any], text: str = "as counted", evaluations: int = 3) -> LedgerRecords:
    """Return what the ledger has of a rollout; `text` stands in every field that others write."""
    return LedgerRecords(
        entry=entry,
        lock=sample_lock() if "open" in entry else None,
        evaluations=[evaluation_entry(number, text) for number in range(1, evaluations + 1)],
        commands=[command_entry(text)],
    )


def sample_detail(entry: dict[str, Any], text: str = "as counted", evaluations: int = 3, **event: object) -> Detail:
    chosen = request(view="detail", rollout={"target": PARTITION, "entry": KEY}, **event)
    return detail(chosen, sample_records(entry, text, evaluations), text)


def detail_html(shown: Detail) -> str:
    return detail_page(shown, ENDPOINTS, NOW)
