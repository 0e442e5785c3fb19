"""Delivers events to a bus in another account or region, for PutEvents and for the targets of rules.

An event that a rule cannot deliver goes to its target's dead-letter queue. EventBridge does not forward an event that a
rule has already forwarded.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.core.arn import parse_arn
from ministack.services import eventbridge, sqs

from sandbox.emulator.events.bus_policies import allows, name_of
from sandbox.emulator.iam.role_sessions import Session
from sandbox.emulator.seams import Answer, Original, Record, extends

_SERVICE = "events.amazonaws.com"
_MOST_ENTRIES = 10
_SCHEDULED = "aws.events"
_FORWARDED = "_DispatchPath"  # MiniStack's own marker of a forwarded event, which it drops between accounts

Bus = Any  # MiniStack's parsed ARN, whose type it does not declare


@extends(eventbridge, "_put_events")
def _put_events(original: Callable[..., Answer], request: Record, *, allow_aws_source: bool = False) -> Answer:
    entries = request.get("Entries", [])
    if len(entries) > _MOST_ENTRIES or not any(_bus_elsewhere(entry) for entry in entries):
        return original(request, allow_aws_source=allow_aws_source)
    events = [(entry, _bus_elsewhere(entry), _event(entry)) for entry in entries]
    refused = next((bus for _, bus, event in events if bus and not allows(bus, _caller(), event)), None)
    if refused:
        return _refuse(str(refused))
    results = [_put_elsewhere(bus, event) if bus else _put_here(original, entry) for entry, bus, event in events]
    failed = sum("ErrorCode" in result for result in results)
    answer: Answer = responses.json_response({"FailedEntryCount": failed, "Entries": results})
    return answer


def _put_here(original: Callable[..., Answer], entry: Record) -> Record:
    _status, _headers, body = original({"Entries": [entry]})
    result: Record = json.loads(body)["Entries"][0]
    return result


def _put_elsewhere(bus: Bus, event: Record) -> Record:
    if event["Source"].startswith("aws."):
        return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
    _deliver(bus, event)
    return {"EventId": event["EventId"]}


def _bus_elsewhere(entry: Record) -> Bus | None:
    """Return the bus of another account that an entry names; PutEvents does not reach another region."""
    name = entry.get("EventBusName", "default")
    bus = parse_arn(name) if name.startswith("arn:") else None
    is_foreign = bus and bus.account_id != responses.get_account_id() and bus.region == responses.get_region()
    return bus if is_foreign and _exists(bus) else None


def _event(entry: Record) -> Record:
    return {
        "EventId": responses.new_uuid(),
        "Source": entry.get("Source", ""),
        "DetailType": entry.get("DetailType", ""),
        "Detail": entry.get("Detail", "{}"),
        "Time": int(time.time()),
        "Resources": entry.get("Resources", []),
        "Account": responses.get_account_id(),
        "Region": responses.get_region(),
    }


def _caller() -> Record:
    arn = iam_evaluator.caller_arn()
    kind = "AssumedRole" if ":assumed-role/" in arn else "User"
    return {"principal_arn": arn, "principal_type": kind, "principal_account": responses.get_account_id()}


def _refuse(arn: str) -> Answer:
    message = (
        f"User: {iam_evaluator.caller_arn()} is not authorized to perform: events:PutEvents on resource: {arn} "
        "because no resource-based policy allows the events:PutEvents action"
    )
    answer: Answer = responses.error_response_json("AccessDeniedException", message, 400)
    return answer


@extends(eventbridge, "_invoke_target")
def _invoke_target(original: Original, target: Record, event: Record, rule: Record, *view: object) -> None:
    if ":event-bus/" not in target.get("Arn", ""):
        original(target, event, rule, *view)
        return
    bus = parse_arn(target["Arn"])
    if event.get(_FORWARDED):
        return
    if _is_local(bus):
        original(target, event, rule, *view)
    elif reason := _refusal_reason(bus, target.get("RoleArn", ""), event, rule):
        send_to_dead_letter_queue(target, event, rule, reason)
    else:
        _deliver(bus, {**event, _FORWARDED: [rule["Arn"]]})


def _refusal_reason(bus: Bus, role_arn: str, event: Record, rule: Record) -> str | None:
    """Return why a target's role may not put this event on the bus; None if it may."""
    if event["Source"] == _SCHEDULED:
        return "No documentation says that a scheduled rule reaches a bus of another account."
    if role_arn.split(":")[4:5] != [responses.get_account_id()]:
        return f"The target has no role in its own account: {role_arn or 'none'}."
    session = Session(role_arn, rule["Name"])
    if not session.serves(_SERVICE, {"aws:sourcearn": rule["Arn"], "aws:sourceaccount": session.account}):
        return f"The role {role_arn} does not trust {_SERVICE}."
    if not session.may("events:PutEvents", str(bus)):
        return f"The role {role_arn} may not call events:PutEvents on {bus}."
    if not _exists(bus):
        return f"The bus {bus} does not exist."
    context = session.context("events:PutEvents", str(bus), {})
    sender = {name: getattr(context, name) for name in ("principal_arn", "principal_type", "principal_account")}
    return (
        None
        if allows(bus, sender, event)
        else f"The policy of {bus} does not allow {session.account} to put this event."
    )


def send_to_dead_letter_queue(target: Record, event: Record, rule: Record, reason: str) -> None:
    """Send an undeliverable event to the target's dead-letter queue, if EventBridge may write to it."""
    arn = (target.get("DeadLetterConfig") or {}).get("Arn")
    if not arn or not sqs.queue_policy_allows(arn, _SERVICE, rule["Arn"], responses.get_account_id()):
        return
    eventbridge._dispatch_to_sqs(parse_arn(arn), json.dumps(eventbridge._pattern_event_view(event).event_with_detail()))
    fields = {
        "RULE_ARN": rule["Arn"],
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": "NO_PERMISSIONS",
        "ERROR_MESSAGE": reason,
    }
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in fields.items()}
    sqs._queue_by_arn(arn)["messages"][-1]["message_attributes"] = attributes


def _deliver(bus: Bus, event: Record) -> None:
    """Match an event with the rules of a bus; the event keeps its sender's account and region."""
    with responses.request_scope(bus.account_id, bus.region):
        delivered = {**event, "EventBusName": name_of(bus)}
        eventbridge._dispatch_event(delivered)
        eventbridge._archive_event({name: value for name, value in delivered.items() if name != _FORWARDED})


def _is_local(bus: Bus) -> bool:
    return (bus.account_id, bus.region) == (responses.get_account_id(), responses.get_region())


def _exists(bus: Bus) -> bool:
    with responses.request_scope(bus.account_id, bus.region):
        eventbridge._ensure_default_bus()
        return name_of(bus) in eventbridge._event_buses
