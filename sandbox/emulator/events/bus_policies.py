"""Who may put events on a bus: its resource policy, by PutPermission and by CloudFormation."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from sandbox.emulator.seams import Answer, Record, extends

_ACTION = "events:PutEvents"


def admits(bus: Any, sender: Record, event: Record) -> bool:  # noqa: ANN401 - a bus is MiniStack's parsed ARN
    """Tell whether a bus takes this event of a sender, who is an EvalContext's principal."""
    policy = eventbridge._event_bus_policies.get_scoped(bus.account_id, bus.region, name_of(bus))
    context = {"events:source": event["Source"], "events:detail-type": event["DetailType"]}
    asked = iam_evaluator.EvalContext(
        **sender, action=_ACTION, resource_arn=str(bus), region=bus.region, service_context=context
    )
    is_own = sender["principal_account"] == bus.account_id
    return bool(iam_evaluator.resource_policy_allows(policy, asked, is_own))


def name_of(bus: Any) -> str:  # noqa: ANN401 - as above
    name: str = bus.resource.removeprefix("event-bus/")
    return name


@extends(eventbridge, "_put_permission")
def _put_permission(_original: Callable[..., Answer], request: Record) -> Answer:
    """MiniStack takes a whole policy for one that lets everybody in, and an account's number for nobody's name."""
    bus = request.get("EventBusName", "default")
    if request.get("Policy"):
        eventbridge._event_bus_policies[bus] = json.loads(request["Policy"])
    else:
        _put(bus, _statement(bus, request))
    answer: Answer = responses.json_response({})
    return answer


def _statement(bus: str, given: Record) -> Record:
    """Return the statement that Action, Principal and Condition stand for."""
    condition, principal = given.get("Condition"), given.get("Principal", "")
    arn = f"arn:aws:events:{responses.get_region()}:{responses.get_account_id()}:event-bus/{bus}"
    return {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": given.get("Action", _ACTION),
        "Resource": arn,
        **({"Condition": {condition["Type"]: {condition["Key"]: condition["Value"]}}} if condition else {}),
    }


def _put(bus: str, statement: Record) -> None:
    _remove(bus, statement["Sid"])
    policy = eventbridge._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})
    policy["Statement"].append(statement)


def _remove(bus: str, statement_id: str) -> None:
    eventbridge._remove_permission({"EventBusName": bus, "StatementId": statement_id})


def _create(_logical_id: str, properties: Record, _stack: str) -> tuple[str, Record]:
    bus, statement_id = properties.get("EventBusName", "default"), properties["StatementId"]
    if bus not in eventbridge._event_buses:
        raise ValueError(f"Event bus {bus} does not exist.")
    whole = properties.get("Statement")
    _put(bus, {**whole, "Sid": statement_id} if whole else _statement(bus, properties))
    return f"{bus}|{statement_id}", {}


def _update(physical_id: str, _old: Record, properties: Record, stack: str) -> tuple[str, Record]:
    """A changed name makes another statement; CloudFormation then deletes the one of the former name."""
    return _create(physical_id, properties, stack)


def _delete(physical_id: str, _properties: Record) -> None:
    _remove(*physical_id.split("|"))


provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
}
