"""Builds the notification of an ending, of a request or of a freeze."""

from rollout.domain.counts import format_rate
from rollout.domain.lambda_names import function_arn
from rollout.domain.text import format_evidence
from rollout.notifications.canary_logs import format_logs
from rollout.notifications.events import ExecutionEvent, JudgedEvent, RolloutRejected, RolloutRolledBack
from rollout.notifications.gate import ApprovalRequested, RolloutPaused
from rollout.notifications.headlines import NotifiedEvent, headline_of, moment_of, title_of
from rollout.notifications.moments import Moment
from rollout.notifications.next_steps import next_steps
from rollout.notifications.notification import NextStep, Notification

_CONSOLES = {
    "aws": "https://{region}.console.aws.amazon.com",
    "aws-cn": "https://{region}.console.amazonaws.cn",
    "aws-eusc": "https://{region}.console.amazonaws-eusc.eu",
    "aws-us-gov": "https://{region}.console.amazonaws-us-gov.com",
}


def notification_of(event: NotifiedEvent) -> Notification:
    """Return the notification of an ending, of an approval or a pause that is reached, or of a freeze."""
    moment, target = moment_of(event), event.target
    return Notification(
        moment=moment,
        event_type=event.detail_type,
        id=event.id,
        thread=_thread(event),
        title=title_of(event),
        headline=headline_of(event),
        reason=_reason(event),
        details=(*_details(event), *_log_details(event)),
        next_steps=next_steps(event),
        facts=(_format_function(target.function, target.alias, target.account, target.region),),
        resources=(f"{function_arn(target.account_region, target.function)}:{target.alias}", event.execution.arn),
        url=console_url(event.execution.arn),
        attributes=_attributes(moment, event.detail_type, target.function, target.alias, event.channel),
    )


def stop_of(event: RolloutRejected) -> Notification:
    """Return the notification of a rollout that was stopped before its version had traffic."""
    target, moment = event.target, Moment.STOPPED_BEFORE_TRAFFIC
    function, alias = str(target.function), str(target.alias)
    name = f"{function}:{alias}"
    return Notification(
        moment=moment,
        event_type=event.detail_type,
        id=event.id,
        thread=_thread(event),
        title=f"Not rolled out: {name} keeps version {event.stable_version}",
        headline=f"{name} keeps version {event.stable_version}. Version {event.canary_version} has had no traffic.",
        reason=event.cause.removeprefix(
            f"{name} was not touched, and version {event.canary_version} has had no traffic: "
        ),
        next_steps=(NextStep(text="Fix the version and publish it again."),),
        facts=(_format_function(function, alias, target.account, target.region),),
        resources=(event.execution.arn,),
        url=console_url(event.execution.arn),
        attributes=_attributes(moment, event.detail_type, function, alias, event.channel),
    )


def console_url(execution_arn: str) -> str:
    """Return the console's URL of an execution, or its ARN in a partition whose console is unknown."""
    return _url(execution_arn, "v2/executions/details")


def state_machine_url(arn: str) -> str:
    """Return the console's URL of a state machine, or its ARN in a partition whose console is unknown."""
    return _url(arn, "statemachines/view")


def _url(arn: str, page: str) -> str:
    _, partition, _, region, *_ = arn.split(":")
    if partition not in _CONSOLES:
        return arn
    console = _CONSOLES[partition].format(region=region)
    return f"{console}/states/home?region={region}#/{page}/{arn}"


def _thread(event: ExecutionEvent) -> str:
    """Return account, region and name of the execution: shorter than its ARN, and unlike those of other stacks."""
    _, _, _, region, account, *_ = event.execution.arn.split(":")
    return f"{account}/{region}/{event.execution.name}"


def _attributes(moment: Moment, event_type: str, function: str, alias: str, channel: str | None) -> dict[str, str]:
    kinds = {Moment.APPROVAL_REQUESTED: "request", Moment.PAUSED: "request", Moment.FROZEN: "hold"}
    named = {kinds.get(moment, "ending"): event_type, "moment": str(moment), "function": function, "alias": alias}
    return named | ({"channel": channel} if channel else {})


def _reason(event: NotifiedEvent) -> str:
    """Return why, without what the headline says already."""
    if isinstance(event, ApprovalRequested | RolloutPaused):
        return _format_gate(event)
    name, stable, canary = event.target.name, event.stable_version, event.canary_version
    shown = {
        Moment.PROMOTED: f"{name} serves version {canary} alone; ",
        Moment.ROLLED_BACK: f"{name} serves version {stable} alone again; ",
        Moment.FROZEN: f"{title_of(event).removeprefix('Frozen: ')}: ",
    }
    return event.sentence.removeprefix(shown.get(moment_of(event), ""))


def _format_gate(event: ApprovalRequested | RolloutPaused) -> str:
    gate = "an approval" if isinstance(event, ApprovalRequested) else "a pause"
    judgement = event.judgement
    so_far = f"{judgement.verdict}: {judgement.reason}" if judgement else "nothing is measured yet"
    return f"the policy has {gate} here; {so_far}"


def _details(event: JudgedEvent) -> tuple[str, ...]:
    """Return what was measured."""
    judgement = event.judgement
    if judgement is None:
        return (f"Stable: version {event.stable_version}", f"Canary: version {event.canary_version}")
    stable = f", {format_rate(judgement.stable)} failed" if judgement.stable.calls else ""
    evidence = format_evidence(judgement.evidence)
    return (
        f"Stable: version {event.stable_version}{stable}",
        f"Canary: version {event.canary_version}, {format_rate(judgement.canary)} failed",
        f"Evidence against the canary: {evidence} against a limit of {judgement.evidence_limit:,.6g}",
    )


def _log_details(event: JudgedEvent) -> tuple[str, ...]:
    """Return what the canary's log shows, where it was read."""
    return tuple(format_logs(event.canary_logs)) if isinstance(event, RolloutRolledBack) else ()


def _format_function(function: str, alias: str, account: str, region: str) -> str:
    return f"Function: {function}, alias {alias}, account {account}, {region}"
