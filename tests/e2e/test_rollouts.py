"""What becomes of rollouts in the deployed stack, seen from outside."""

import json
import re
from datetime import timedelta
from pathlib import Path

from tests.e2e.stories import (
    SLOW_MS,
    alarm_turns_red,
    alias_not_yet_there,
    calls_become_slow,
    errors_come_in_clumps,
    errors_double,
    faulty_version_published,
    fine_version_published,
    nobody_calls,
    slow_calls_are_not_counted,
    slowness_is_learnt,
    started_by_an_operator,
    stranger_edits_our_weights,
    stranger_moves_the_alias,
)

EVENTS = Path(__file__).parents[2] / "events"


def test_a_healthy_version_ends_alone_behind_the_alias(stories):
    """P1."""
    played = stories(fine_version_published)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})


def test_a_faulty_version_is_taken_back_with_both_versions_numbers(stories):
    """P1, P10."""
    played = stories(faulty_version_published)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "faulty:live serves version 1 alone again; unhealthy: " in played.ended["cause"]
    assert "errors: canary " in played.ended["cause"]
    assert ", stable 0 of " in played.ended["cause"]


def test_a_version_that_fails_twice_as_often_as_a_failing_stable_is_taken_back(stories):
    """P10: why these rates can be told apart in this time is said at the story."""
    played = stories(errors_double)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary fails more often than stable; errors: canary " in played.ended["cause"]


def test_a_slow_version_is_taken_back_with_both_versions_numbers(stories):
    """P1, P10."""
    played = stories(calls_become_slow)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary is slow more often than stable; errors: canary 0 of " in played.ended["cause"]
    assert re.search(
        rf"slow \(over {SLOW_MS} ms\): canary (\d+) of \1 calls \(100 %\), stable \d+ of \d+ calls",
        played.ended["cause"],
    )


def test_without_a_limit_slow_is_what_stable_itself_seldom_is(stories, sandbox):
    played = stories(slowness_is_learnt)
    learnt = sandbox.inputs(played.execution)["ShiftTraffic"]["p99_before"]
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert 200 < learnt < 1500  # what a call of stable's takes at least, and one of the canary's
    assert "the canary is slow more often than stable; " in played.ended["cause"]
    assert f"slow (over {learnt:,.6g} ms): canary " in played.ended["cause"]


def test_where_slow_calls_cannot_be_counted_slow_minutes_are_and_the_judgement_says_so(stories):
    played = stories(slow_calls_are_not_counted)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert f"slow (p90 over {SLOW_MS} ms): canary " in played.ended["cause"]
    assert "by the minute, as CloudWatch counts no slow calls here" in played.ended["cause"]


def test_a_version_whose_errors_come_in_clumps_as_stables_do_is_promoted(stories, sandbox):
    """It shows that clumps reach the judge as CloudWatch counts them, and are learnt before the first shift.

    One rollout says nothing of how often a healthy version is taken back: that is simulated, in docs/judging.md.
    """
    played = stories(errors_come_in_clumps)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    last_beside_stable = sandbox.inputs(played.execution)["PromoteVersion"]["reason"]
    assert "bursts assumed" not in last_beside_stable
    assert _failed_before(sandbox, played) > 0


def test_an_operator_needs_to_name_the_function_alone(stories):
    played = stories(started_by_an_operator)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})


def test_a_canary_without_calls_is_never_promoted(stories):
    """P5."""
    played = stories(nobody_calls)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "silence is not health" in played.ended["cause"]


def test_an_alarm_that_turns_red_takes_the_canary_back_and_one_red_before_does_not(stories):
    """P10."""
    played = stories(alarm_turns_red)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "alarm checkout turned red during the rollout" in played.ended["cause"]
    assert "alarm burning was red before the rollout and does not decide" in played.ended["cause"]


def test_an_alias_that_does_not_exist_is_made_and_nothing_is_compared(stories):
    played = stories(alias_not_yet_there)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    assert "nothing to compare it with" in json.loads(played.ended["output"])["reason"]


def test_an_alias_moved_by_a_stranger_is_left_as_it_is(stories):
    """P2, P10."""
    played = stories(stranger_moves_the_alias)
    assert (played.ending, played.shop.served()) == ("RolloutHandedOver", {"2": 100})
    assert "it points at version 2" in played.ended["cause"]
    assert ". CloudTrail says it was arn:aws:iam::111111111111:root at 20" in played.ended["cause"]


def test_our_own_weights_edited_by_a_stranger_are_left_as_they_are(stories):
    """P2, P10."""
    played = stories(stranger_edits_our_weights)
    assert (played.ending, played.shop.served()) == ("RolloutHandedOver", {"1": 40, "2": 60})
    assert "version 1 with 50 % to version 2 was expected" in played.ended["cause"]


def test_a_shift_that_comes_late_overwrites_nothing(stories, late_shift):
    """P2."""
    assert late_shift["errorType"] == "AliasChangedError"
    assert stories(fine_version_published).shop.served() == {"2": 100}


def test_a_promotion_that_comes_twice_finds_its_work_done(stories, second_promotion):
    """P4."""
    assert second_promotion["phase"] == "bake"
    assert stories(fine_version_published).shop.served() == {"2": 100}


def test_the_ledger_holds_the_rollout_its_looks_and_its_ending(stories, sandbox):
    played = stories(fine_version_published)
    entries = sandbox.client("dynamodb").query(
        TableName=sandbox.outputs["LedgerTableName"],
        KeyConditionExpression="target = :target",
        ExpressionAttributeValues={":target": {"S": "111111111111/us-east-1/fine/live"}},
    )["Items"]
    kinds = [entry["entry"]["S"].split("#")[0] for entry in entries]
    assert kinds.count("rollout") == 1
    assert kinds.count("evaluation") == sandbox.states(played.execution).count("JudgeCanary")
    assert entries[-1]["outcome"]["S"] == "promoted"
    assert "ended_at" in entries[-1]


def test_an_event_that_comes_again_starts_nothing(stories, sandbox):
    """P7."""
    played = stories(fine_version_published)
    event = json.loads((EVENTS / "start_rollout.json").read_text())
    arn = f"arn:aws:lambda:us-east-1:111111111111:function:{played.shop.name}:2"
    event |= {"account": "111111111111", "region": "us-east-1"}
    event["detail"]["responseElements"] |= {"functionArn": arn, "version": "2"}
    answer = sandbox.client("lambda").invoke(
        FunctionName=sandbox.physical_ids["StartRolloutFunction"], Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read())["started"] is False
    assert sandbox.rollouts_of(played.shop.name, "2") == [played.execution]


def _failed_before(sandbox, played) -> float:
    """Return how many of the alias's calls CloudWatch knows to have failed before the rollout."""
    alias = {"FunctionName": played.shop.name, "Resource": f"{played.shop.name}:{played.shop.alias}"}
    started = played.ended["startDate"]
    points = sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": name, "Value": value} for name, value in alias.items()],
        StartTime=started - timedelta(minutes=5),
        EndTime=started,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)
