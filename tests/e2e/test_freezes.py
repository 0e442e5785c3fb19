"""A freeze of the whole stack, as it holds rollouts and lets them go on by themselves."""

import re

from tests.e2e.stories.freezes import REASON, URGENT

VERDICT = re.compile(r"; (healthy|inconclusive): ")


def reasons(stack, rollout):
    return [entry["reason"]["S"] for entry in stack.ledger.evaluations(rollout.shop)]


def test_held_rollout_keeps_its_share_and_says_why(frozen, stack):
    """P10. It is judged all the while, also before its first calls are counted."""
    assert frozen.held.shares == {"1": 50, "2": 50}
    held = [reason for reason in reasons(stack, frozen.held) if "keeps its share" in reason]
    cause = f"the canary keeps its share, because the stack is frozen until {frozen.until}: {REASON}"
    assert held
    assert all(VERDICT.search(reason) and cause in reason for reason in held)


def test_held_rollout_is_notified_once_with_what_ends_the_freeze(frozen, stack):
    """It is evaluated again and again while it is held."""
    held, ended = stack.listener.notifications(frozen.held.execution)
    assert held["Subject"] == "Frozen: frozen-held:live: version 2 keeps 50 %"
    assert f"The rollout is frozen until {frozen.until}." in held["Message"].splitlines()[0]
    assert f"Why: the stack is frozen until {frozen.until}: {REASON}" in held["Message"].splitlines()
    assert "aws ssm delete-parameter --region us-east-1 --name /rollouts/freeze" in held["Message"]
    assert ended["Subject"] == "Promoted: frozen-held:live serves version 2 alone"


def test_held_rollout_goes_on_by_itself_after_the_freeze(frozen):
    assert (frozen.held.ending, frozen.held.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_unhealthy_canary_is_rolled_back_in_a_freeze(frozen):
    """P1."""
    assert (frozen.faulty.ending, frozen.faulty.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "unhealthy" in frozen.faulty.cause


def test_version_published_in_a_freeze_waits_and_begins_by_itself(frozen, stack):
    """P8."""
    waiting = stack.executions.inputs(frozen.published.execution)["WaitForTurn"]
    states = stack.executions.states(frozen.published.execution)
    cause = f"version 2 waits, because the stack is frozen until {frozen.until}: {REASON}"
    assert waiting["reason"].startswith(cause)
    assert states.index("WaitForTurn") < states.index("PromoteVersion")
    assert (frozen.published.ending, frozen.published.shop.shares()) == ("SUCCEEDED", {"2": 100})


def test_override_of_a_freeze_begins_at_once_and_is_on_record(frozen, stack):
    """P11."""
    assert "WaitForTurn" not in stack.executions.states(frozen.urgent.execution)
    assert (frozen.urgent.ending, frozen.urgent.output["override_freeze"]) == ("SUCCEEDED", URGENT)
    assert [entry["override_freeze"] for entry in stack.ledger.rollouts(frozen.urgent.shop)] == [URGENT]
