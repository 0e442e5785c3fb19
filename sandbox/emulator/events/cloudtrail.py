"""CloudTrail's events for writes to Lambda, including CloudFormation's; LookupEvents also lists started executions."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudtrail, eventbridge, lambda_svc, stepfunctions

from sandbox.emulator.seams import Answer, Record, extends

Json = Any
_OMITTED = {"ZipFile", "Environment", "Code"}
_delays: dict[str, float] = {}
"""After how many seconds LookupEvents lists an event that contains a text."""


@extends(lambda_svc, "_create_function")
def _create_function(original: Callable[..., Answer], request: Record) -> Answer:
    answer = _name_published_version(original(request), str(request.get("FunctionName", "")))
    return _publish_event("CreateFunction20150331", request, answer)


@extends(lambda_svc, "_update_code")
def _update_code(original: Callable[..., Answer], name: str, request: Record) -> Answer:
    answer = original(name, request)
    if request.get("Publish"):
        answer = _name_published_version(answer, name)
    return _publish_event("UpdateFunctionCode20150331v2", {"FunctionName": name, **request}, answer)


@extends(lambda_svc, "_update_config")
def _update_config(original: Callable[..., Answer], name: str, request: Record) -> Answer:
    answer = original(name, request)
    return _publish_event("UpdateFunctionConfiguration20150331v2", {"FunctionName": name, **request}, answer)


@extends(lambda_svc, "_publish_version")
def _publish_version(original: Callable[..., Answer], name: str, request: Record) -> Answer:
    return _publish_event("PublishVersion20150331", {"FunctionName": name, **request}, original(name, request))


@extends(lambda_svc, "_create_alias")
def _create_alias(original: Callable[..., Answer], name: str, request: Record) -> Answer:
    return _publish_event("CreateAlias20150331", {"FunctionName": name, **request}, original(name, request))


@extends(lambda_svc, "_update_alias")
def _update_alias(original: Callable[..., Answer], name: str, alias: str, request: Record) -> Answer:
    answer = original(name, alias, request)
    return _publish_event("UpdateAlias20150331", {"FunctionName": name, "Name": alias, **request}, answer)


@extends(lambda_svc, "_delete_alias")
def _delete_alias(original: Callable[..., Answer], name: str, alias: str) -> Answer:
    return _publish_event("DeleteAlias20150331", {"FunctionName": name, "Name": alias}, original(name, alias))


@extends(stepfunctions, "_start_execution")
def _start_execution(original: Callable[..., Answer], request: Record) -> Answer:
    """List a start in LookupEvents. No rule of this project matches it, so it is not put on the bus."""
    status, headers, body = original(request)
    if status < 300:  # noqa: PLR2004
        answer = {name: str(value) for name, value in json.loads(body).items()}
        parameters = {name: value for name, value in request.items() if name != "input"}
        event = {**_context_fields(), "eventSource": "states.amazonaws.com", "eventName": "StartExecution"}
        event |= {"requestParameters": parameters, "responseElements": answer}
        cloudtrail._get_event_queue().append(_lookup_record(event))
    return status, headers, body


def _name_published_version(answer: Answer, name: str) -> Answer:
    """Add the version to the ARN of a version published together with its code; MiniStack omits it."""
    status, headers, body = answer
    response = json.loads(body)
    number = response.get("Version", "$LATEST")
    if status >= 300 or number == "$LATEST":  # noqa: PLR2004
        return answer
    function = lambda_svc._functions[name]
    version = function["versions"][number]
    version["function_revision"] = function["config"]["RevisionId"]
    version["config"]["FunctionArn"] = response["FunctionArn"] = f"{function['config']['FunctionArn']}:{number}"
    return status, headers, json.dumps(response).encode()


def _publish_event(event_name: str, request: Record, answer: Answer) -> Answer:
    status, _headers, body = answer
    if status < 300:  # noqa: PLR2004 - a refused call changes nothing
        event = {
            **_context_fields(),
            "eventName": event_name,
            "requestParameters": _as_cloudtrail(request),
            "responseElements": _as_cloudtrail(json.loads(body)) if body else None,
        }
        entry = {"Source": "aws.lambda", "DetailType": "AWS API Call via CloudTrail", "Detail": json.dumps(event)}
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        cloudtrail._get_event_queue().append(_lookup_record(event))
    return answer


def delay_history(contains: str, seconds: float) -> None:
    """Let LookupEvents list events that contain this text only so long after they happened.

    The real CloudTrail lists every event some minutes later. By itself the sandbox lists them at once.
    """
    _delays[contains] = seconds


@extends(cloudtrail, "_lookup_events")
def _lookup_events(original: Callable[..., Answer], request: Record) -> Answer:
    status, headers, body = original(request)
    answer = json.loads(body)
    listed = [event for event in answer.get("Events", []) if not _is_delayed(event)]
    return status, headers, json.dumps({**answer, "Events": listed}).encode()


cloudtrail._DISPATCH["LookupEvents"] = cloudtrail._lookup_events  # the table has the original function


def _is_delayed(event: Record) -> bool:
    delays = [seconds for text, seconds in _delays.items() if text in event["CloudTrailEvent"]]
    return time.time() - float(event["EventTime"]) < max(delays, default=0)


def _lookup_record(event: Record) -> Record:
    """Return an event as LookupEvents lists it."""
    return {
        "EventId": event["eventID"],
        "EventName": event["eventName"],
        "EventSource": event["eventSource"],
        "EventTime": time.time(),
        "ReadOnly": "false",
        "Resources": [],
        "Username": event["userIdentity"]["arn"].rpartition("/")[2],
        "CloudTrailEvent": json.dumps(event),
    }


def _context_fields() -> Record:
    return {
        "eventVersion": "1.11",
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "eventSource": "lambda.amazonaws.com",
        "eventType": "AwsApiCall",
        "eventCategory": "Management",
        "eventID": responses.new_uuid(),
        "requestID": responses.new_uuid(),
        "awsRegion": responses.get_region(),
        "recipientAccountId": responses.get_account_id(),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "sandbox",
        "readOnly": False,
        "managementEvent": True,
        "userIdentity": _identity(iam_evaluator.caller_arn()),
    }


def _identity(arn: str) -> dict[str, str]:
    kinds = {":assumed-role/": "AssumedRole", ":user/": "IAMUser"}
    kind = next((kind for part, kind in kinds.items() if part in arn), "Root")
    return {"type": kind, "arn": arn, "accountId": arn.split(":")[4]}


def _as_cloudtrail(value: Json) -> Json:
    """Return a value as CloudTrail writes it: keys in lowerCamelCase, without code and environment."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _as_cloudtrail(item) for key, item in value.items() if key not in _OMITTED}
    return [_as_cloudtrail(item) for item in value] if isinstance(value, list) else value
