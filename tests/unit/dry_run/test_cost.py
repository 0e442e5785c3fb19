"""A rollout's price is counted from what the code does, and is small."""

import pytest

from rollout.dry_run.cost import EACH_LOOK, EACH_STEP, ONCE, Usage, cost, usage
from tests.samples import policy

AN_HOUR = policy(steps=[{"percent": 5, "hold": "15m"}, {"percent": 25, "hold": "15m"}], bake="30m")
TWELVE = {"metrics_in_step": 12, "metrics_in_bake": 12}


def test_an_hour_with_a_look_a_minute_costs_less_than_a_cent_and_a_half():
    """Errors and slow calls, by both versions and the alias: twelve metrics a look."""
    priced = cost(usage(AN_HOUR, **TWELVE))
    assert AN_HOUR.planned_seconds == 3600
    assert 1 < priced.us_cents < 1.5
    assert priced.us_cents == pytest.approx(sum(priced.parts.values()), abs=0.01)


def test_each_look_and_each_step_is_counted():
    counted = usage(AN_HOUR, metrics_in_step=6, metrics_in_bake=4)
    evaluations = AN_HOUR.planned_evaluations
    assert evaluations == 16 + 16 + 31
    assert counted.transitions == 6 + 2 + 3 * evaluations
    assert counted.lambda_calls == 4 + 2 + evaluations
    assert counted.metrics == 6 * 32 + 4 * 31
    assert counted == ONCE + EACH_STEP * 2 + EACH_LOOK * evaluations + Usage(metrics=counted.metrics)


def test_what_happens_once_is_within_the_budget_of_a_rollout():
    """Fifteen transitions beside the looks, with as many steps as a default policy has; two writes a look."""
    assert (ONCE + EACH_STEP * 3).transitions <= 15
    assert (EACH_LOOK.transitions, EACH_LOOK.lambda_calls) == (3, 1)
    assert EACH_LOOK.writes <= 2


@pytest.mark.parametrize(
    ("used", "service", "us_cents"),
    [
        (Usage(transitions=4000), "step_functions", 10),
        (Usage(metrics=1000), "cloudwatch", 1),
        (Usage(lambda_calls=1_000_000), "lambda", 20 + 333.335),
        (Usage(writes=500_000), "dynamodb", 62.5),
        (Usage(reads=1_000_000), "dynamodb", 12.5),
        (Usage(events=1_000_000), "eventbridge", 100),
    ],
)
def test_each_part_is_told_by_its_service(used, service, us_cents):
    priced = cost(used)
    assert priced.parts.pop(service) == pytest.approx(us_cents)
    assert set(priced.parts.values()) == {0}
    assert priced.counts == used
    assert "us-east-1" in priced.assumed


def test_at_once_without_a_bake_there_is_one_look():
    assert usage(policy(steps="AllAtOnce", bake=0), **TWELVE).metrics == 12
