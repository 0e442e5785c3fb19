"""What people are told of an ending: a subject they can read on a telephone, and the numbers below it."""

from rollout.domain.models import Value
from rollout.judging.wording import format_rate
from rollout.notifications.events import (
    EndingEvent,
    RollbackFailed,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRolledBack,
)

LONGEST_SUBJECT = 99
"""SNS takes fewer than 100 characters, ASCII without line breaks."""

_SUBJECTS: dict[type[EndingEvent], str] = {
    RolloutPromoted: "Promoted: {name} serves version {canary} alone",
    RolloutRolledBack: "Rolled back: {name} serves version {stable} again",
    RolloutHandedOver: "Handed over: {name} is left as it is, for you to decide",
    RollbackFailed: "ROLLBACK FAILED: {name} may be split, act now",
}
_CONSOLES = {
    "aws": "https://{region}.console.aws.amazon.com",
    "aws-cn": "https://{region}.console.amazonaws.cn",
    "aws-us-gov": "https://{region}.console.amazonaws-us-gov.com",
}


class Notification(Value):
    """A subject, the text below it, and what subscribers may filter by."""

    subject: str
    text: str
    attributes: dict[str, str]


def notification_of(news: EndingEvent) -> Notification:
    """Return what people are told of an ending."""
    subject = _SUBJECTS[type(news)].format(
        name=news.target.name, stable=news.stable_version, canary=news.canary_version
    )
    about = {"ending": news.detail_type, "function": news.target.function, "alias": news.target.alias}
    lines = [news.sentence, "", *_facts(news), "", f"Execution: {console_url(news.execution.arn)}"]
    return Notification(subject=_fitting(subject), text="\n".join(lines), attributes=about)


def console_url(execution_arn: str) -> str:
    """Return where the console shows an execution; its bare ARN in a partition whose console we do not know."""
    _, partition, _, region, *_ = execution_arn.split(":")
    if partition not in _CONSOLES:
        return execution_arn
    console = _CONSOLES[partition].format(region=region)
    return f"{console}/states/home?region={region}#/v2/executions/details/{execution_arn}"


def _fitting(subject: str) -> str:
    plain = " ".join(subject.encode("ascii", "replace").decode().split())
    return plain if len(plain) <= LONGEST_SUBJECT else plain[: LONGEST_SUBJECT - 3] + "..."


def _facts(news: EndingEvent) -> list[str]:
    target, judged = news.target, news.judgement
    where = f"Function: {target.function}, alias {target.alias}, account {target.account}, {target.region}"
    if judged is None:
        return [where, f"Stable: version {news.stable_version}", f"Canary: version {news.canary_version}"]
    return [
        where,
        f"Stable: version {news.stable_version}, {format_rate(judged.stable)} failed",
        f"Canary: version {news.canary_version}, {format_rate(judged.canary)} failed",
        f"Evidence against the canary: {judged.evidence:,.6g} against a limit of {judged.evidence_limit:,.6g}",
    ]
