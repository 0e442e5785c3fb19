"""The resource policy of an event bus, set by PutPermission and by CloudFormation."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from sandbox.emulator.seams import Answer, Record, extends

_ACTION = "events:PutEvents"


def allows(bus: Any, sender: Record, event: Record) -> bool:  # noqa: ANN401 - a bus is MiniStack's parsed ARN
    """Return whether the bus's policy allows this event; the sender has the principal fields of an EvalContext."""
    policy = eventbridge._event_bus_policies.get_scoped(bus.account_id, bus.region, name_of(bus))
    context = {"events:source": event["Source"], "events:detail-type": event["DetailType"]}
    request = iam_evaluator.EvalContext(
        **sender, action=_ACTION, resource_arn=str(bus), region=bus.region, service_context=context
    )
    is_own = sender["principal_account"] == bus.account_id
    return bool(iam_evaluator.resource_policy_allows(policy, request, is_own))


def name_of(bus: Any) -> str:  # noqa: ANN401 - as above
    name: str = bus.resource.removeprefix("event-bus/")
    return name


@extends(eventbridge, "_put_permission")
def _put_permission(_original: Callable[..., Answer], request: Record) -> Answer:
    """MiniStack stores a policy document as Allow *, and does not match an account number to a principal."""
    bus = request.get("EventBusName", "default")
    if request.get("Policy"):
        eventbridge._event_bus_policies[bus] = json.loads(request["Policy"])
    else:
        _put(bus, _statement(bus, request))
    response: Answer = responses.json_response({})
    return response


def _statement(bus: str, parameters: Record) -> Record:
    """Return the policy statement for the parameters Action, Principal and Condition."""
    condition, principal = parameters.get("Condition"), parameters.get("Principal", "")
    arn = f"arn:aws:events:{responses.get_region()}:{responses.get_account_id()}:event-bus/{bus}"
    return {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {"AWS": f"arn:aws:iam::{principal}:root"},
        "Action": parameters.get("Action", _ACTION),
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
    statement = properties.get("Statement")
    _put(bus, {**statement, "Sid": statement_id} if statement else _statement(bus, properties))
    return f"{bus}|{statement_id}", {}


def _update(physical_id: str, _old: Record, properties: Record, stack: str) -> tuple[str, Record]:
    """Add the new statement; if its ID has changed, CloudFormation deletes the old one afterwards."""
    return _create(physical_id, properties, stack)


def _delete(physical_id: str, _properties: Record) -> None:
    _remove(*physical_id.split("|"))


provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
}
