"""Why a canary failed, in its own words: in the event, the ledger and the notification of its rollback."""

import re

import pytest

from tests.e2e.stories.judging import canary_cannot_be_invoked
from tests.e2e.stories.member_accounts import faulty_member_version
from tests.e2e.stories.starts import faulty_version_published, healthy_version_published

ERROR = "CheckoutError: The payment service does not respond."

rolled_back = pytest.mark.parametrize("story", [faulty_version_published, faulty_member_version])


def logs_of(stack, rollout):
    (event,) = (
        event["detail"]
        for event in stack.listener.events(rollout.execution)
        if event["detail-type"] in ("Rollout Rolled Back", "Rollout Promoted")
    )
    return event.get("canary_logs")


@rolled_back
def test_event_of_rollback_holds_the_new_error_with_samples(stories, stack, story):
    logs = logs_of(stack, stories(story))
    assert logs["sentence"] == "version 2 logs 1 error that version 1 does not log"
    (finding,) = logs["findings"]
    assert (finding["change"], finding["stable_lines"]) == ("new", 0)
    assert finding["signature"].startswith(ERROR)
    assert 1 <= len(finding["samples"]) <= 3
    assert all(sample["line"].startswith(ERROR) for sample in finding["samples"])
    assert all(re.fullmatch(r"[0-9a-f-]{36}", sample["request_id"]) for sample in finding["samples"])
    assert logs["scope"].startswith("read ")


@rolled_back
def test_ledger_and_notification_of_rollback_hold_the_new_error(stories, stack, story):
    rollout = stories(story)
    (entry,) = stack.ledger.rollouts(rollout.shop)
    (notification,) = stack.listener.notifications(rollout.execution)
    assert ERROR in entry["canary_logs"]
    assert f"- {ERROR}" in notification["Message"]


def test_log_of_canary_that_never_ran_has_no_error(stories, stack):
    """P5: the sentence does not call it healthy."""
    logs = logs_of(stack, stories(canary_cannot_be_invoked))
    assert logs["sentence"] == "the log of version 2 has no error line in these minutes"
    assert "findings" not in logs or logs["findings"] == []


def test_log_of_promoted_version_is_not_read(stories, stack):
    rollout = stories(healthy_version_published)
    assert logs_of(stack, rollout) is None
    assert "ReadCanaryLogs" not in stack.executions.inputs(rollout.execution)
