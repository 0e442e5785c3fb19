"""Tests of the spread of evaluations: none with few rollouts, and even by the target with many."""

from collections import Counter
from datetime import timedelta

import pytest

from rollout.domain.identity import Target
from rollout.lifecycle.beat.spread import EVALUATIONS_PER_SECOND, seconds_to_evaluation
from rollout.state.alias import AliasReads
from tests.samples import AT, ON_AWS, rollout


def second_of(number: int, live: int) -> int:
    """Return the second of its minute in which a rollout evaluates that begins at AT."""
    target = Target(account="123456789012", region="eu-west-1", function=f"f{number}", alias="live")
    wait = seconds_to_evaluation(rollout(target=target, alias_reads=AliasReads(live_beside=live)), 60, AT, ON_AWS)
    return wait - 60


def test_few_rollouts_evaluate_at_the_edge_of_the_minute():
    assert {second_of(number, live=0) for number in range(100)} == {0}


@pytest.mark.parametrize(("live", "seconds"), [(100, 10), (300, 30), (1000, 50), (10_000, 50)])
def test_many_rollouts_begin_evaluations_evenly(live, seconds):
    """Up to 500 rollouts, about ten a second; with more, over fifty seconds of each minute."""
    counted = Counter(second_of(number, live) for number in range(live))
    assert max(counted) <= seconds
    assert max(counted.values()) < 2 * max(EVALUATIONS_PER_SECOND, live / seconds)


def test_evaluation_of_a_target_comes_in_the_same_second_of_every_minute():
    live, now, seconds = rollout(alias_reads=AliasReads(live_beside=1000)), AT, set()
    for _ in range(5):
        now += timedelta(seconds=seconds_to_evaluation(live, 60, now, ON_AWS))
        seconds.add(now.second)
    assert len(seconds) == 1
    assert now == AT + timedelta(minutes=5, seconds=seconds.pop())
