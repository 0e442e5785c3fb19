"""What the canary's log says stands in the text of a notification, and stays short."""

from rollout.domain.enums import LogChange, Outcome, Verdict
from rollout.lifecycle.rollback import Closing, read_closing
from rollout.notifications.build_events import ending_event
from rollout.notifications.canary_logs import format_logs
from rollout.notifications.message import notification_of
from rollout.state.canary_logs import CanaryLogs, LogFinding, LogSample
from rollout.state.endings import ending_of
from tests.samples import AT, judgement, rollout

REQUEST = "8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44"
FINDING = LogFinding(
    change=LogChange.NEW,
    signature="KeyError: <text>",
    canary_lines=41,
    stable_lines=0,
    sentence="new: 41 lines in 1,203 calls of version 4, none in 10,870 calls of version 3",
    samples=(LogSample(at=AT, request_id=REQUEST, line="KeyError: 'customer'"), LogSample(at=AT, line="second")),
)
LOGS = CanaryLogs(
    sentence="version 4 logs 1 error that version 3 does not log",
    scope="read all 41 error lines of version 4",
    findings=(FINDING,),
)


def closing(logs: CanaryLogs | None = LOGS) -> Closing:
    return read_closing(rollout(judgement=judgement(Verdict.UNHEALTHY)).document()).model_copy(
        update={"canary_logs": logs}
    )


def test_each_error_has_its_numbers_and_its_first_sample():
    assert format_logs(LOGS) == [
        "The canary's log: version 4 logs 1 error that version 3 does not log.",
        "- KeyError: <text>",
        "  new: 41 lines in 1,203 calls of version 4, none in 10,870 calls of version 3",
        f"  2026-03-01T12:00:00Z, request {REQUEST}: KeyError: 'customer'",
        "(The query read all 41 error lines of version 4.)",
    ]


def test_log_that_was_not_to_be_read_is_not_mentioned():
    assert format_logs(None) == []


def test_log_that_was_not_read_is_one_line():
    logs = CanaryLogs(sentence="the log of version 4 was not read: access denied")
    assert format_logs(logs) == ["The canary's log: the log of version 4 was not read: access denied."]


def test_errors_that_are_not_shown_are_counted():
    text = format_logs(LOGS.model_copy(update={"findings": (FINDING,) * 5, "further": 2}))
    assert "- and 4 more" in text


def test_event_and_notification_of_a_rollback_hold_the_log():
    event = ending_event(closing(), ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again"), AT)
    assert event.model_dump()["canary_logs"] == LOGS.model_dump()
    assert "KeyError: 'customer'" in notification_of(event).text


def test_other_endings_hold_no_log():
    event = ending_event(closing(), ending_of(Outcome.HANDED_OVER, "my-api:live was moved"), AT)
    assert "canary_logs" not in event.model_dump()
    assert "The canary's log" not in notification_of(event).text
