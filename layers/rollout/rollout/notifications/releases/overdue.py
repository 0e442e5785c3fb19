"""The event and the notification of versions that wait too long for the release of their tag."""

import shlex
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from rollout.domain.models import Value
from rollout.domain.text import as_sentence, format_names
from rollout.notifications.events import Event, slug
from rollout.notifications.message import state_machine_url
from rollout.notifications.moments import Moment
from rollout.notifications.notification import NextStep, Notification
from rollout.state.releases.group import GroupDecision, ReleaseGroup, StartedRelease, WaitingVersion

_SHOWN = 20
"""How many functions a notification lists."""


_FIRST_STEP = "Publish a new version of the others; the release then starts by itself."
_AFTER_REFUSAL = "Do what the Cause of the refused release says; it is started again each hour, for a day."


class WaitingFunction(Value):
    """A function whose new version waits."""

    function: str
    alias: str
    version: str
    since: datetime


class ReleaseOverdue(Event):
    """Versions wait too long for the release of their tag: others are missing, or the release was refused."""

    detail_type: ClassVar[str] = "Release Overdue"

    tag: str = Field(description="The value of the tag.")
    account: str
    region: str
    waiting: tuple[WaitingFunction, ...] = Field(description="The functions whose new versions wait.")
    missing: tuple[str, ...] = Field(description="The functions, with their aliases, that have published none.")
    state_machine: str = Field(description="The ARN of the release state machine.")
    command_line: str = Field(description="The command for a shell that starts a release of the versions that wait.")

    @property
    def resource(self) -> str:
        """The ARN of the release state machine."""
        return self.state_machine


def overdue_event(
    group: ReleaseGroup, decision: GroupDecision, release: StartedRelease, state_machine: str, at: datetime
) -> ReleaseOverdue:
    """Return the event of a group that waits too long; a repeated sweep gives it the same id.

    `release` is the release of the versions that wait. Raises ValueError for a group without versions.
    """
    since = min(each.since for each in group.waiting)
    place = group.account_region
    return ReleaseOverdue(
        schema_version=1,
        id=f"{place.account}/{place.region}/{group.tag}/{slug(ReleaseOverdue)}/{since.isoformat()}",
        at=at,
        sentence=decision.reason,
        tag=group.tag,
        account=place.account,
        region=place.region,
        waiting=tuple(_waiting(each) for each in group.waiting),
        missing=decision.missing,
        state_machine=state_machine,
        command_line=_command(release, state_machine),
    )


def _waiting(each: WaitingVersion) -> WaitingFunction:
    target = each.target
    return WaitingFunction(function=target.function, alias=target.alias, version=each.version, since=each.since)


def _command(release: StartedRelease, state_machine: str) -> str:
    region = state_machine.split(":")[3]
    return (
        f"aws stepfunctions start-execution --region {region} --state-machine-arn {state_machine}"
        f" --input {shlex.quote(release.request)}"
    )


def overdue_notification(event: ReleaseOverdue) -> Notification:
    """Return what people read about versions that wait too long for their release."""
    return Notification(
        moment=Moment.RELEASE_OVERDUE,
        event_type=event.detail_type,
        id=event.id,
        thread=f"{event.account}/{event.region}/release-group/{event.tag}",
        title=f"Release waits: {event.tag}" + (f" lacks {format_names(event.missing)}" if event.missing else ""),
        headline=f"The versions with the tag value {event.tag} wait, and each alias serves what it served before.",
        reason=as_sentence(event.sentence),
        details=tuple(f"{each.function}:{each.alias}: version {each.version} waits" for each in event.waiting[:_SHOWN]),
        next_steps=(
            NextStep(text=_FIRST_STEP if event.missing else _AFTER_REFUSAL),
            NextStep(text="Or start the release of the versions that wait:", command=event.command_line),
        ),
        facts=(f"Account {event.account}, {event.region}",),
        resources=(event.state_machine,),
        url=state_machine_url(event.state_machine),
        url_of="State machine",
        attributes={"ending": event.detail_type, "moment": str(Moment.RELEASE_OVERDUE), "release": event.tag},
    )
