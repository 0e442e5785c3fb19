"""Reads what a log line says about an error: its type, its message, the place in the code, and the request.

The shapes: Powertools Logger, Lambda's own report of an error in JSON and in text (Python, Node.js, Java, Go), lines
of Lambda itself (`Task timed out`, `Runtime exited`, `platform.report`), and any other line with a word for an error.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from rollout.log_findings.stack_trace import innermost_frame, last_line, without_frames

_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_PLATFORM = re.compile(r"\s*(?:START|END|REPORT|INIT_START|INIT_REPORT|XRAY|EXTENSION|TELEMETRY)\b[ :\t]")
_HARMLESS = frozenset({"TRACE", "DEBUG", "INFO", "NOTICE", "LOG"})
_HARMLESS_TEXT = re.compile(
    r"\s*(?:\[?(?:TRACE|DEBUG|INFO|NOTICE)\]?[:\t ]|\S{20,30}Z?\t[0-9a-f-]{36}\t(?:TRACE|DEBUG|INFO)\t)"
)
_ERROR = re.compile(
    r"\b(?:error|fatal|critical|severe|warn|warning|panic|traceback)\b|(?:error|exception)\b|timed out|runtime exited",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^\s*(?:\[?(?P<level>ERROR|FATAL|CRITICAL|SEVERE|WARN(?:ING)?)\]?[:\s]+)?(?:\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\s+)?"
    r"(?:RequestId: )?(?:[0-9a-f]{8}-[0-9a-f-]{27}\s+)?"
    r"(?:\[?(?P<late>ERROR|FATAL|CRITICAL|SEVERE|WARN(?:ING)?)\]?[:\s]+)?"
    r"(?:(?:Invoke|Uncaught Exception|Init|Unhandled Promise Rejection) ?(?:Error)?\s*\t)?",
)
_TYPED = re.compile(
    r"(?P<type>[A-Za-z_][\w.$]{0,120}(?:Error|Exception|Exit|Interrupt|Warning|Fault|Timeout)|Error)(?:: ?|$)"
)
_JSON_STRING = r'"({names})"\s*:\s*"((?:[^"\\]|\\.)*)'
_FIELDS = (
    *("level", "severity", "exception_name", "errorType", "errorMessage", "message", "msg", "location"),
    *("function_request_id", "requestId", "awsRequestId", "aws_request_id"),
)


class ErrorLine(NamedTuple):
    """What a line says about an error."""

    type: str
    """The type of the exception, or the level; may be empty."""
    message: str
    frame: str
    """The place in the code; empty if the line names none."""
    request_id: str

    def format(self) -> str:
        """Return the error on one line, such as `KeyError: 'customer' (app.py, line 3, in handler)`."""
        named = ": ".join(filter(None, [self.type, self.message]))
        return f"{named} ({self.frame})" if self.frame else named


def read_line(text: str) -> ErrorLine | None:
    """Return the error of a line; None where it has none, such as a line of the level INFO."""
    if _PLATFORM.match(text) or _HARMLESS_TEXT.match(text):
        return None
    before, brace, rest = text.partition("{")
    if brace and (not before.strip() or before.endswith("\t")):
        return _of_fields(_parse("{" + rest), text)
    return _of_text(text)


def _parse(text: str) -> Mapping[str, Any]:
    """Return the fields of a JSON object; of one that was cut, the fields that are known and whole."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        found = re.findall(_JSON_STRING.format(names="|".join(_FIELDS)), text)
        return {name: _unescape(value) for name, value in reversed(found)}
    return parsed if isinstance(parsed, dict) else {}


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"'))
    except ValueError:
        return value


def _of_fields(fields: Mapping[str, Any], text: str) -> ErrorLine | None:
    if str(fields.get("type", "")).startswith("platform."):
        return _of_platform(fields)
    kind = _first(fields, ["exception_name", "errorType"])
    level = _first(fields, ["level", "severity", "levelname"]).upper()
    if not kind and (level in _HARMLESS or not (level or _ERROR.search(text))):
        return None
    trace = _text(_first_value(fields, ["stackTrace", "stack", "exception", "stack_trace", "trace"]))
    message = _first(fields, ["errorMessage", "message", "msg", "error"])
    raised = last_line(trace) if fields.get("exception") else ""
    return ErrorLine(
        type=kind or level,
        message="; ".join(filter(None, [without_frames(message), raised.removeprefix(f"{kind}: ")])),
        frame=_first(fields, ["location"]) or innermost_frame(trace),
        request_id=_first(fields, ["function_request_id", "requestId", "awsRequestId", "aws_request_id"]) or _id(text),
    )


def _of_platform(fields: Mapping[str, Any]) -> ErrorLine | None:
    """Return a timeout that Lambda reports; its report of any other error follows the line of the error itself."""
    record = fields.get("record")
    if fields["type"] != "platform.report" or not isinstance(record, dict) or record.get("status") != "timeout":
        return None
    return ErrorLine("", "Task timed out", "", _text(record.get("requestId")))


def _of_text(text: str) -> ErrorLine | None:
    if not _ERROR.search(text):
        return None
    prefix = _PREFIX.match(text)
    rest = text[prefix.end() :] if prefix else text
    raised = last_line(rest) if rest.lstrip().startswith("Traceback") else without_frames(rest)
    if not raised or raised.startswith("Traceback"):
        return None
    level = (prefix and (prefix["level"] or prefix["late"])) or ""
    typed = _TYPED.match(raised)
    kind, message = (typed["type"], raised[typed.end() :]) if typed else (level, raised)
    return ErrorLine(kind, message.strip(), innermost_frame(rest), _id(text))


def _id(text: str) -> str:
    found = _UUID.search(text)
    return found[0] if found else ""


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    return _text(_first_value(fields, names))


def _first_value(fields: Mapping[str, Any], names: Iterable[str]) -> object:
    return next((fields[name] for name in names if fields.get(name)), None)


def _text(value: object) -> str:
    """Return a text, the lines of a list, and anything else as JSON; empty for None."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list):
        return "\n".join(_text(part) for part in value)
    return json.dumps(value, ensure_ascii=False, default=str)
