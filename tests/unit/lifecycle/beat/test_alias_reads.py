"""Tests of the beat of alias reads: every evaluation with few rollouts, and in turns with many."""

from collections import Counter
from datetime import timedelta

import pytest

from rollout.domain.enums import Move
from rollout.domain.identity import Target
from rollout.lifecycle.beat.alias_reads import READS_PER_SECOND, is_alias_due, needs_alias, with_next_read
from rollout.lifecycle.beat.live_count import COUNT_VALID, FEW_ROLLOUTS, LiveCount
from tests.samples import AT, policy, rollout

LONGEST = 900
MINUTE = timedelta(minutes=1)


def targets(count: int) -> list[Target]:
    return [
        Target(account="123456789012", region="eu-west-1", function=f"f{number}", alias="live")
        for number in range(count)
    ]


def reads(live: int, minutes: int, longest: int = LONGEST) -> Counter[int]:
    """Return how many of these rollouts read their alias in each minute, if they began together."""
    counted: Counter[int] = Counter()
    for target in targets(live):
        begun = with_next_read(rollout(target=target), live, AT, longest)
        for minute in range(1, minutes + 1):
            if is_alias_due(begun, now := AT + minute * MINUTE):
                begun = with_next_read(begun, live, now, longest)
                counted[minute] += 1
    return counted


@pytest.mark.parametrize("live", [0, FEW_ROLLOUTS + 1, 60 * READS_PER_SECOND])
def test_every_evaluation_reads_the_alias_with_up_to_300_rollouts(live):
    assert with_next_read(rollout(), live, AT, LONGEST).alias_reads.due_at is None
    assert is_alias_due(with_next_read(rollout(), live, AT, LONGEST), AT)


def test_many_rollouts_that_begin_together_read_in_turns():
    """2,000 rollouts at 5 reads a second: about 300 reads a minute, and never twice as many."""
    by_minute = reads(2000, 20)
    assert 20 * 270 <= sum(by_minute.values()) <= 20 * 330
    assert max(by_minute.values()) < 2 * 300


def test_alias_is_read_at_the_latest_after_the_longest_time():
    for target in targets(50):
        begun = with_next_read(rollout(target=target), 1_000_000, AT, LONGEST)
        assert AT < begun.alias_reads.due_at <= AT + timedelta(seconds=LONGEST)


def test_alias_is_read_at_each_evaluation_where_the_longest_time_is_zero():
    assert with_next_read(rollout(), 10_000, AT, 0).alias_reads.due_at is None


def test_slower_interval_reads_at_each_evaluation():
    """Evaluations each five minutes are rare enough."""
    slow = rollout(policy=policy(interval="5m"))
    assert with_next_read(slow, 1000, AT, LONGEST).alias_reads.due_at is None


def test_missing_alias_is_read_at_each_evaluation():
    waiting = with_next_read(rollout(alias_missing=1), 10_000, AT, LONGEST)
    assert is_alias_due(waiting, AT)


@pytest.mark.parametrize("move", [*Move, None])
def test_decision_that_gives_traffic_or_ends_needs_the_alias(move):
    """P2: only a rollout that waits goes on without it, and RollBack reads it itself."""
    assert needs_alias(rollout(next_move=move)) is (move not in (Move.WAIT, Move.ROLL_BACK))


def test_old_count_and_count_of_few_rollouts_count_for_nothing():
    """Then every evaluation reads the alias."""
    many = LiveCount(count=1000, at=AT)
    assert (many.valid_at(AT + COUNT_VALID), many.valid_at(AT + COUNT_VALID + MINUTE)) == (1000, 0)
    assert LiveCount(count=FEW_ROLLOUTS, at=AT).valid_at(AT) == 0
