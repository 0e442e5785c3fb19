"""Connections and API destinations in CloudFormation, and the role by which a rule posts to one.

MiniStack has their API and posts the event. It has no resources for them, asks no role, and drops what an endpoint
refuses; an event that the role may not post goes to the target's dead-letter queue here, as on AWS.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Callable

from ministack.core import responses
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from sandbox.emulator.events.cross_account import send_to_dead_letter_queue
from sandbox.emulator.iam.role_sessions import Session
from sandbox.emulator.seams import Answer, Original, Record, extends

_SERVICE = "events.amazonaws.com"
_ACTION = "events:InvokeApiDestination"


@extends(eventbridge, "_invoke_target")
def _post_by_role(original: Original, target: Record, event: Record, rule: Record, *view: object) -> None:
    is_refused = ":api-destination/" in target.get("Arn", "") and not _may_post(target, rule)
    if is_refused:
        reason = f"The role {target.get('RoleArn')} may not call {_ACTION} on {target['Arn']}."
        send_to_dead_letter_queue(target, event, rule, reason)
    else:
        original(target, event, rule, *view)


def _may_post(target: Record, rule: Record) -> bool:
    """Return whether the target's role trusts EventBridge and may post to the destination."""
    role = target.get("RoleArn", "")
    if role.split(":")[4:5] != [responses.get_account_id()]:
        return False
    session = Session(role, rule["Name"])
    context = {"aws:sourcearn": rule["Arn"], "aws:sourceaccount": session.account}
    return session.serves(_SERVICE, context) and session.may(_ACTION, target["Arn"])


def _register(kind: str, call: Callable[[Record], Answer], delete: Callable[[Record], Answer]) -> None:
    """Let CloudFormation create a resource by a call of the API, and delete it."""

    def create(logical_id: str, properties: Record, stack: str) -> tuple[str, Record]:
        name = properties.get("Name") or provisioners._physical_name(stack, logical_id, max_len=64)
        status, _headers, body = call({**properties, "Name": name})
        answer = json.loads(body)
        if status >= 400:  # noqa: PLR2004 - an error
            raise ValueError(f"AWS::Events::{kind}: {answer.get('message') or answer}")
        return name, {"Arn": answer[f"{kind}Arn"]}

    def remove(physical_id: str, _properties: Record) -> None:
        delete({"Name": physical_id})

    provisioners._RESOURCE_HANDLERS[f"AWS::Events::{kind}"] = {"create": create, "delete": remove}


_register("Connection", eventbridge._create_connection, eventbridge._delete_connection)
_register("ApiDestination", eventbridge._create_api_destination, eventbridge._delete_api_destination)
