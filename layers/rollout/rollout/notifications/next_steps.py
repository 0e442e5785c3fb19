"""What a person can do at each moment of a rollout, with the command for it."""

from rollout.notifications.command_lines import point_alias_line, show_alias_line, start_line
from rollout.notifications.events import (
    EndingEvent,
    RollbackFailed,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRolledBack,
)
from rollout.notifications.freeze import RolloutFrozen
from rollout.notifications.gate import ApprovalRequested, RolloutPaused
from rollout.notifications.notification import NextStep

Steps = tuple[NextStep, ...]


def next_steps(event: EndingEvent | ApprovalRequested | RolloutPaused | RolloutFrozen) -> Steps:
    """Return what to do, the most likely first."""
    match event:
        case RolloutFrozen():
            return _while_frozen(event)
        case ApprovalRequested() | RolloutPaused():
            return _at_a_gate(event)
        case _:
            return _at_the_end(event)


def _at_the_end(event: EndingEvent) -> Steps:
    match event:
        case RolloutPromoted():
            return _when_promoted(event)
        case RolloutRolledBack():
            return _when_rolled_back(event)
        case RolloutHandedOver():
            return _when_handed_over(event)
        case RollbackFailed():
            return _when_rollback_failed(event)


def _while_frozen(event: RolloutFrozen) -> Steps:
    judged = (
        "is not rolled back, even if it is unhealthy" if event.is_by_command else "is rolled back if it is unhealthy"
    )
    return (
        NextStep(text=f"Until the freeze ends, version {event.canary_version} {judged}."),
        NextStep(text="To end the freeze:", command=event.command_line),
    )


def _at_a_gate(event: ApprovalRequested | RolloutPaused) -> Steps:
    go_on = NextStep(text="To let it go on, with your reason in why:", command=event.command_line)
    if event.abort_command_line is None:
        return (go_on,)
    return (go_on, NextStep(text="To roll back instead:", command=event.abort_command_line))


def _when_promoted(event: RolloutPromoted) -> Steps:
    back = start_line(event.target, event.execution.arn, back=True)
    return (
        NextStep(
            text=f"Nothing, unless the version turns out to be bad. Then return to version {event.stable_version}:",
            command=back,
        ),
    )


def _when_rolled_back(event: RolloutRolledBack) -> Steps:
    again = start_line(event.target, event.execution.arn, version=event.canary_version)
    return (
        NextStep(text="Fix the version and publish it again."),
        NextStep(text=f"To try version {event.canary_version} again as it is:", command=again),
    )


def _when_handed_over(event: RolloutHandedOver) -> Steps:
    serve = point_alias_line(event.target, event.stable_version)
    return (
        NextStep(text=f"See what the alias serves{_where(event)}:", command=show_alias_line(event.target)),
        NextStep(
            text=f"Point it at the version to serve{_where(event)}, for example version {event.stable_version}:",
            command=serve,
        ),
    )


def _when_rollback_failed(event: RollbackFailed) -> Steps:
    serve = point_alias_line(event.target, event.stable_version)
    return (
        NextStep(text=f"Point the alias at version {event.stable_version} now{_where(event)}:", command=serve),
        NextStep(text="Then find out why AWS refused: RollbackFailed in docs/runbook.md."),
    )


def _where(event: RolloutHandedOver | RollbackFailed) -> str:
    """Return which credentials a command of Lambda needs, as a sentence part; empty for the orchestrator's account."""
    _, _, _, _, home, *_ = event.execution.arn.split(":")
    return "" if event.target.account == home else f", with credentials of account {event.target.account}"
