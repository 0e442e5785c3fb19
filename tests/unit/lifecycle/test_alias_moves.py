"""The time of a move decides whether a rollout held the alias, and what the alias served before."""

from datetime import datetime, timedelta

import pytest

from rollout.lifecycle.alias_moves import KnownRouting, is_during_rollout, routing_before
from rollout.state.alias_move import AliasMove, RolloutPeriod
from tests.samples import AT, TARGET


def minute(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def period(began: float, ended: float | None, served: str | None = "4") -> RolloutPeriod:
    ended_at = None if ended is None else minute(ended)
    return RolloutPeriod(began_at=minute(began), ended_at=ended_at, served=served)


def move(at: float, version: str = "9") -> AliasMove:
    return AliasMove(target=TARGET, event_id="e", at=minute(at), writer="arn:of:a:person", version=version)


@pytest.mark.parametrize(
    ("periods", "is_during"),
    [
        ([], False),
        ([period(-10, -1)], False),
        ([period(-10, 1)], True),
        ([period(-10, None)], True),
        ([period(1, None)], False),
        ([period(20, 30), period(-10, 1)], True),
        ([period(20, 30), period(-10, -1)], False),
        ([period(0.01, 5)], True),
        ([period(-10, 0.01)], False),
        ([period(-10, 0.02)], True),
    ],
)
def test_move_is_during_a_rollout_by_its_time(periods, is_during):
    """The last cases: CloudTrail leaves out the parts of a second."""
    assert is_during_rollout(AT, periods) is is_during


FOUR, NINE = KnownRouting(version="4", shares={}), KnownRouting(version="9", shares={})


@pytest.mark.parametrize(
    ("periods", "last_move", "before"),
    [
        ([], None, None),
        ([], move(-5), NINE),
        ([period(-10, -6)], None, FOUR),
        ([period(-10, -6)], move(-5), NINE),
        ([period(-10, -4)], move(-5), FOUR),
        ([period(-10, -4, served=None)], move(-5), None),
        ([period(-10, -4), period(-30, -20, served="3")], None, FOUR),
        ([period(5, 9)], None, None),
        ([period(-10, 0.01)], None, FOUR),
        ([period(-10, None)], move(-20), NINE),
    ],
)
def test_routing_before_is_that_of_the_newest_rollout_or_move(periods, last_move, before):
    """A rollout that was handed over leaves an alias whose state the ledger does not have."""
    assert routing_before(AT, periods, last_move) == before
