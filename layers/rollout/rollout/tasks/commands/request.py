"""Requests the command that a rollout waits for. It imports little, because each evaluation imports it."""

from rollout.aws import settings
from rollout.aws.event_bus import event_bus
from rollout.aws.powertools import publishing_errors
from rollout.aws.sns_topic import notification_topic
from rollout.notifications.gate import gate_event
from rollout.notifications.message import request_of
from rollout.state.gate import ReachedGate
from rollout.state.rollout import Rollout


def request_command(rollout: Rollout, gate: ReachedGate) -> bool:
    """Publish what a rollout waits for as an event and as a notification; False where neither went out."""
    published = []
    with publishing_errors("gate"):
        event = gate_event(rollout, gate, settings.command_state_machine_arn())
        with publishing_errors("gate"):
            event_bus().publish([event])
            published.append("event")
        notification_topic().publish(request_of(event))
        published.append("notification")
    return bool(published)
