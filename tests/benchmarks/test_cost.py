"""The benchmark of cost: prices from one table, counts from the records, and the tables."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.cost.counted import Used
from benchmarks.cost.peer import tasks
from benchmarks.cost.price import PEER_GB, cents
from benchmarks.cost.report import report
from benchmarks.cost.run import Measured
from rollout.dry_run import cost

ACTIONS = Counter(
    {
        "dynamodb:GetItem": 3,
        "dynamodb:PutItem": 2,
        "lambda:GetAlias": 4,
        "lambda:UpdateAlias": 1,
        "lambda:GetFunction": 5,
        "lambda:ListTags": 5,
        "logs:StartQuery": 2,
        "events:PutEvents": 1,
    }
)
USED = Used("SUCCEEDED", 4.0, 10, 50, 20, 2000.0, 60, ACTIONS)
SMALL = replace(USED, transitions=30, lambda_calls=10, metrics=10, actions=Counter(), seconds_to_first_shift=2.0)


def test_calls_are_counted_by_what_limits_and_prices_tell_apart():
    assert (USED.reads, USED.writes, USED.control_plane_calls, USED.log_queries) == (3, 2, 5, 2)


def test_price_is_that_of_the_dry_run_for_the_same_counts():
    counts = cost.Usage(transitions=50, lambda_calls=20, metrics=60, reads=3, writes=4, events=1)
    assert cents(USED) == pytest.approx(sum(cost.cost(counts).parts.values()), abs=0.001)


def test_less_memory_is_cheaper():
    assert cents(USED, PEER_GB) < cents(USED)


def test_tables_hold_both_deployers():
    text = report(Measured(USED, USED, USED), Measured(SMALL, SMALL, SMALL))
    assert "| state transitions | 50 | 50 | 30 | 30 |" in text
    assert "| ours, from the publication | 2.0 | 2.0 |" in text
    assert "one alarm costs as much as" in text


def test_peer_takes_equal_steps_and_begins_with_the_first():
    assert tasks.plan({"steps": 4}, None) == [0.25, 0.5, 0.75, 1.0]
    assert json.dumps(tasks.plan({"steps": 10}, None)[-1]) == "1.0"
