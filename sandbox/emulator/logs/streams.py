"""Names the log streams of a custom log group as Lambda does, and keeps the report of an exception in one event."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from ministack.services import cloudwatch_logs, lambda_svc

from sandbox.emulator.lambda_.workers import LINE_BREAK
from sandbox.emulator.seams import Original, Record, extends


@extends(lambda_svc, "_emit_lambda_logs")
def _name_stream(
    original: Original, function: Record, request_id: str, text: str, *args: object, **kwargs: object
) -> None:
    """MiniStack names every stream DATE/[VERSION]ID, as Lambda does in the function's own log group only.

    In a custom log group, a stream is called DATE/FUNCTION[VERSION][ID].
    """
    original(function, request_id, text, *args, **kwargs)
    config = function.get("config") or function
    name = config["FunctionName"]
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    is_custom = group != f"/aws/lambda/{name}"
    if group not in cloudwatch_logs._log_groups or not (is_custom or LINE_BREAK in (text or "")):
        return
    streams = cloudwatch_logs._log_groups[group]["streams"]
    # A copy, because calls of other functions add streams meanwhile: by `copy`, which no other thread interrupts.
    for stream in [key for key, each in streams.copy().items() if "/[" in key and _is_of(each, request_id)]:
        _join_lines(streams[stream])
        if is_custom:
            date, rest = stream.split("/[")
            version, identifier = rest.split("]")
            streams[f"{date}/{name}[{version}][{identifier}]"] = streams.pop(stream)


def _join_lines(stream: Record) -> None:
    for event in stream["events"]:
        event["message"] = event["message"].replace(LINE_BREAK, "\n")


def _is_of(stream: Record, request_id: str) -> bool:
    return bool(stream["events"]) and request_id in stream["events"][0]["message"]
