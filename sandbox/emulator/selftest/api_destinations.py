"""Checks of API destinations, with the queues of the checks of events."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from threading import Thread
from typing import Any

from sandbox.accounts import MEMBER, OTHER_REGION
from sandbox.emulator.selftest.events import arn, policy_document, received, resource
from sandbox.emulator.selftest.fixtures import Fixture

_HOSTILE = 'a "quote", a \\ and\na line'
_TRANSFORMER = {
    "InputPathsMap": {"text": "$.detail.text", "name": "$.detail-type"},
    "InputTemplate": '{"text": <text>, "title": "<name> has changed"}',
}
_TARGET = {
    "Id": "webhook",
    "Arn": arn("Destination"),
    "RoleArn": arn("Role"),
    "InputTransformer": _TRANSFORMER,
    "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{OTHER_REGION}:{MEMBER}:dead-letters"},
}
_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "key"}}
_STACK = "webhook"


def _resources(url: str, *, may_post: bool) -> dict[str, Any]:
    allowed = policy_document(Action="events:InvokeApiDestination" if may_post else "events:PutEvents", Resource="*")
    service = {"Service": "events.amazonaws.com"}
    trust = policy_document(Principal=service, Action="sts:AssumeRole")
    policies = [{"PolicyName": "post", "PolicyDocument": allowed}]
    connected = {"ConnectionArn": arn("Connection"), "HttpMethod": "POST"}
    return {
        "Connection": resource("Events::Connection", AuthorizationType="API_KEY", AuthParameters=_KEY),
        "Destination": resource("Events::ApiDestination", InvocationEndpoint=url, **connected),
        "Role": resource("IAM::Role", AssumeRolePolicyDocument=trust, Policies=policies),
        "Rule": resource("Events::Rule", EventPattern={"source": ["webhook"]}, Targets=[_TARGET]),
    }


@contextmanager
def _endpoint() -> Iterator[tuple[str, "Queue[tuple[str, bytes]]"]]:
    """Serve a webhook; yield its address and what it receives: the key and the body."""
    bodies: Queue[tuple[str, bytes]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.put((self.headers["X-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", bodies
    finally:
        server.shutdown()
        server.server_close()


def _put(fixture: Fixture, url: str, *, may_post: bool) -> None:
    """Deploy the rule, and put an event that it matches."""
    formation = fixture.client("cloudformation", MEMBER, region=OTHER_REGION)
    template, capabilities = json.dumps({"Resources": _resources(url, may_post=may_post)}), ["CAPABILITY_IAM"]
    formation.create_stack(StackName=_STACK, TemplateBody=template, Capabilities=capabilities)
    formation.get_waiter("stack_create_complete").wait(StackName=_STACK, WaiterConfig={"Delay": 0.05})
    entry = {"Source": "webhook", "DetailType": "Test", "Detail": json.dumps({"text": _HOSTILE})}
    fixture.client("events", MEMBER, region=OTHER_REGION).put_events(Entries=[entry])
    formation.delete_stack(StackName=_STACK)
    formation.get_waiter("stack_delete_complete").wait(StackName=_STACK, WaiterConfig={"Delay": 0.05})


def _event_posted(fixture: Fixture) -> bool:
    """A rule posts to an API destination of CloudFormation, and a field that stands for a whole value is escaped."""
    with _endpoint() as (url, bodies):
        _put(fixture, url, may_post=True)
        key, body = bodies.get(timeout=10)
    return (key, json.loads(body)) == ("key", {"text": _HOSTILE, "title": "Test has changed"})


def _role_checked(fixture: Fixture) -> bool:
    """An event that the target's role may not post goes to the dead-letter queue."""
    with _endpoint() as (url, bodies):
        _put(fixture, url, may_post=False)
    dead_letters = received(fixture.client("sqs", MEMBER, region=OTHER_REGION), "dead-letters")
    return ([event["source"] for event in dead_letters], bodies.empty()) == (["webhook"], True)


CHECKS = [_event_posted, _role_checked]
