"""A subscriber of the rollout events on the bus and of the notifications on both topics."""

import json
from collections.abc import Callable
from threading import Lock
from typing import Any

_ROLLOUT_EVENTS = {"source": ["rollouts"]}
_ALLOW_DELIVERY = {
    "Effect": "Allow",
    "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


class Listener:
    """Three queues that keep all rollout events and all notifications from the first story on."""

    def __init__(self, client: Callable[[str], Any], outputs: dict[str, str]) -> None:
        self._client = client
        self._queues = client("sqs")
        self._outputs = outputs
        self._reading = Lock()
        self._received: dict[str, list[dict[str, Any]]] = {"events": [], "notifications": [], "chats": []}
        self._urls = {name: self._create_queue(name) for name in self._received}

    def subscribe(self) -> None:
        events, target = self._client("events"), {"Id": "events", "Arn": self._arn("events")}
        bus = {"EventBusName": self._outputs["RolloutBusName"]}
        events.put_rule(Name="listener", EventPattern=json.dumps(_ROLLOUT_EVENTS), **bus)
        events.put_targets(Rule="listener", Targets=[target], **bus)
        for output, queue in (("RolloutTopicArn", "notifications"), ("ChatTopicArn", "chats")):
            self._client("sns").subscribe(TopicArn=self._outputs[output], Protocol="sqs", Endpoint=self._arn(queue))

    def events(self, execution: str) -> list[dict[str, Any]]:
        """Return the rollout events of an execution in the order of their arrival, each event ID once."""
        events = [event for event in self._read("events") if event["resources"] == [execution]]
        return [*{event["detail"]["id"]: event for event in reversed(events)}.values()][::-1]

    def moves(self, alias_arn: str) -> list[dict[str, Any]]:
        """Return the details of the events that report moves of an alias outside a rollout."""
        events = [event for event in self._read("events") if event["resources"] == [alias_arn]]
        return [*{event["detail"]["id"]: event["detail"] for event in events}.values()]

    def notifications(self, execution: str) -> list[dict[str, Any]]:
        """Return the notifications of an execution, each message once: a late retry may repeat it."""
        return self._messages("notifications", execution)

    def chats(self, execution: str) -> list[dict[str, Any]]:
        """Return the messages for a chat of an execution, each message once."""
        return self._messages("chats", execution)

    def _messages(self, name: str, execution: str) -> list[dict[str, Any]]:
        notifications = [message for message in self._read(name) if execution in message["Message"]]
        return [*{message["Message"]: message for message in notifications}.values()]

    def _create_queue(self, name: str) -> str:
        policy = json.dumps({"Version": "2012-10-17", "Statement": [_ALLOW_DELIVERY]})
        return str(self._queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"])

    def _arn(self, name: str) -> str:
        attributes = self._queues.get_queue_attributes(QueueUrl=self._urls[name], AttributeNames=["QueueArn"])
        return str(attributes["Attributes"]["QueueArn"])

    def _read(self, name: str) -> list[dict[str, Any]]:
        with self._reading:
            self._received[name] += receive_all(self._queues, self._urls[name])
            return [*self._received[name]]


def receive_all(queues: Any, url: str) -> list[dict[str, Any]]:
    """Take every message from a queue; return the bodies, which are JSON documents."""
    bodies = []
    while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies
