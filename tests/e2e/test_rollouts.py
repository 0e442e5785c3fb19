"""How rollouts end in the deployed stack, as its users see it."""

import re
from datetime import timedelta

import pytest

from tests.e2e.stories.judging import (
    SLOW_MS,
    alarm_turns_red,
    calls_become_slow,
    canary_answers_http_500,
    canary_cannot_be_invoked,
    canary_has_no_calls,
    error_rate_doubles,
    errors_come_in_bursts,
    member_canary_answers_http_500,
    slow_calls_cannot_be_counted,
    slow_limit_is_learned,
)
from tests.e2e.stories.locks import outside_change_edits_weights, outside_change_moves_alias
from tests.e2e.stories.starts import (
    alias_is_missing,
    faulty_version_published,
    healthy_version_published,
    operator_starts_rollout,
    tasks_run_twice,
)


def test_healthy_version_is_promoted(stories):
    """P1."""
    rollout = stories(healthy_version_published)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_faulty_version_is_rolled_back_with_counts_of_both_versions(stories):
    """P1, P10."""
    rollout = stories(faulty_version_published)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "faulty:live serves version 1 alone again; unhealthy: " in rollout.cause
    assert "errors: canary " in rollout.cause
    assert ", stable 0 of " in rollout.cause


def test_doubled_error_rate_is_rolled_back(stories):
    """P10: the story states why these rates differ visibly in this time."""
    rollout = stories(error_rate_doubles)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary fails more often than stable; errors: canary " in rollout.cause


@pytest.mark.parametrize("story", [canary_answers_http_500, member_canary_answers_http_500])
def test_canary_that_answers_http_500_is_rolled_back_by_its_log(stories, story):
    """P1, P10: none of these calls is an error of Lambda."""
    rollout = stories(story)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary writes matching log lines more often than stable; errors: canary 0 of " in rollout.cause
    assert re.search(r"logs \(ERROR\): canary [1-9]\d* of \d+ calls \(\d+ %\), stable 0 of \d+ calls", rollout.cause)


def test_slow_version_is_rolled_back_with_counts_of_both_versions(stories):
    """P1, P10."""
    rollout = stories(calls_become_slow)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary is slow more often than stable; errors: canary 0 of " in rollout.cause
    assert re.search(
        rf"slow \(over {SLOW_MS} ms\): canary (\d+) of \1 calls \(100 %\), stable \d+ of \d+ calls", rollout.cause
    )


def test_slow_limit_is_learned_from_stable(stories, stack):
    rollout = stories(slow_limit_is_learned)
    limit = stack.executions.inputs(rollout.execution)["ShiftTraffic"]["p99_before"]
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert 200 < limit < 1500  # between the shortest call of stable and the shortest call of the canary
    assert "the canary is slow more often than stable; " in rollout.cause
    assert f"slow (over {limit:,.6g} ms): canary " in rollout.cause


def test_slow_minutes_are_counted_where_slow_calls_cannot_be(stories):
    rollout = stories(slow_calls_cannot_be_counted)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert f"slow (p90 over {SLOW_MS} ms): canary " in rollout.cause
    assert "counted by the minute, because CloudWatch cannot count slow calls here" in rollout.cause


def test_canary_with_bursts_like_stable_is_promoted(stories, stack):
    """The judge reads the bursts as CloudWatch counts them, and learns their dispersion before the first shift.

    One rollout cannot show how often a healthy version is rolled back; docs/judging.md simulates that.
    """
    rollout = stories(errors_come_in_bursts)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    last_beside_stable = stack.executions.inputs(rollout.execution)["PromoteVersion"]["reason"]
    assert "bursts assumed" not in last_beside_stable
    assert _errors_before(stack, rollout) > 0


def test_operator_needs_to_name_only_the_function(stories):
    rollout = stories(operator_starts_rollout)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_canary_without_calls_is_rolled_back(stories):
    """P5."""
    rollout = stories(canary_has_no_calls)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "missing data never passes" in rollout.cause


def test_canary_that_cannot_be_invoked_is_rolled_back_by_its_missing_share(stories):
    """P5: it has no datapoints at all, and its callers get errors."""
    rollout = stories(canary_cannot_be_invoked)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary does not get its share of 50 % of the calls: 0 calls in " in rollout.cause
    assert "so Lambda cannot invoke it, or its calls do not end; errors: canary 0 calls, stable 0 of " in rollout.cause


def test_only_alarm_that_turns_red_during_rollout_rolls_back(stories):
    """P10."""
    rollout = stories(alarm_turns_red)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "alarm checkout turned red during the rollout" in rollout.cause
    assert "alarm burning was red before the rollout and does not decide" in rollout.cause


def test_missing_alias_is_created_without_comparison(stories):
    rollout = stories(alias_is_missing)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert "nothing to compare it with" in rollout.output["reason"]


def test_alias_moved_by_outside_change_is_handed_over(stories):
    """P2, P10."""
    rollout = stories(outside_change_moves_alias)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutHandedOver", {"2": 100})
    assert "it points at version 2" in rollout.cause
    assert ". CloudTrail does not name the writer yet" in rollout.cause
    writer = "arn:aws:iam::111111111111:root at 20"
    assert f". CloudTrail says it was {writer}" in rollout.reason == rollout.event["sentence"]
    assert rollout.event["writer"].startswith(writer)


def test_weights_edited_by_outside_change_are_handed_over(stories):
    """P2, P10."""
    rollout = stories(outside_change_edits_weights)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutHandedOver", {"1": 40, "2": 60})
    assert "version 1 with 50 % to version 2 was expected" in rollout.cause


def test_late_shift_overwrites_nothing(stories):
    """P2."""
    rollout = stories(healthy_version_published)
    assert rollout.late_shift["errorType"] == "LockLostError"
    assert rollout.shop.shares() == {"2": 100}


def test_repeated_shift_and_promotion_are_success(stories):
    """P4."""
    rollout = stories(tasks_run_twice)
    assert {state: answer["phase"] for state, answer in rollout.answers.items()} == {
        "ShiftTraffic": "shifting",
        "PromoteVersion": "bake",
    }
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_ledger_has_every_evaluation_and_ending(stories, stack):
    rollout = stories(healthy_version_published)
    (entry,) = stack.ledger.rollouts(rollout.shop)
    evaluations = stack.ledger.evaluations(rollout.shop)
    assert len(evaluations) == stack.executions.states(rollout.execution).count("JudgeCanary")
    assert entry["outcome"] == "promoted"
    assert "ended_at" in entry


def test_repeated_event_starts_nothing(stories, stack):
    """P7."""
    rollout = stories(healthy_version_published)
    assert rollout.second_event["started"] is False
    assert stack.executions.of_version(rollout.shop.name, "2") == [rollout.execution]


def _errors_before(stack, rollout) -> float:
    """Return the number of the alias's failed calls that CloudWatch counted before the rollout."""
    alias = {"FunctionName": rollout.shop.name, "Resource": f"{rollout.shop.name}:{rollout.shop.alias}"}
    started = rollout.description["startDate"]
    points = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": name, "Value": value} for name, value in alias.items()],
        StartTime=started - timedelta(minutes=5),
        EndTime=started,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)
