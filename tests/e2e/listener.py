"""Somebody who listens to the stack's bus and has subscribed to its topic, as anybody may."""

import json
from collections.abc import Callable
from typing import Any

_NEWS = {"source": ["rollouts"]}
_LET_IN = {
    "Effect": "Allow",
    "Principal": {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


class Listener:
    """Two queues that keep all that was told, from the first story on."""

    def __init__(self, client: Callable[[str], Any], outputs: dict[str, str]) -> None:
        self._queues = client("sqs")
        self._heard: dict[str, list[dict[str, Any]]] = {"news": [], "notices": []}
        self._urls = {name: self._queue(name) for name in self._heard}
        events, bus = client("events"), outputs["RolloutBusName"]
        events.put_rule(Name="listener", EventBusName=bus, EventPattern=json.dumps(_NEWS))
        events.put_targets(Rule="listener", EventBusName=bus, Targets=[{"Id": "news", "Arn": self._arn("news")}])
        client("sns").subscribe(TopicArn=outputs["RolloutTopicArn"], Protocol="sqs", Endpoint=self._arn("notices"))

    def news(self, execution: str) -> list[dict[str, Any]]:
        """Return the events that tell of an execution, in the order in which they came; each once, by its id."""
        heard = [told for told in self._read("news") if told["detail"]["execution"]["arn"] == execution]
        return [*{told["detail"]["id"]: told for told in reversed(heard)}.values()][::-1]

    def notifications(self, execution: str) -> list[dict[str, Any]]:
        """Return what people were told of an execution; each message once, as a try that was late may repeat it."""
        heard = [told for told in self._read("notices") if execution in told["Message"]]
        return [*{told["Message"]: told for told in heard}.values()]

    def _queue(self, name: str) -> str:
        policy = json.dumps({"Version": "2012-10-17", "Statement": [_LET_IN]})
        return str(self._queues.create_queue(QueueName=name, Attributes={"Policy": policy})["QueueUrl"])

    def _arn(self, name: str) -> str:
        asked = {"QueueUrl": self._urls[name], "AttributeNames": ["QueueArn"]}
        return str(self._queues.get_queue_attributes(**asked)["Attributes"]["QueueArn"])

    def _read(self, name: str) -> list[dict[str, Any]]:
        url, heard = self._urls[name], self._heard[name]
        while messages := self._queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            heard.extend(json.loads(message["Body"]) for message in messages)
            for message in messages:
                self._queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return heard
