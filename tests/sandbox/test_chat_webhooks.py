"""The template docs/examples/chat-webhooks, deployed: what Slack and Microsoft Teams receive of each rollout event."""

import json
import shlex
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from subprocess import run
from threading import Thread
from typing import Any

import pytest

from tests.repository import event_samples

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "docs" / "examples" / "chat-webhooks" / "template.yaml"
BUS = "rollouts-of-chats"
ENDINGS = ["rollout-promoted", "rollout-rolled-back", "rollout-handed-over", "rollback-failed"]
REQUESTS = ["approval-requested", "rollout-paused", "rollout-frozen"]
NOT_POSTED = sorted({*event_samples.EVENTS} - {*ENDINGS, *REQUESTS})
HOSTILE = [
    'the "database" is slow',
    "one line\nand another\r\n\tand a tab",
    "a \\ at the end \\",
    '"}]}, {"text": "injected',
    "<!channel> <https://evil.example|the console> [the console](https://evil.example)",
    "<sentence> <type> <command>",
    "</script><script>alert(1)</script>",
    "\u2028 \u0000 \U0001f4a5 Ünïcode",
    "x" * 3_900,
]
Received = dict[str, "Queue[bytes]"]


@pytest.fixture(scope="module")
def webhooks() -> Iterator[tuple[str, Received]]:
    """Two webhooks; what each has received, by its path."""
    received: Received = {"/slack": Queue(), "/teams": Queue(), "/team-channel": Queue()}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received[self.path].put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", received
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def put(emulator, webhooks) -> Callable[..., None]:
    """Put an event on the bus, after the template is deployed for every channel, and for the channel `checkout`."""
    url, _ = webhooks
    emulator.client("events").create_event_bus(Name=BUS)
    deploy(emulator, "chat", SlackWebhookUrl=f"{url}/slack", TeamsWebhookUrl=f"{url}/teams")
    deploy(emulator, "team-chat", SlackWebhookUrl=f"{url}/team-channel", Channel="checkout")

    def put_event(name: str, **changes: object) -> None:
        event = event_samples.EVENTS[name]().model_copy(update=changes)
        entry = {"EventBusName": BUS, "Source": "rollouts", "DetailType": event.detail_type}
        detail = event.model_dump_json(exclude_none=True)
        answer = emulator.client("events").put_events(Entries=[entry | {"Detail": detail}])
        assert answer["FailedEntryCount"] == 0

    return put_event


def deploy(emulator: Any, stack: str, **parameters: str) -> None:
    formation = emulator.client("cloudformation")
    given = {"RolloutBusName": BUS} | parameters
    formation.create_stack(
        StackName=stack,
        TemplateBody=TEMPLATE.read_text(),
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})


@pytest.fixture
def received(webhooks) -> Callable[[str], Any]:
    """Return the next message that a webhook receives."""
    _, queues = webhooks
    return lambda path: json.loads(queues[path].get(timeout=20))


def slack_texts(message: Any) -> list[str]:
    """Return the plain texts of a message for Slack, and hold its form against the one of Block Kit."""
    header, body, context = message["blocks"]
    assert (header["type"], header["text"]["type"], body["type"], context["type"]) == (
        "header",
        "plain_text",
        "rich_text",
        "context",
    )
    assert {element["type"] for element in body["elements"]} <= {"rich_text_section", "rich_text_preformatted"}
    assert {element["type"] for element in context["elements"]} == {"plain_text"}
    assert all(len(element["text"]) <= 3_000 for element in [header["text"], *context["elements"]])
    return [part["text"] for element in body["elements"] for part in element["elements"] if part["type"] == "text"]


def teams_texts(message: Any) -> list[str]:
    """Return the plain texts of a message for Teams, and hold its form against the one of an Adaptive Card."""
    (attachment,) = message["attachments"]
    assert (message["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    title, *texts, facts = attachment["content"]["body"]
    assert (attachment["content"]["type"], title["type"], facts["type"]) == ("AdaptiveCard", "TextBlock", "FactSet")
    assert {text["type"] for text in texts} == {"RichTextBlock"}
    return [run["text"] for text in texts for run in text["inlines"]]


@pytest.mark.parametrize("name", ENDINGS)
def test_ending_is_posted_to_both(put, received, name):
    event = event_samples.EVENTS[name]()
    put(name)
    slack, teams = received("/slack"), received("/teams")
    assert slack_texts(slack) == teams_texts(teams) == [event.sentence]
    assert slack["text"] == f"{event.detail_type}: my-api:live"
    assert slack["blocks"][2]["elements"][0]["text"] == "my-api:live, account 123456789012, eu-west-1"


@pytest.mark.parametrize("name", REQUESTS)
def test_request_is_posted_to_both_with_the_command_to_paste(put, received, name):
    event = event_samples.EVENTS[name]()
    put(name)
    texts = slack_texts(received("/slack"))
    assert texts == teams_texts(received("/teams")) == [event.sentence, event.command_line]
    assert shlex.split(texts[1])[0] == "aws"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["rollout-rolled-back", "approval-requested"])
def test_reason_with_any_characters_arrives_as_it_is(put, received, name, text):
    """Quotes and line breaks of a reason leave the message valid, and put nothing else into it."""
    put(name, sentence=text)
    assert (slack_texts(received("/slack"))[0], teams_texts(received("/teams"))[0]) == (text, text)


def test_version_that_was_stopped_before_traffic_is_posted_and_a_refused_request_is_not(put, received, webhooks):
    put("rollout-rejected")
    put("rollout-rejected", error="StoppedBeforeTrafficError", sentence="stopped")
    assert slack_texts(received("/slack")) == teams_texts(received("/teams")) == ["stopped"]


def test_completed_ending_and_other_events_are_not_posted(put, received):
    """The next message is of the ending that follows them."""
    put("rollout-handed-over", completes="the first event", sentence="completed")
    for name in NOT_POSTED:
        put(name)
    put("rollout-promoted", sentence="last")
    assert slack_texts(received("/slack")) == teams_texts(received("/teams")) == ["last"]


def test_team_gets_its_own_channel_only(put, received):
    for channel in (None, "search", "checkout"):
        put("rollout-promoted", channel=channel, sentence=f"of {channel}")
        assert slack_texts(received("/slack")) == teams_texts(received("/teams")) == [f"of {channel}"]
    assert slack_texts(received("/team-channel")) == ["of checkout"]


def test_template_passes_the_linter():
    linter = ROOT / ".venv" / "bin" / "cfn-lint"
    linted = run([linter, "--regions", "us-east-1", "--", TEMPLATE], capture_output=True, text=True, check=False)  # noqa: S603
    assert (linted.returncode, linted.stdout) == (0, "")
