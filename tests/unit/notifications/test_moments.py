"""Tests of the setting NotifyOn: what it names, what it always has, and how it is refused."""

import re

import pytest

from rollout.notifications.moments import Moment, MomentsUnreadableError, read_moments
from tests.repository.test_templates import HOME

PARAMETER = HOME["Parameters"]["NotifyOn"]


@pytest.mark.parametrize("text", ["", "promoted", " promoted , paused,", ",".join(Moment)])
def test_failed_rollback_is_always_notified(text):
    """P10: the alias may be split, so no setting leaves it out."""
    assert read_moments(text) == {*filter(None, map(str.strip, text.split(",")))} | {"rollback_failed"}


@pytest.mark.parametrize("text", ["promotted", "promoted;paused", "promoted,*", "Promoted", "x" * 5000])
def test_unknown_moment_is_refused_with_what_is_possible(text):
    with pytest.raises(MomentsUnreadableError) as refused:
        read_moments(text)
    assert all(moment in str(refused.value) for moment in Moment)
    assert len(str(refused.value)) < 600


def test_stack_notifies_every_moment_by_default():
    assert read_moments(PARAMETER["Default"]) == {*Moment}


@pytest.mark.parametrize(
    ("text", "is_accepted"),
    [
        *((str(moment), True) for moment in Moment),
        ("", True),
        (",".join(Moment), True),
        ("promoted,promoted", True),
        ("promotted", False),
        ("promoted,", False),
        (",promoted", False),
        ("promoted, paused", False),
        ("promoted paused", False),
        ("promotedpaused", False),
    ],
)
def test_deployment_accepts_what_can_be_read(text, is_accepted):
    assert bool(re.fullmatch(PARAMETER["AllowedPattern"], text)) is is_accepted
    if is_accepted:
        read_moments(text)
