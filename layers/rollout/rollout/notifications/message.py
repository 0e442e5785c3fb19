"""Builds the notification of an ending, or of a request: a subject that fits a phone, and the numbers in its text."""

from rollout.domain.counts import format_rate
from rollout.domain.models import Value
from rollout.notifications.events import (
    EndingEvent,
    JudgedEvent,
    RollbackFailed,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRejected,
    RolloutRolledBack,
)
from rollout.notifications.gate import ApprovalRequested, RolloutPaused

MAX_SUBJECT_LENGTH = 99
"""SNS accepts fewer than 100 characters, ASCII without line breaks."""

_SUBJECTS: dict[type[JudgedEvent], str] = {
    ApprovalRequested: "Approve? {name}: version {canary} waits at {percent}",
    RolloutPaused: "Paused: {name}: version {canary} waits at {percent}",
    RolloutPromoted: "Promoted: {name} serves version {canary} alone",
    RolloutRolledBack: "Rolled back: {name} serves version {stable} again",
    RolloutHandedOver: "Handed over: {name} is left as it is, for you to decide",
    RollbackFailed: "ROLLBACK FAILED: {name} may be split, act now",
}
_CONSOLES = {
    "aws": "https://{region}.console.aws.amazon.com",
    "aws-cn": "https://{region}.console.amazonaws.cn",
    "aws-eusc": "https://{region}.console.amazonaws-eusc.eu",
    "aws-us-gov": "https://{region}.console.amazonaws-us-gov.com",
}


class Notification(Value):
    """A subject, a text, and the attributes that subscribers may filter by."""

    subject: str
    text: str
    attributes: dict[str, str]


def notification_of(event: EndingEvent) -> Notification:
    """Return the notification of an ending."""
    return _notification(event, "ending", [], "")


def stop_of(event: RolloutRejected) -> Notification:
    """Return the notification of a rollout that was stopped before its version had traffic."""
    target = event.target
    name = f"{target.function}:{target.alias}"
    lines = [
        event.sentence,
        "",
        f"Function: {target.function}, alias {target.alias}, account {target.account}, {target.region}",
        "",
        f"Execution: {console_url(event.execution.arn)}",
    ]
    return Notification(
        subject=_fit_subject(f"Not rolled out: {name} keeps version {event.stable_version}"),
        text="\n".join(lines),
        attributes={"ending": event.detail_type, "function": str(target.function), "alias": str(target.alias)},
    )


def request_of(event: ApprovalRequested | RolloutPaused) -> Notification:
    """Return the notification that requests a command."""
    return _notification(
        event, "request", ["To let it go on, with your reason in why:", event.command_line, ""], f"{event.percent:g} %"
    )


def _notification(event: JudgedEvent, kind: str, request: list[str], percent: str) -> Notification:
    subject = _SUBJECTS[type(event)].format(
        name=event.target.name, stable=event.stable_version, canary=event.canary_version, percent=percent
    )
    attributes = {kind: event.detail_type, "function": event.target.function, "alias": event.target.alias}
    lines = [event.sentence, "", *request, *_facts(event), "", f"Execution: {console_url(event.execution.arn)}"]
    return Notification(subject=_fit_subject(subject), text="\n".join(lines), attributes=attributes)


def console_url(execution_arn: str) -> str:
    """Return the console's URL of an execution, or its ARN in a partition whose console is unknown."""
    _, partition, _, region, *_ = execution_arn.split(":")
    if partition not in _CONSOLES:
        return execution_arn
    console = _CONSOLES[partition].format(region=region)
    return f"{console}/states/home?region={region}#/v2/executions/details/{execution_arn}"


def _fit_subject(subject: str) -> str:
    plain = " ".join(subject.encode("ascii", "replace").decode().split())
    return plain if len(plain) <= MAX_SUBJECT_LENGTH else plain[: MAX_SUBJECT_LENGTH - 3] + "..."


def _facts(event: JudgedEvent) -> list[str]:
    target, judgement = event.target, event.judgement
    function = f"Function: {target.function}, alias {target.alias}, account {target.account}, {target.region}"
    if judgement is None:
        return [function, f"Stable: version {event.stable_version}", f"Canary: version {event.canary_version}"]
    return [
        function,
        f"Stable: version {event.stable_version}, {format_rate(judgement.stable)} failed",
        f"Canary: version {event.canary_version}, {format_rate(judgement.canary)} failed",
        f"Evidence against the canary: {judgement.evidence:,.6g} against a limit of {judgement.evidence_limit:,.6g}",
    ]
