"""Tests of the summary of a rollout for pull requests."""

import re
from typing import Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from rollout.dashboard.detail import LedgerRecords
from rollout.dashboard.report.summary import summary
from tests.hostile_strings import HOSTILE_STRINGS
from tests.samples import AT
from tests.unit.dashboard.pages import ended_entry, logs

RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")
PERCENTS = (10, 10, 50)


def records(text: str = "errors went up", **changes: Any) -> LedgerRecords:
    """Return the records of a rollout that was rolled back in its second step; `text` is what others wrote."""
    commands = [{"command": "pause", "taken_at": AT.isoformat(), "why": text, "given_by": text}]
    entry = ended_entry(text, canary_logs=logs(text)) | changes
    return LedgerRecords(entry=entry, lock=None, evaluations=_evaluations(text), commands=commands)


def _evaluations(text: str) -> list[dict[str, Any]]:
    counts = {"canary": {"calls": 1203, "bad": 13}, "stable": {"calls": 10870, "bad": 12}}
    return [
        {
            "entry": f"evaluation#{number:05}",
            "at": AT.replace(minute=5 * number).isoformat(),
            "phase": "shifting",
            "step": 1,
            "percent": str(percent),
            "verdict": "unhealthy",
            "reason": text,
            "evidence": "1000000",
            "evidence_limit": "100",
            "findings": [{"metric": text, "mode": "critical", **counts}],
            **counts,
        }
        for number, percent in enumerate(PERCENTS, start=1)
    ]


def test_summary_names_what_cannot_be_read():
    text = summary(records(policy_source=b"\xff"))
    assert "⚠️ `Not shown, because the ledger has it in a form that cannot be read: policy_source is " in text
    assert "- **Outcome:** rolled back\n" in text


@pytest.mark.parametrize(
    "fact",
    [
        "### ❌ `my-api:live` serves version 3 again: version 4 was rolled back\n\n`errors went up`\n",
        "- **Outcome:** rolled back\n",
        "- **Versions:** canary 4, stable 3\n",
        "- **Duration:** 3m, until 2026-03-01T12:03Z\n",
        "- **Shares:** 10 % for 10m, 50 % for 5m\n",
        "- **Evaluations:** 3, the last one unhealthy: evidence 10^6 against a limit of 100\n",
        "[`my-api-4`](https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/",
        "- **Command:** 2026-03-01T12:00Z `pause` by `Anna`: `errors went up`\n",
        "| Metric | Canary, version 4 | Stable, version 3 |\n",
        "| `errors went up`, critical | 13 of 1,203 calls (1.1 %) | 12 of 10,870 calls (0.11 %) |\n",
        "**In the canary's log:** `errors went up`\n",
    ],
)
def test_summary_has_the_ending_the_numbers_and_the_link(fact):
    given = records()
    given.commands[0]["given_by"] = "Anna"
    assert fact in summary(given)


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        ("promoted", "✅ `my-api:live` serves version 4 alone"),
        ("handed_over", "⚠️ `my-api:live` was handed over: a person decides about version 4"),
        ("rollback_failed", "🚨 `my-api:live` may be split: version 4 could not be rolled back"),
        ("rejected", "⛔ `my-api:live` was not touched: version 4 was rejected"),
        ("running", "⏳ `my-api:live` is still rolling out version 4"),
    ],
)
def test_heading_says_how_the_rollout_ended(outcome, heading):
    assert summary(records(outcome=outcome)).startswith(f"### {heading}\n")


def test_rollout_that_was_closed_before_it_began_has_a_summary():
    entry = {"target": "1/r/my-api/live", "entry": "rollout#1", "outcome": "rejected", "reason": "stopped"}
    text = summary(LedgerRecords(entry=entry, lock=None, evaluations=[], commands=[]))
    assert "- **Shares:** none\n- **Evaluations:** none\n" in text
    assert "Execution" not in text
    assert "| Metric" not in text


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=lambda text: text[:20])
def test_text_from_outside_is_never_markup(hostile):
    """A reason, a name, a metric and a log line are written by others, and a pull request is read by many."""
    plain, attacked = (RENDERER.render(summary(records(text))) for text in ("x", hostile))
    assert re.findall(r"<[^>]*>", attacked) == re.findall(r"<[^>]*>", plain)


@pytest.mark.parametrize("name", ["a)b", "deploy(42)", "a(b", "it's!"])
def test_link_leads_to_an_execution_with_any_name(name):
    """A person may name an execution with parentheses, which end a link of Markdown."""
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:rollouts:{name}"
    html = RENDERER.render(summary(records(execution_arn=arn)))
    (address,) = re.findall(r'<a href="([^"]*)"', html)
    assert unquote(address).endswith(arn)
