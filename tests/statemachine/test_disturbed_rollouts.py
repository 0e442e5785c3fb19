"""Complete rollouts in which another writer moves the alias, or a task fails after its write."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.statemachine.conftest import POLICY, Task, Tasks
from tests.statemachine.machine import Machine
from tests.statemachine.moto_account import (
    alias,
    move_alias,
    outcome,
    publish_counts,
    publish_healthy_counts,
    publish_unhealthy_counts,
)

AT_ONCE = {"function": "shop", "policy": POLICY | {"steps": "AllAtOnce"}}


def _with_action_after(task: Task, action: Callable[[], None]) -> Task:
    def run(document: Any) -> Any:
        result = task(document)
        action()
        return result

    return run


def _with_action_before(task: Task, action: Callable[[], None]) -> Task:
    def run(document: Any) -> Any:
        action()
        return task(document)

    return run


def _failing_after_its_write(task: Task) -> Task:
    def run(document: Any) -> Any:
        task(document)
        raise MemoryError("out of memory")

    return run


def test_all_at_once_that_fails_during_its_bake_is_rolled_back(orchestrator: Machine, shop, tasks: Tasks):
    """P1: the alias's own counts before the promotion are those of stable."""
    publish_counts(None, calls=1000, errors=1, seconds=5)
    fail = partial(publish_counts, None, calls=1000, errors=400, after=5)
    tasks["promote_version"] = _with_action_after(tasks["promote_version"], fail)
    ended = orchestrator.run(AT_ONCE)
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert "max_error_percent (5 %)" in ended.cause


def test_all_at_once_whose_response_is_lost_is_rolled_back(orchestrator: Machine, shop, tasks: Tasks):
    """P1, P10: the rollout recognizes the alias at the canary as its own write."""
    tasks["promote_version"] = _failing_after_its_write(tasks["promote_version"])
    ended = orchestrator.run(AT_ONCE)
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.endswith("MemoryError: out of memory")


def test_alias_moved_by_another_writer_is_left_as_it_is(orchestrator: Machine, shop, tasks: Tasks):
    """The canary is unhealthy, but the alias serves a third version when RollBack reads it."""
    publish_unhealthy_counts()
    tasks["judge_canary"] = _with_action_before(tasks["judge_canary"], move_alias)
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("3", {}), "handed_over")
    assert "was moved by another writer" in ended.cause


def test_alias_moved_during_the_bake_is_left_as_it_is(orchestrator: Machine, shop, tasks: Tasks):
    """P2: the next evaluation hands over, although the canary is healthy."""
    publish_healthy_counts()
    tasks["promote_version"] = _with_action_after(tasks["promote_version"], move_alias)
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("3", {}), "handed_over")
    assert (ended.visits("PromoteVersion"), ended.visits("RollBack")) == (1, 0)
    assert ended.cause == (
        "shop:live was moved by another writer: version 2 was expected, but it points at version 3. The alias is left"
        " as it is"
    )


@pytest.mark.parametrize("task", ["shift_traffic", "judge_canary", "promote_version"])
def test_rollout_is_rolled_back_if_a_task_fails_after_its_write(orchestrator: Machine, shop, tasks: Tasks, task: str):
    publish_counts("1", calls=900, errors=1)
    publish_counts("2", calls=100, errors=0)
    tasks[task] = _failing_after_its_write(tasks[task])
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.endswith("MemoryError: out of memory")
