"""What becomes of rollouts in the deployed stack, seen from outside."""

import json
from pathlib import Path

from tests.e2e.stories import (
    alarm_turns_red,
    alias_not_yet_there,
    faulty_version_published,
    fine_version_published,
    nobody_calls,
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
        ExpressionAttributeValues={":target": {"S": "000000000000/us-east-1/fine/live"}},
    )["Items"]
    kinds = [entry["entry"]["S"].split("#")[0] for entry in entries]
    assert kinds.count("rollout") == 1
    assert kinds.count("look") == sandbox.states(played.execution).count("JudgeCanary")
    assert entries[-1]["outcome"]["S"] == "promoted"
    assert "ended_at" in entries[-1]


def test_an_event_that_comes_again_starts_nothing(stories, sandbox):
    """P7."""
    played = stories(fine_version_published)
    event = json.loads((EVENTS / "start_rollout.json").read_text())
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{played.shop.name}:2"
    event |= {"account": "000000000000", "region": "us-east-1"}
    event["detail"]["responseElements"] |= {"functionArn": arn, "version": "2"}
    answer = sandbox.client("lambda").invoke(
        FunctionName=sandbox.physical_ids["StartRolloutFunction"], Payload=json.dumps(event)
    )
    assert json.loads(answer["Payload"].read())["started"] is False
    assert sandbox.rollouts_of(played.shop.name, "2") == [played.execution]
