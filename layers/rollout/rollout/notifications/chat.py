"""Lays out a notification as a custom notification of Amazon Q Developer in chat applications."""

import json

from rollout.domain.text import shorten
from rollout.notifications.notification import NextStep, Notification

MAX_TITLE_LENGTH = 150
"""The longest header that Slack shows."""

MAX_DESCRIPTION_LENGTH = 2900
"""Slack refuses a block of text with more than 3,000 characters."""

_UNSAFE = str.maketrans({"<": "\u2039", ">": "\u203a", "`": "'"})
"""In Slack `<!channel>` notifies everyone and `<URL|text>` is a link, so text from outside has look-alikes."""


def chat_text(notification: Notification) -> str:
    """Return the message for a chat topic as JSON. The channel shows it as Markdown, in the thread of its rollout."""
    message = {
        "version": "1.0",
        "source": "custom",
        "id": notification.id,
        "content": {
            "textType": "client-markdown",
            "title": shorten(_plain(notification.title), MAX_TITLE_LENGTH),
            "description": shorten(_description(notification), MAX_DESCRIPTION_LENGTH),
            "nextSteps": [_next_step(step) for step in notification.next_steps],
            "keywords": [_plain(value) for value in notification.attributes.values()],
        },
        "metadata": {
            "threadId": notification.thread,
            "summary": shorten(_plain(notification.headline), MAX_TITLE_LENGTH),
            "eventType": notification.event_type,
            "relatedResources": [*notification.resources],
            "additionalContext": {"moment": notification.moment, "execution": notification.url},
        },
    }
    return json.dumps(message, ensure_ascii=False)


def _description(notification: Notification) -> str:
    why = [f"Why: {notification.reason}", *notification.details]
    where = [*notification.facts, f"{notification.url_of}: {notification.url}"]
    return "\n\n".join(_plain("\n".join(block)) for block in ([notification.headline], why, where))


def _next_step(step: NextStep) -> str:
    """Return a step with its command whole: a shortened command would do something else."""
    return f"{_plain(step.text)} `{step.command}`" if step.command else _plain(step.text)


def _plain(text: str) -> str:
    """Return a text in which nothing is a mention, a link with another text, or code."""
    return text.translate(_UNSAFE).replace("](", "] (")
