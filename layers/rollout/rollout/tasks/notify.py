"""Publishes rollout events and notifications. A failure is logged and counted, and never fails the rollout."""

from datetime import datetime
from typing import TYPE_CHECKING

from rollout.aws.event_bus import event_bus
from rollout.aws.powertools import publishing_errors
from rollout.aws.sns_topic import notify_people
from rollout.domain.hook_errors import StoppedBeforeTrafficError
from rollout.lifecycle.alias_moves import KnownRouting
from rollout.lifecycle.rollback import Closing
from rollout.notifications.alias_move import alias_move_event
from rollout.notifications.build_events import (
    ending_event,
    rejection_event,
    shift_events,
    start_event,
    writer_event,
)
from rollout.notifications.command import command_event, named_command_event
from rollout.notifications.events import RolloutRejected
from rollout.notifications.message import notification_of, stop_of
from rollout.state.alias_move import AliasMove
from rollout.state.commands.record import CommandRecord
from rollout.state.ending import Ending
from rollout.state.rollout import Rollout
from rollout.state.writer_search import WriterSearch

if TYPE_CHECKING:
    # Only for the annotation: every handler that publishes would import how a request is read.
    from rollout.admission.read_request import Preparation


def publish_shift(shifted: Rollout, at: datetime) -> None:
    """Publish that the canary has the share of a step, and with the first one that the rollout has started."""
    with publishing_errors("shift"):
        event_bus().publish(shift_events(shifted, at))


def publish_start(rollout: Rollout, at: datetime) -> None:
    """Publish that a rollout starts with hooks or without steps; for all others the first shift publishes it."""
    with publishing_errors("start"):
        event_bus().publish([start_event(rollout, at)])


def publish_rejection(preparation: "Preparation", ending: Ending, at: datetime) -> None:
    """Publish that a request was refused; a dry run publishes nothing."""
    if preparation.is_dry_run:
        return
    with publishing_errors("rejection"):
        event_bus().publish([rejection_event(preparation.request, preparation.execution, ending, at)])


def publish_alias_move(move: AliasMove, before: KnownRouting | None) -> None:
    """Publish that another writer moved an alias; raises EventsNotPublishedError or AwsUnavailableError.

    There is no rollout that a failure could harm, and Lambda repeats an event whose function failed.
    """
    event_bus().publish([alias_move_event(move, before)])


def publish_command(record: CommandRecord) -> None:
    """Publish that a rollout has taken a command."""
    with publishing_errors("command"):
        event_bus().publish([command_event(record)])


def publish_command_giver(record: CommandRecord, giver: str) -> None:
    """Publish a command again with who gave it; raises EventsNotPublishedError or AwsUnavailableError."""
    event_bus().publish([named_command_event(record, giver)])


def publish_writer(search: WriterSearch, ending: Ending, at: datetime) -> None:
    """Publish an ending again with its writer; raises EventsNotPublishedError or AwsUnavailableError.

    The rollout has ended, so a failure cannot harm it, and the next sweep publishes the event.
    """
    event_bus().publish([writer_event(search, ending, at)])


def publish_ending(closing: Closing, ending: Ending, at: datetime) -> None:
    """Publish an ending as an event and as a notification; a failure of one does not prevent the other."""
    with publishing_errors("notification"):
        event = ending_event(closing, ending, at)
        with publishing_errors("ending"):
            event_bus().publish([event])
        if not isinstance(event, RolloutRejected):
            notify_people(notification_of(event))
        elif event.error == StoppedBeforeTrafficError.__name__:
            notify_people(stop_of(event))
