"""Tells others what a rollout does; whatever goes wrong with that, the rollout goes on as if it had been told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rollout.admission.request import Preparation
from rollout.aws.powertools import MetricUnit, logger, single_metric
from rollout.aws.wiring import event_bus, notification_topic
from rollout.lifecycle.rollback import Closing
from rollout.notifications.build_events import ending_event, rejection_event, shift_events
from rollout.notifications.events import RolloutRejected
from rollout.notifications.message import notification_of
from rollout.state.rollout import Ending, Rollout


def publish_shift(shifted: Rollout, at: datetime) -> None:
    """Tell that the canary has a step's share; with the first one, that the rollout has started."""
    with _in_nobodys_way("a shift"):
        event_bus().send(shift_events(shifted, at))


def publish_rejection(asked: Preparation, ending: Ending, at: datetime) -> None:
    """Tell that a request was refused; of a dry run nobody else is told."""
    if asked.is_dry_run:
        return
    with _in_nobodys_way("a refusal"):
        event_bus().send([rejection_event(asked.request, asked.execution, ending, at)])


def publish_ending(closing: Closing, ending: Ending, at: datetime) -> None:
    """Tell how a rollout ended, on the bus and to people; the one does not wait for the other to work."""
    with _in_nobodys_way("an ending to people"):
        news = ending_event(closing, ending, at)
        with _in_nobodys_way("an ending"):
            event_bus().send([news])
        if not isinstance(news, RolloutRejected):
            notification_topic().publish(notification_of(news))


@contextmanager
def _in_nobodys_way(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as trouble:  # noqa: BLE001 - no rollout is taken back because its news was not
        logger.warning("News not sent", news=what, trouble=f"{type(trouble).__name__}: {trouble}")
        with single_metric(name="EventsNotPublished", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension("news", what)
