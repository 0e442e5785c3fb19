"""Tests of notifications: both topics, the stack's choice of moments, and the channel that a function's tag names."""

import json

import pytest

from tests.integration.conftest import begin_rollback, client, event, owned_entry

TOPIC = "arn:aws:sns:eu-west-1:123456789012:rollouts"
NO_TOPIC = "arn:aws:sns:eu-west-1:123456789012:no-such-topic"
TAGGED = event("close_rollout") | {"channel": "checkout"}
pytestmark = pytest.mark.usefixtures("my_api", "locked", "lambda_wire", "state_machine")


@pytest.fixture
def in_rollback(locked):
    begin_rollback()


@pytest.fixture
def close(handle, monkeypatch):
    """Close the rollout in events/ under changed settings, with None for a missing one; return its ending."""

    def run(**settings):
        for name, value in settings.items():
            monkeypatch.delenv(name)
            if value is not None:
                monkeypatch.setenv(name, value)
        return handle("close_rollout", event("close_rollout"))["ending"]

    return run


@pytest.fixture
def received(notifications, chats):
    """Called, it returns how many messages each of the two topics has had."""
    return lambda: (len(notifications()), len(chats()))


@pytest.fixture
def not_published(capsys):
    """Called, it returns what could not be published."""

    def counted():
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return [line["event"] for line in lines if "EventsNotPublished" in line]

    return counted


def test_chat_gets_the_message_of_its_schema_with_the_same_attributes(handle, notifications, chats):
    handle("close_rollout", TAGGED)
    (mail,), (chat,) = notifications(), chats()
    message = json.loads(chat["Message"])
    assert (message["version"], message["source"]) == ("1.0", "custom")
    assert message["metadata"]["threadId"] == "123456789012/eu-west-1/my-api-2-5f0c9d3f8a1b"
    assert chat["MessageAttributes"] == mail["MessageAttributes"]
    assert mail["MessageAttributes"]["channel"]["Value"] == "checkout"
    assert mail["Message"].startswith(message["content"]["description"].split("\n\n")[0])


BROKEN = {"TOPIC_ARN": (0, 1, "notification"), "CHAT_TOPIC_ARN": (1, 0, "chat notification")}


@pytest.mark.parametrize("value", [NO_TOPIC, None])
@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.usefixtures("in_rollback")
def test_one_topic_never_prevents_the_other(close, received, not_published, name, value):
    """P10: nor the ending; a missing setting is the same as a missing topic."""
    assert close(**{name: value})["outcome"] == "rolled_back"
    assert owned_entry("lock") is None
    assert (*received(), *not_published()) == BROKEN[name]


@pytest.mark.parametrize(("notify_on", "count"), [("promoted,frozen", 0), ("", 0), ("rolled_back", 1)])
def test_only_chosen_moments_are_notified(close, published, received, notify_on, count):
    """The event is published all the same."""
    close(NOTIFY_ON=notify_on)
    assert (*received(), len(published())) == (count, count, 1)


def test_failed_rollback_is_notified_whatever_is_chosen(handle, notifications, monkeypatch):
    monkeypatch.setenv("NOTIFY_ON", "promoted")
    handle("shift_traffic", event("shift_traffic"))
    handle("close_rollout", event("close_rollout_without_an_ending"))
    assert [one["Subject"] for one in notifications()] == ["ROLLBACK FAILED: my-api:live may be split, act now"]


@pytest.mark.parametrize("notify_on", ["promotted", "promoted;paused", None])
def test_choice_that_cannot_be_read_is_refused_and_every_moment_notified(
    close, notifications, not_published, caplog, notify_on
):
    """P10: an unreadable setting neither harms a rollout nor keeps its ending from people."""
    assert close(NOTIFY_ON=notify_on)["outcome"] == "rolled_back"
    assert (len(notifications()), not_published()) == (1, ["setting NotifyOn"])
    (warning,) = [one for one in caplog.records if getattr(one, "event", "") == "setting NotifyOn"]
    assert ("MomentsUnreadableError" if notify_on else "KeyError") in warning.error


def subscribe(name, policy):
    """Return a reader of a queue that gets what matches a filter policy."""
    url = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    client("sns").subscribe(
        TopicArn=TOPIC,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:eu-west-1:123456789012:{name}",
        Attributes={"FilterPolicy": json.dumps(policy)},
    )
    return lambda: [
        json.loads(message["Body"])["Subject"]
        for message in client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


FILTERS = [
    ({"channel": ["checkout"]}, ["checkout"]),
    ({"channel": ["search"]}, ["search"]),
    ({"channel": [{"prefix": "check"}]}, ["checkout"]),
    ({"channel": [{"exists": False}]}, [None]),
    ({"moment": ["rolled_back"], "channel": ["checkout", "search"]}, ["checkout", "search"]),
    ({"moment": ["promoted"]}, []),
    ({"ending": ["Rollout Rolled Back"]}, ["checkout", "search", None]),
]


@pytest.mark.parametrize(("policy", "channels"), FILTERS, ids=str)
def test_subscriber_gets_the_channel_that_it_filters_by(handle, policy, channels):
    received = subscribe("filtered", policy)
    for channel in ("checkout", "search", None):
        handle("close_rollout", event("close_rollout") | ({"channel": channel} if channel else {}))
    assert len(received()) == len(channels)


def test_channel_goes_from_the_tag_to_the_notification(handle, notifications, published, monkeypatch):
    """The guardian has it too, from the lock."""
    arn = client("lambda").get_function(FunctionName="my-api")["Configuration"]["FunctionArn"].removesuffix(":$LATEST")
    client("lambda").tag_resource(Resource=arn, Tags={"rollout:channel": "checkout"})
    monkeypatch.setattr("rollout.aws.step_functions.Executions.find_status", lambda _self, _arn: "ABORTED")
    client("dynamodb").delete_item(
        TableName="ledger", Key={"target": {"S": owned_entry("lock")["target"]}, "entry": {"S": "lock"}}
    )
    begun = handle("prepare_rollout", event("prepare_rollout_operator_minimum"))
    assert begun["channel"] == "checkout"
    handle("shift_traffic", begun)
    handle("guardian", event("guardian"))
    assert {envelope["detail"]["channel"] for envelope in published()} == {"checkout"}
    (notification,) = notifications()
    assert notification["MessageAttributes"]["channel"]["Value"] == "checkout"


def test_malformed_channel_is_refused_with_the_command_that_sets_it(handle):
    """P6."""
    arn = client("lambda").get_function(FunctionName="my-api")["Configuration"]["FunctionArn"].removesuffix(":$LATEST")
    client("lambda").tag_resource(Resource=arn, Tags={"rollout:channel": "the checkout team"})
    answer = handle("prepare_rollout", event("prepare_rollout_operator_minimum"))
    assert (answer["start"], answer["Error"]) == ("reject", "InvalidTagsError")
    assert 'The tag rollout:channel is "the checkout team", but it must name the channel' in answer["Cause"]
    assert f"aws lambda tag-resource --resource {arn} --tags rollout:channel=checkout-team" in answer["Cause"]
