"""The cost of a rollout is counted from its operations, and is small."""

import pytest

from rollout.dry_run.cost import (
    PER_CANARY_LOG,
    PER_EVALUATION,
    PER_GATE,
    PER_ROLLOUT,
    PER_STEP,
    Usage,
    canary_logs_usage,
    cost,
    log_usage,
    usage,
)
from rollout.policy.planned import evaluations_while_waiting
from tests.samples import ON_AWS, policy

AN_HOUR = policy(steps=[{"percent": 5, "hold": "15m"}, {"percent": 25, "hold": "15m"}], bake="30m")
TWELVE = {"metrics_in_step": 12, "metrics_in_bake": 12}


def test_hour_with_an_evaluation_per_minute_costs_less_than_a_cent_and_a_half():
    """Errors and slow calls of both versions and the alias are twelve metrics per evaluation."""
    price = cost(usage(AN_HOUR, **TWELVE))
    assert AN_HOUR.planned_seconds == 3600
    assert 1 < price.us_cents < 1.5
    assert price.us_cents == pytest.approx(sum(price.parts.values()), abs=0.01)


def test_usage_counts_every_evaluation_and_step():
    used = usage(AN_HOUR, metrics_in_step=6, metrics_in_bake=4)
    evaluations = AN_HOUR.planned_evaluations
    assert evaluations == 16 + 16 + 31
    assert used.transitions == 7 + 2 + 3 * evaluations
    assert used.lambda_calls == 4 + 2 + evaluations
    assert used.metrics == 6 * 32 + 4 * 31
    assert used == PER_ROLLOUT + PER_STEP * 2 + PER_EVALUATION * evaluations + Usage(metrics=used.metrics)


def test_usage_counts_the_evaluations_of_an_approval():
    steps = [{"percent": 5, "hold": "15m"}, {"approval": {"timeout": "1d"}}, {"percent": 25, "hold": "15m"}]
    used, plain = (usage(policy(steps=each, bake="30m"), **TWELVE) for each in (steps, [steps[0], steps[2]]))
    thinking = evaluations_while_waiting(86_400, 60)
    assert used == plain + PER_GATE + PER_EVALUATION * thinking + Usage(metrics=12 * thinking)


def test_usage_is_within_the_budget():
    """Fifteen transitions outside evaluations, with the default policy's three steps; two writes per evaluation."""
    assert (PER_ROLLOUT + PER_STEP * 3).transitions <= 15
    assert (PER_EVALUATION.transitions, PER_EVALUATION.lambda_calls) == (3, 1)
    assert PER_EVALUATION.writes <= 2


@pytest.mark.parametrize(
    ("used", "service", "us_cents"),
    [
        (Usage(transitions=4000), "step_functions", 10),
        (Usage(metrics=1000), "cloudwatch", 1),
        (Usage(lambda_calls=1_000_000), "lambda", 20 + 333.335),
        (Usage(writes=500_000), "dynamodb", 62.5),
        (Usage(reads=1_000_000), "dynamodb", 12.5),
        (Usage(events=1_000_000), "eventbridge", 100),
        (Usage(log_gb=10), "log_queries", 5),
    ],
)
def test_cost_is_split_by_service(used, service, us_cents):
    price = cost(used)
    assert price.parts.pop(service) == pytest.approx(us_cents)
    assert set(price.parts.values()) == {0}
    assert price.counts == used
    assert "us-east-1" in price.assumed


def test_promotion_without_a_bake_has_one_evaluation():
    assert usage(policy(steps="AllAtOnce", bake=0), **TWELVE).metrics == 12


def test_log_queries_scan_the_history_once_and_the_late_minutes_again():
    """A megabyte a second for an hour: 3.6 GB, 10.8 GB of history, and about eight minutes again in each evaluation."""
    logs = AN_HOUR.model_copy(update={"metrics": policy(metrics=["errors", {"logs": {"level": "ERROR"}}]).metrics})
    used = log_usage(logs, 1_000_000, ON_AWS)
    evaluations = AN_HOUR.planned_evaluations
    assert used == Usage(log_queries=evaluations, log_gb=3.6 + 10.8 + round(evaluations * (2 + 5 + 1) * 0.06, 3))
    assert 20 < cost(used).us_cents < 25


def test_canary_log_is_priced_for_half_an_hour_at_most_and_for_three_queries():
    """A megabyte a second for half an hour is 1.8 GB, which each of the three queries scans."""
    used = canary_logs_usage(AN_HOUR, 1_000_000)
    assert used == PER_CANARY_LOG + Usage(log_gb=5.4)
    assert cost(used).parts["log_queries"] == 2.7
    assert canary_logs_usage(policy(steps=[{"percent": 10, "hold": "5m"}], bake=0), 1_000_000).log_gb == 0.9


def test_policy_without_logs_has_no_log_queries():
    assert log_usage(AN_HOUR, 1_000_000, ON_AWS) == Usage()
