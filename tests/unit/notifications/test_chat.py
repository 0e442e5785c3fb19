"""Tests of the message for a chat: the schema of Amazon Q Developer, its limits, and no markup from outside."""

import json
import shlex
from typing import Any

import pytest

from rollout.notifications.chat import MAX_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, chat_text
from rollout.notifications.message import notification_of, stop_of
from rollout.notifications.notification import Notification
from tests.repository import event_samples

CONTENT = {"textType", "title", "description", "nextSteps", "keywords"}
METADATA = {"threadId", "summary", "eventType", "relatedResources", "additionalContext"}
SENT = [notification_of(make()) for make in event_samples.NOTIFIED.values()]
SENT.append(stop_of(event_samples.stopped_before_traffic()))
HOSTILE = [
    "<!channel>",
    "<@U012AB3CD>",
    "<https://evil.example|the console>",
    "[the console](https://evil.example)",
    "` and `",
    '"quoted" and \\ and \n a line',
    "</script><script>alert(1)</script>",
]


def message(sent: Notification) -> Any:
    return json.loads(chat_text(sent))


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.moment)
def test_message_has_the_schema_of_custom_notifications(sent):
    found = message(sent)
    assert (found["version"], found["source"], found["id"]) == ("1.0", "custom", sent.id)
    assert (set(found["content"]), set(found["metadata"])) == (CONTENT, METADATA)
    assert found["content"]["textType"] == "client-markdown"
    texts = [found["content"][name] for name in ("title", "description")] + [found["metadata"]["summary"]]
    assert all(isinstance(text, str) and text for text in texts)
    lists = [found["content"]["nextSteps"], found["content"]["keywords"], found["metadata"]["relatedResources"]]
    assert all(isinstance(one, str) and one for each in lists for one in each)
    assert all(isinstance(value, str) for value in found["metadata"]["additionalContext"].values())


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.moment)
def test_message_has_the_same_facts_as_the_e_mail(sent):
    description = message(sent)["content"]["description"]
    assert description.startswith(f"{sent.headline}\n\nWhy: {sent.reason}")
    look_alikes = str.maketrans({"<": "\u2039", ">": "\u203a"})
    assert all(line.translate(look_alikes) in description for line in (*sent.details, *sent.facts, sent.url))
    assert message(sent)["metadata"]["threadId"] == sent.thread


def test_command_to_paste_is_code_and_whole():
    """A shell reads the same command out of the chat as out of the e-mail."""
    (sent,) = [one for one in SENT if one.moment == "approval_requested"]
    shown = [step.split("`")[1] for step in message(sent)["content"]["nextSteps"]]
    assert shown == [step.command for step in sent.next_steps]
    assert json.loads(shlex.split(shown[0])[-1])["command"] == "approve"


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["title", "headline", "reason"])
def test_text_from_outside_is_no_mention_no_link_and_no_code(text, field):
    found = message(SENT[0].model_copy(update={field: f"before {text} after"}))
    shown = [found["content"]["title"], found["content"]["description"], found["metadata"]["summary"]]
    assert any("before " in one for one in shown)
    assert [one for one in shown if any(markup in one for markup in ("<", ">", "`", "]("))] == []


@pytest.mark.parametrize("length", [1, MAX_TITLE_LENGTH, 4_000])
def test_long_texts_are_shortened_and_commands_are_not(length):
    long = "x" * length
    sent = SENT[0].model_copy(update={"title": long, "headline": long, "reason": long})
    content, metadata = message(sent)["content"], message(sent)["metadata"]
    assert len(content["title"]) <= MAX_TITLE_LENGTH >= len(metadata["summary"])
    assert len(content["description"]) <= MAX_DESCRIPTION_LENGTH
    assert content["nextSteps"] == message(SENT[0])["content"]["nextSteps"]
