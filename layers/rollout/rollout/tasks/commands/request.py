"""Publishes what a rollout waits for. It imports little, because each evaluation imports it."""

from rollout.aws import settings
from rollout.aws.event_bus import event_bus
from rollout.aws.powertools import publishing_errors
from rollout.aws.sns_topic import notify_people
from rollout.notifications.freeze import FreezeEnd, RolloutFrozen, freeze_event
from rollout.notifications.gate import ApprovalRequested, RolloutPaused, gate_event
from rollout.notifications.message import notification_of
from rollout.state.gate import ReachedGate
from rollout.state.hold import StandingFreeze
from rollout.state.rollout import Rollout


def request_command(rollout: Rollout, gate: ReachedGate) -> bool:
    """Publish what a rollout waits for as an event and as a notification; False where neither went out."""
    with publishing_errors("gate"):
        return _publish("gate", gate_event(rollout, gate, settings.command_state_machine_arn()))
    return False


def report_freeze(rollout: Rollout, freeze: StandingFreeze) -> bool:
    """Publish that a freeze holds a rollout, as an event and as a notification; False where neither went out."""
    with publishing_errors("freeze"):
        end = FreezeEnd(settings.command_state_machine_arn(), settings.freeze_parameter())
        return _publish("freeze", freeze_event(rollout, freeze, end))
    return False


def _publish(name: str, event: ApprovalRequested | RolloutPaused | RolloutFrozen) -> bool:
    published = []
    with publishing_errors(name):
        event_bus().publish([event])
        published.append("event")
    with publishing_errors("notification"):
        if notify_people(notification_of(event)):
            published.append("notification")
    return bool(published)
