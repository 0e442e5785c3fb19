"""Tests of the opt-in check: a rollout whose function has lost its tag says so, and gets no larger share (P9)."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.domain.text import MAX_SENTENCE_LENGTH
from rollout.lifecycle.decide import decide
from rollout.lifecycle.opt_in import apply_opt_in_check, missing_tag, with_missing_tag
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, TARGET, judgement, policy, rollout

HEALTHY, UNHEALTHY, INCONCLUSIVE = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
FIRST_STEP, LAST_STEP, BAKE = {}, {"step": 2}, {"step": 2, "phase": Phase.BAKE}
TAGGED = {"rollout:alias": "live"}
COMMAND = (
    "aws lambda tag-resource --resource arn:aws:lambda:eu-west-1:123456789012:function:my-api --tags rollout:alias=live"
)
IN_STEP = "At the end of the step, the rollout needs it for a larger share and otherwise rolls back"
IN_BAKE = "Without it, later versions are not rolled out"


def decided(begun: Rollout, verdict: Verdict, after_seconds: float, tags: dict[str, str] | None) -> Rollout:
    """Return the decision of an evaluation that finds these tags."""
    missing = missing_tag(begun, tags)
    now = AT + timedelta(seconds=after_seconds)
    return apply_opt_in_check(decide(begun, with_missing_tag(judgement(verdict), missing), now, ON_AWS), missing)


@pytest.mark.parametrize("tags", [TAGGED, TAGGED | {"team": "shop"}, None])
@pytest.mark.parametrize("position", [FIRST_STEP, LAST_STEP, BAKE])
def test_present_or_unknown_tag_changes_nothing(tags, position):
    """Tags that could not be read are unknown, not missing."""
    begun = rollout(**position)
    plain = decide(begun, judgement(HEALTHY), AT + timedelta(seconds=300), ON_AWS)
    assert decided(begun, HEALTHY, 300, tags) == plain


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({}, "my-api has lost its tag rollout:alias"),
        ({"team": "shop", "rollout:policy": "careful"}, "my-api has lost its tag rollout:alias"),
        ({"rollout:alias": "blue"}, 'the tag rollout:alias of my-api now names "blue"'),
        ({"rollout:alias": ""}, 'the tag rollout:alias of my-api now names ""'),
        ({"rollout:alias": "Live"}, 'the tag rollout:alias of my-api now names "Live"'),
    ],
)
@pytest.mark.parametrize(("position", "consequence"), [(FIRST_STEP, IN_STEP), (LAST_STEP, IN_STEP), (BAKE, IN_BAKE)])
def test_missing_tag_is_reported_with_the_command(tags, found, position, consequence):
    assert missing_tag(rollout(**position), tags) == f"{found}. {consequence}: set it ({COMMAND})"


def test_command_names_the_partition_and_the_account_of_the_target():
    target = TARGET.model_copy(update={"account": "222222222222", "region": "cn-north-1"})
    sentence = missing_tag(rollout(target=target), {})
    assert "--resource arn:aws-cn:lambda:cn-north-1:222222222222:function:my-api --tags" in sentence


@pytest.mark.parametrize(
    ("position", "verdict", "after_seconds", "move"),
    [
        (FIRST_STEP, HEALTHY, 60, Move.WAIT),
        (FIRST_STEP, INCONCLUSIVE, 300, Move.WAIT),
        (FIRST_STEP, UNHEALTHY, 60, Move.ROLL_BACK),
        (BAKE, HEALTHY, 60, Move.WAIT),
        (BAKE, HEALTHY, 300, Move.FINISH),
        (BAKE, UNHEALTHY, 60, Move.ROLL_BACK),
    ],
)
def test_missing_tag_is_only_reported_where_the_share_stays(position, verdict, after_seconds, move):
    begun = rollout(**position)
    decision = decided(begun, verdict, after_seconds, {})
    assert (decision.next_move, move) == (move, decided(begun, verdict, after_seconds, TAGGED).next_move)
    assert COMMAND in decision.reason
    assert COMMAND in decision.judgement.reason


@pytest.mark.parametrize(("position", "tagged_move"), [(FIRST_STEP, Move.SHIFT), (LAST_STEP, Move.PROMOTE)])
def test_step_without_tag_ends_in_rollback(position, tagged_move):
    """P9: the canary gets no larger share on a function without the tag."""
    begun = rollout(**position)
    assert decided(begun, HEALTHY, 300, TAGGED).next_move is tagged_move
    decision = decided(begun, HEALTHY, 300, {})
    assert (decision.next_move, decision.ending) == (Move.ROLL_BACK, None)
    assert decision.reason == (
        f"healthy: errors: as counted; my-api has lost its tag rollout:alias. {IN_STEP}: set it ({COMMAND}); the step"
        " has ended without the tag"
    )


def test_tag_that_is_set_again_lets_the_step_end_as_planned():
    first = decided(rollout(), HEALTHY, 240, {})
    assert (first.next_move, COMMAND in first.reason) == (Move.WAIT, True)
    second = decided(first, HEALTHY, 300, TAGGED)
    assert (second.next_move, COMMAND in second.reason) == (Move.SHIFT, False)


def test_step_without_tag_keeps_its_hold_where_it_could_end_early():
    """The operator has the whole hold to set the tag."""
    early = judgement(HEALTHY).model_copy(update={"may_end_step": True})
    now = AT + timedelta(seconds=60)
    assert decide(rollout(), early, now, ON_AWS).next_move is Move.SHIFT
    assert decide(rollout(), with_missing_tag(early, "no tag"), now, ON_AWS).next_move is Move.WAIT


def test_policy_that_promotes_with_too_few_calls_does_not_promote_without_tag():
    """P9."""
    begun = rollout(step=2, policy=policy(max_extension="5m", on_inconclusive="promote"))
    assert decided(begun, INCONCLUSIVE, 600, TAGGED).next_move is Move.PROMOTE
    assert decided(begun, INCONCLUSIVE, 600, {}).next_move is Move.ROLL_BACK


def test_bake_that_ends_without_tag_says_so_in_its_ending():
    """P10: the version is promoted, and the operator learns that the next one will not be rolled out."""
    ending = decided(rollout(**BAKE), HEALTHY, 300, {}).ending
    assert ending.outcome is Outcome.PROMOTED
    assert COMMAND in ending.cause


def test_long_reason_keeps_the_command():
    long = judgement(HEALTHY).model_copy(update={"reason": "x" * MAX_SENTENCE_LENGTH})
    missing = missing_tag(rollout(), {})
    reason = apply_opt_in_check(
        decide(rollout(), with_missing_tag(long, missing), AT + timedelta(seconds=300), ON_AWS), missing
    ).reason
    assert len(reason) <= MAX_SENTENCE_LENGTH
    assert COMMAND in reason
