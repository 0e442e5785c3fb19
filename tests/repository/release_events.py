"""The events of each ending of a release, made by the code that publishes them."""

from datetime import timedelta

from rollout.admission.releases.by_tag import decide_group, release_of
from rollout.domain.enums import Outcome
from rollout.notifications.events import Event
from rollout.notifications.releases.ended import release_event
from rollout.notifications.releases.overdue import ReleaseOverdue, overdue_event
from rollout.state.releases.group import ReleaseGroup, WaitingVersion
from rollout.state.releases.release import PartEnding, ReleaseState, ReleaseStatus
from tests.release_samples import release
from tests.samples import AT, TARGET

_MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:lambda-rollouts-releases"
_RELEASE = release("cart", "checkout", checkout=("cart",))
_FAULT = "unhealthy: errors: canary 41 of 1,203 calls (3.4 %), stable 12 of 10,870 (0.11 %)"
_FAILURE = f"checkout ended: {_FAULT}"


def _back(name: str, reason: str) -> PartEnding:
    return PartEnding(outcome=Outcome.ROLLED_BACK, reason=f"{name}:live serves version 1 alone again; {reason}")


def _event(status: ReleaseStatus, *endings: PartEnding) -> Event:
    failure = _FAILURE if status is ReleaseStatus.FAILED else ""
    state = ReleaseState(status=status, size=2, failure=failure, changed_at=AT, endings=dict(enumerate(endings)))
    return release_event(_RELEASE, state, AT + timedelta(minutes=40))


def promoted() -> Event:
    reason = "serves version 2 alone; healthy; the bake of every function of the release 2026-11-25.3 has passed"
    endings = [PartEnding(outcome=Outcome.PROMOTED, reason=f"{each}:live {reason}") for each in ("cart", "checkout")]
    return _event(ReleaseStatus.PROMOTED, *endings)


def rolled_back() -> Event:
    follows = f"the release 2026-11-25.3 has failed: {_FAILURE}"
    return _event(ReleaseStatus.FAILED, _back("cart", follows), _back("checkout", _FAULT))


def failed() -> Event:
    moved = "cart:live was moved by another writer: version 1 was expected, but it points at version 3"
    handed_over = PartEnding(outcome=Outcome.HANDED_OVER, reason=moved)
    return _event(ReleaseStatus.FAILED, handed_over, _back("checkout", _FAULT))


def overdue() -> ReleaseOverdue:
    """Return the event of cart's version that has waited for checkout's for half an hour."""
    waiting = WaitingVersion(target=TARGET.model_copy(update={"function": "cart"}), version="5", since=AT)
    group = ReleaseGroup(account_region=TARGET.account_region, tag="shop", waiting=(waiting,), revision=1)
    missing = TARGET.model_copy(update={"function": "checkout"})
    wait = timedelta(minutes=30)
    decision = decide_group(group, [waiting.target, missing], AT + wait, wait)
    return overdue_event(group, decision, release_of(group, TARGET.account_region), _MACHINE, AT + wait)


EVENTS = {
    "release-promoted": promoted,
    "release-rolled-back": rolled_back,
    "release-failed": failed,
    "release-overdue": overdue,
}
