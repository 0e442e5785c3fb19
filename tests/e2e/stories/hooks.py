"""Rollouts with hooks: healthy, unhealthy, or without a verdict, and in a member account."""

from dataclasses import dataclass
from typing import Any

from sandbox.accounts import MEMBER
from sandbox.hook import Hook
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, finish, roll_out, shop_with_canaries, start
from tests.e2e.stories.vanished_tags import VANISHED

WITHOUT_VERDICT: dict[str, dict[str, object]] = {
    "hook-hangs": {"answer": "hangs", "seconds": 15},
    "hook-is-large": {"answer": "is too large", "size": 300_000},
    "hook-returns-html": {"answer": '"<html>502 Bad Gateway</html>"'},
    "hook-returns-number": {"answer": "7"},
    f"hook-deleted-{VANISHED}": {},
}
"""Hooks that return no verdict; the last one is deleted during the rollout, and its tag with it."""
DELETED, UNTAGGED = f"hook-deleted-{VANISHED}", f"hook-{VANISHED}"
"""The latter loses its tag during the rollout; IAM denies the calls of both."""
CALLED_AFTER_ROLLBACK = "hook-on-rollback"


@dataclass(frozen=True)
class UntouchedRollout(FinishedRollout):
    """A rollout that was stopped before traffic, with the revision of its alias before it."""

    revision: str


def _policy(**hooks: list[dict[str, object]]) -> dict[str, Any]:
    return QUICK | {"hooks": hooks}


def version_is_stopped_before_traffic(stack: Stack) -> UntouchedRollout:
    """The hook calls the version, and every call fails."""
    Hook(stack.local, "hook-tries").create()
    shop = shop_with_canaries(stack, "hook-stopped", canary={"fault_percent": 100})
    revision, hook = shop.revision(), {"function": "hook-tries"}
    rollout = roll_out(stack, shop, policy=_policy(before_traffic=[hook], on_rollback=[{"function": "hook-tries"}]))
    return UntouchedRollout(shop, rollout.execution, rollout.description, revision)


def hook_raises(stack: Stack) -> FinishedRollout:
    """The rollback is reported to another hook."""
    Hook(stack.local, "hook-raises").create("raises")
    Hook(stack.local, CALLED_AFTER_ROLLBACK).create("null")
    shop = shop_with_canaries(stack, "hook-raised")
    with shop.traffic(per_second=6, callers=2):
        policy = _policy(each_step=[{"function": "hook-raises"}], on_rollback=[{"function": CALLED_AFTER_ROLLBACK}])
        return roll_out(stack, shop, policy=policy)


def hooks_return_no_verdict(stack: Stack) -> FinishedRollout:
    """Each has `on_error: promote`, so that every one of them is called."""
    hooks = {name: Hook(stack.local, name) for name in (*WITHOUT_VERDICT, UNTAGGED)}
    for name, hook in hooks.items():
        hook.create(**WITHOUT_VERDICT.get(name, {}))  # type: ignore[arg-type]
    shop = shop_with_canaries(stack, "hook-without-verdict")
    lenient = {name: {"function": name, "on_error": "promote", "timeout": "4s"} for name in hooks}
    policy = _policy(each_step=[lenient[name] for name in WITHOUT_VERDICT], after_traffic=[lenient[UNTAGGED]])
    with shop.traffic(per_second=6, callers=2):
        execution = start(stack, shop, policy=policy)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        hooks[DELETED].delete()
        hooks[UNTAGGED].untag()
        return finish(stack, shop, execution)


def member_hooks_are_healthy(stack: Stack) -> FinishedRollout:
    Hook(stack.local, "hook-member", MEMBER).create()
    shop = shop_with_canaries(stack, "hook-member-shop", account=MEMBER)
    hook = [{"function": "hook-member"}]
    with shop.traffic(per_second=6, callers=2):
        return roll_out(stack, shop, policy=_policy(before_traffic=hook, each_step=hook, after_traffic=hook))
