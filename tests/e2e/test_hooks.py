"""Hooks in the deployed stack, called with their own role, under IAM."""

import pytest

from tests.e2e.stories.hooks import (
    CALLED_AFTER_ROLLBACK,
    DELETED,
    UNTAGGED,
    WITHOUT_VERDICT,
    hook_raises,
    hooks_return_no_verdict,
    member_hooks_are_healthy,
    version_is_stopped_before_traffic,
)


def reasons(stack, rollout) -> str:
    return "\n".join(entry["reason"]["S"] for entry in stack.ledger.evaluations(rollout.shop))


def calls(stack, hook: str) -> list[bool]:
    """Return whether IAM allowed each call of a hook by the state machine."""
    return [
        decision["allowed"]
        for decision in stack.audit.decisions()
        if decision["action"] == "lambda:InvokeFunction"
        and decision["resource"].endswith(f":function:{hook}")
        and "-hooks-" in decision["principal"]
    ]


def test_hook_stops_a_version_before_any_caller_meets_it(stories, stack):
    """P6: no task of the rollout has written the alias."""
    rollout = stories(version_is_stopped_before_traffic)
    assert (rollout.ending, rollout.shop.shares()) == ("StoppedBeforeTrafficError", {"1": 100})
    assert rollout.shop.revision() == rollout.revision
    assert rollout.cause.startswith(
        "hook-stopped:live was not touched, and version 2 has had no traffic: unhealthy: hooks before traffic:"
        " hook-tries: unhealthy (100 of 100 calls fail: The payment service does not respond); "
    )
    states = stack.executions.states(rollout.execution)
    assert [state for state in states if "Hooks" in state] == ["RunBeforeTrafficHooks"]


def test_exception_of_a_hook_rolls_back_and_the_hooks_on_a_rollback_are_called(stories, stack):
    """P10: the Cause has the message of the exception."""
    rollout = stories(hook_raises)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "hook-raises: unhealthy, because it raised ConfiguredError: The orders do not add up" in rollout.cause
    assert calls(stack, CALLED_AFTER_ROLLBACK) == [True]


@pytest.mark.parametrize(
    ("hook", "said"),
    {
        "hook-hangs": "its call failed (States.Timeout",
        "hook-is-large": "its call failed (States.DataLimitExceeded",
        "hook-returns-html": 'it returned "<html>502 Bad Gateway</html>"',
        "hook-returns-number": "it returned 7",
        DELETED: "no verdict in",
        UNTAGGED: "no verdict in",
    }.items(),
)
def test_hook_without_a_verdict_is_reported_and_its_policy_decides(stories, stack, hook, said):
    """P5, P12: `on_error: promote` goes on without it; nothing that a hook returns fails the execution."""
    rollout = stories(hooks_return_no_verdict)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert f"{hook}: {said}" in reasons(stack, rollout)
    assert {*WITHOUT_VERDICT, UNTAGGED} >= {hook}


@pytest.mark.parametrize("hook", [DELETED, UNTAGGED])
def test_iam_denies_the_call_of_a_hook_without_its_tag(stories, stack, hook):
    """P9: the reason says so."""
    rollout = stories(hooks_return_no_verdict)
    assert calls(stack, hook) == [False]
    denied = (
        f"is not authorized to perform: lambda:InvokeFunction on resource: {rollout.shop.arn.rpartition(':')[0]}:{hook}"
    )
    assert denied in reasons(stack, rollout)


def test_hook_of_a_member_account_is_called_there(stories, stack):
    """P9: with the role of that account."""
    rollout = stories(member_hooks_are_healthy)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert reasons(stack, rollout).count("hook-member: healthy (100 of 100 calls succeed)") >= 3
    assert calls(stack, "hook-member") == [True] * 3
