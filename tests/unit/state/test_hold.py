"""Tests of freezes and windows: what holds a rollout, until when, and a freeze that cannot be read."""

from datetime import UTC, datetime, timedelta

import pytest

from rollout.state.hold import Freeze, FreezeMode, Hold, hold_at, read_freeze
from tests.samples import AT, policy

FREEZE = Freeze(reason="holidays", until=AT + timedelta(hours=1))
CLOSED = policy(windows=[{"from": "14:00", "to": "15:00", "timezone": "UTC"}])


@pytest.mark.parametrize(
    ("used", "freeze", "expected"),
    [
        (policy(), None, None),
        (policy(), Freeze(reason="holidays", until=AT), None),
        (policy(), Freeze(reason="holidays"), Hold(reason="the stack is frozen: holidays", is_freeze=True)),
        (
            policy(),
            FREEZE,
            Hold(
                reason="the stack is frozen until 2026-03-01T13:00Z: holidays",
                until=AT + timedelta(hours=1),
                is_freeze=True,
            ),
        ),
        (
            CLOSED,
            None,
            Hold(reason="the policy's windows are closed until 2026-03-01T14:00Z", until=AT + timedelta(hours=2)),
        ),
        (
            CLOSED,
            Freeze(reason="incident", mode=FreezeMode.ROLL_BACK),
            Hold(reason="the stack is frozen: incident", mode=FreezeMode.ROLL_BACK, is_freeze=True),
        ),
    ],
)
def test_freeze_and_windows_hold_a_rollout(used, freeze, expected):
    assert hold_at(used, freeze, AT) == expected


def test_freeze_is_read():
    text = '{"reason": "holidays. ", "until": "2026-12-01T09:00+01:00", "mode": "no_new"}'
    until = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert read_freeze(text, "/freeze") == Freeze(reason="holidays", until=until, mode=FreezeMode.NO_NEW)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is no JSON"),
        ("true", "freeze"),
        ("[" * 100, "it is no JSON"),
        ('{"reason": ' + "[" * 2000 + "]" * 2000 + "}", "it is no JSON"),
        ("9" * 5000, "it is no JSON"),
        ("5", "freeze"),
        ('["reason"]', "freeze"),
        ('"\\ud800"', "freeze"),
        ("{}", "reason is missing"),
        ('{"reason": "a", "until": "soon"}', 'until is "soon": write a time with its zone'),
        ('{"reason": "a", "until": "2026-12-01T08:00"}', "write a time with its zone"),
        ('{"reason": "a", "until": "9999-12-31T23:59:59-05:00"}', "write a time with its zone"),
        ('{"reason": "a", "until": "0001-01-01T00:00+14:00"}', "write a time with its zone"),
        ('{"reason": "a", "until": 1e999}', "write a time with its zone"),
        ('{"reason": "a", "until": {"at": ["2026-12-01T08:00Z"]}}', "write a time with its zone"),
        ('{"mode": "HOLD", "until": 5}', "mode is \"HOLD\": write 'hold', 'roll_back' or 'no_new'"),
        ('{"reason": "\\ud800", "mode": "\\udfff"}', "mode is"),
        ('{"reason": ""}', 'reason is "": write at least 1 character'),
        (f'{{"reason": "{"a" * 501}"}}', "write at most 500 characters"),
        ('{"reason": "a", "mode": "stop"}', "mode is \"stop\": write 'hold', 'roll_back' or 'no_new'"),
        ('{"reson": "a"}', "reson is not a known field"),
    ],
)
def test_freeze_that_cannot_be_read_holds_every_rollout(text, problem):
    """The unknown is not absent: a person wanted to freeze the stack."""
    freeze = read_freeze(text, "/rollouts/freeze")
    assert (freeze.mode, freeze.until) == (FreezeMode.HOLD, None)
    assert freeze.reason.startswith("the parameter /rollouts/freeze is refused: ")
    assert problem in freeze.reason
