"""Weighted aliases: every invocation through an alias draws a version."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import random
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass

from ministack.services import lambda_svc

from sandbox.emulator.cloudwatch import invocation_metrics
from sandbox.emulator.seams import Answer, Original, Record, extends

# The invocation runs in a thread with a copy of the request's context: the shared dict returns the drawn version.
_executed: ContextVar[dict[str, str] | None] = ContextVar("executed", default=None)

_REFUSED = "KMSAccessDeniedException"
_REFUSED_MESSAGE = "Lambda was unable to decrypt the environment variables because KMS access was denied."


@dataclass(frozen=True)
class Call:
    """One invocation and the version drawn for it."""

    function_name: str
    qualifier: str | None
    version: str
    through_alias: bool
    record: Record


refusals: list[Callable[[Call], bool]] = []
"""Whether Lambda refuses a call before any code runs; `faults.refused_versions` adds to it."""


@extends(lambda_svc, "_effective_func_record_for_qualifier")
def _keep_alias_arn(original: Original, function: Record, qualifier: str | None) -> tuple[Record, Record]:
    """Without the alias in its ARN, the record would reach `_execute_function` as a plain version."""
    record, config = original(function, qualifier)
    if config and qualifier in function.get("aliases", {}):
        config = {**config, "FunctionArn": f"{function['config']['FunctionArn']}:{qualifier}"}
        record = {**record, "config": config}
    return record, config


@extends(lambda_svc, "_execute_function")
def _execute(original: Original, record: Record, event: object) -> Record:
    """Draw the version and publish the metrics; every invocation calls this function, from any service."""
    if lambda_svc._function_config_scope_mismatch(_config(record)):
        result_elsewhere: Record = original(record, event)  # calls this again in the function's account and region
        return result_elsewhere
    call = _draw(record)
    if (executed := _executed.get()) is not None:
        executed["version"] = call.version
    if any(is_refused(call) for is_refused in refusals):  # no metric counts such a call
        if executed is not None:
            executed["error"] = _REFUSED
        return {"body": {"errorType": _REFUSED, "errorMessage": _REFUSED_MESSAGE}, "error": True}
    started = time.time()
    result: Record = original(call.record, event)
    invocation_metrics.record(
        call.function_name, call.qualifier, call.version if call.through_alias else None, started, result
    )
    return result


@extends(lambda_svc, "_invoke")
async def _invoke(original: Callable[..., Awaitable[Answer]], *args: object, **kwargs: object) -> Answer:
    executed: dict[str, str] = {}
    _executed.set(executed)
    status, headers, body = await original(*args, **kwargs)
    if "error" in executed:
        headers = {"Content-Type": "application/json", "x-amzn-errortype": executed["error"]}
        return 502, headers, json.dumps({"Type": "Server", "Message": _REFUSED_MESSAGE}).encode()
    if "version" in executed and "X-Amz-Executed-Version" in headers:
        headers["X-Amz-Executed-Version"] = executed["version"]
    return status, headers, body


def _config(record: Record) -> Record:
    config: Record = record.get("config") or record
    return config


def _draw(record: Record) -> Call:
    config = _config(record)
    name, arn = config["FunctionName"], config["FunctionArn"]
    function = lambda_svc._functions.get(name) or {}
    qualifier = arn.split(":", 7)[7] if arn.count(":") > 6 else None  # noqa: PLR2004 - an unqualified ARN has 7 fields
    alias = function.get("aliases", {}).get(qualifier)
    version = config.get("Version", "$LATEST")
    if alias:
        version = draw_version(alias)
        served_by = function if version == "$LATEST" else function["versions"][version]
        record = {**served_by, "config": {**served_by["config"], "FunctionArn": arn}}
    # Reserved concurrency belongs to the function; MiniStack ignores it for versions and aliases.
    record = {**record, "concurrency": function.get("concurrency")}
    return Call(name, qualifier, version, alias is not None, record)


def draw_version(alias: Record) -> str:
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    versions = [*weights, alias["FunctionVersion"]]
    drawn: str = random.choices(versions, [*weights.values(), 1 - sum(weights.values())])[0]  # noqa: S311 - chance, not secrecy
    return drawn
