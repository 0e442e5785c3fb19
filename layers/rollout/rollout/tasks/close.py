"""What a rollout is closed with."""

from datetime import datetime

from rollout.aws.wiring import alias_of, cloudtrail
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsUnavailableError
from rollout.lifecycle.rollback import Closing, corrected_ending
from rollout.state.endings import with_writer
from rollout.state.rollout import Ending

_SEEN_TO = (Outcome.HANDED_OVER, Outcome.ROLLBACK_FAILED)


def final_ending(closing: Closing, now: datetime) -> Ending:
    """Return the ending a rollout came to, with the alias itself having the last word on what may be split or moved.

    A write of RestoreAlias whose answer was lost looks like a failure to the state machine; and whoever moved an alias
    is named, if CloudTrail tells.
    """
    ending = closing.known_ending
    if ending.outcome not in _SEEN_TO:
        return ending
    try:
        found = alias_of(closing.target).find()
    except AwsUnavailableError:
        return ending
    ending = corrected_ending(ending, found, closing)
    if found is None or ending.outcome is not Outcome.HANDED_OVER or found.revision_id == closing.revision_id:
        return ending
    return with_writer(ending, cloudtrail(closing.target.account_region).who_wrote(found.revision_id, now))
