"""Questions about CloudTrail, asked last, because its event history is minutes late, and one about EventBridge."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_LOOKBACK = timedelta(hours=2)
_NAMES = ("UpdateAlias20150331", "UpdateAlias")
_TEXT = 'a "quote", a \\ and\na line'
_TRANSFORMER = {"InputPathsMap": {"text": "$.detail.text"}, "InputTemplate": '{"text": <text>}'}
_TRIES = 12
"""How often an event is put and waited for: a new rule takes up to a minute to match."""


def _writer(stage: Stage) -> Answer:
    found = {name: _count(stage, name) for name in _NAMES}
    shown = ", ".join(f"{name}: {count} events" for name, count in found.items())
    return Answer(shown, any(found.values()))


def _count(stage: Stage, name: str) -> int:
    answer = stage.account.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}],
        StartTime=datetime.now(UTC) - _LOOKBACK,
        EndTime=datetime.now(UTC),
    )
    return sum(stage.shop.name in event["CloudTrailEvent"] for event in answer["Events"])


def _escapes(stage: Stage) -> Answer:
    source = f"{stage.shop.name}.escapes"
    with _queue_behind_rule(stage, source) as url:
        body = _first_body(stage, source, url)
    if body is None:
        return Answer("no event arrived", holds=None)
    return Answer(f"the queue received {body}", _text_of(body) == _TEXT)


def _text_of(body: str) -> object:
    try:
        return json.loads(body)["text"]
    except (ValueError, KeyError, TypeError):
        return None


def _first_body(stage: Stage, source: str, url: str) -> str | None:
    events, queues = stage.account.client("events"), stage.account.client("sqs")
    entry = {"Source": source, "DetailType": "Probe", "Detail": json.dumps({"text": _TEXT})}
    for _ in range(_TRIES):
        events.put_events(Entries=[entry])
        messages = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5).get("Messages", [])
        if messages:
            return str(messages[0]["Body"])
        time.sleep(stage.pace.period / _TRIES)
    return None


@contextmanager
def _queue_behind_rule(stage: Stage, source: str) -> Iterator[str]:
    """Yield the address of a queue that receives what a rule with an input template makes of the events."""
    events, queues, name = stage.account.client("events"), stage.account.client("sqs"), source.replace(".", "-")
    url = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    try:
        rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))["RuleArn"]
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(_policy(arn, rule))})
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn, "InputTransformer": _TRANSFORMER}])
        yield url
    finally:
        events.remove_targets(Rule=name, Ids=["queue"])
        events.delete_rule(Name=name)
        queues.delete_queue(QueueUrl=url)


def _policy(queue: str, rule: str) -> dict[str, Any]:
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return {"Version": "2012-10-17", "Statement": [allowed]}


TRAIL_PROBES = (
    Probe("writer-of-an-alias", "LookupEvents lists the writes of an alias", _writer),
    Probe("escapes-of-an-input-template", "a field that stands for a whole value of JSON is written as JSON", _escapes),
)
