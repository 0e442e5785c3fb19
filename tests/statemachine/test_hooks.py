"""Rollouts with hooks: the shipped definition and handlers, with the hooks of a team as functions in moto."""

from collections.abc import Callable
from typing import Any

import pytest

from rollout.dry_run.cost import PER_EVALUATION, PER_HOOK_CALL, PER_ROLLOUT, PER_STEP, usage
from rollout.policy.read_policy import read_policy
from tests.statemachine.conftest import POLICY, Tasks
from tests.statemachine.machine import Machine, client, definition
from tests.statemachine.moto_account import (
    alias,
    ledger,
    outcome,
    publish_healthy_counts,
    publish_unhealthy_counts,
)

Event = dict[str, Any]
Answer = Callable[[Event], Any]


@pytest.fixture
def deploy(shop: None, tasks: Tasks) -> Callable[[str, Answer], list[Event]]:
    """Deploy a hook, and return the list of the events that it receives."""

    def deploy(name: str, answer: Answer) -> list[Event]:
        events: list[Event] = []

        def call(event: Event) -> Any:
            events.append(event)
            return answer(event)

        role = client("iam").get_role(RoleName="shop")["Role"]["Arn"]
        client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="app.handler",
            Code={"ZipFile": b"hook"},
            Tags={"rollout:hook": "true"},
        )
        tasks[name] = call
        return events

    return deploy


SMOKE: dict[str, object] = {"function": "smoke"}


def request(policy: dict[str, Any] = POLICY, **hooks: Any) -> dict[str, Any]:
    points = {point: [hook] if isinstance(hook, dict) else hook for point, hook in hooks.items()}
    return {"function": "shop", "policy": policy | {"hooks": points}}


def healthy(_event: Event) -> None:
    """Return nothing, which is healthy."""


def unhealthy(event: Event) -> dict[str, str]:
    return {"verdict": "unhealthy", "reason": f"version {event['canary_version']} answers 500"}


def raising(_event: Event) -> None:
    raise AssertionError("total is -4")


@pytest.mark.parametrize("policy", [POLICY, POLICY | {"steps": "AllAtOnce"}], ids=["steps", "at once"])
def test_version_whose_hooks_are_healthy_is_promoted(orchestrator: Machine, deploy, policy):
    publish_healthy_counts()
    events = deploy("smoke", healthy)
    of_steps = {"each_step": SMOKE} if policy is POLICY else {}
    ended = orchestrator.run(request(policy, before_traffic=SMOKE, **of_steps, after_traffic=SMOKE, on_rollback=SMOKE))
    assert (ended.status, alias(), outcome()) == ("SUCCEEDED", ("2", {}), "promoted")
    received = [(event["hook"], event["step"], event["percent"], event["next_percent"]) for event in events]
    in_steps = [("before_traffic", 0, 0, 10), ("each_step", 1, 10, 50), ("each_step", 2, 50, 100)]
    last = ("after_traffic", 2, 100, 100)
    at_once = [("before_traffic", 0, 0, 100), ("after_traffic", 0, 100, 100)]
    assert received == ([*in_steps, last] if policy is POLICY else at_once)


def test_rollout_with_hooks_uses_the_resources_that_its_cost_counts(orchestrator: Machine, deploy):
    """As one without, and each call."""
    publish_healthy_counts()
    for name in ("smoke", "load"):
        deploy(name, healthy)
    hooks = [SMOKE, {"function": "load"}]
    whole = Machine(definition()["StartAt"])
    ended = whole.run(request(before_traffic=hooks, each_step=hooks, after_traffic=hooks))
    evaluations = PER_EVALUATION * ended.visits("JudgeCanary")
    used = PER_ROLLOUT + PER_STEP * 2 + PER_HOOK_CALL * 2 * 4 + evaluations
    entered = [event["type"] for event in ended.events if event["type"].endswith("StateEntered")]
    assert (used.transitions, used.lambda_calls - 1) == (len(entered), entered.count("TaskStateEntered"))
    planned = read_policy(POLICY | {"hooks": {"before_traffic": hooks, "each_step": hooks, "after_traffic": hooks}})
    assert usage(planned, 0, 0).lambda_calls == used.lambda_calls + planned.planned_evaluations - ended.visits(
        "JudgeCanary"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (unhealthy, "smoke: unhealthy (version 2 answers 500)"),
        (raising, "smoke: unhealthy, because it raised AssertionError: total is -4"),
        (lambda _event: "<html>", "smoke: it returned"),
    ],
    ids=["unhealthy", "raising", "html"],
)
def test_hook_stops_a_version_before_any_caller_meets_it(orchestrator: Machine, deploy, answer, said):
    """P6, P10: no task writes the alias, the lock is released, and the Cause has the hook's own words."""
    revision = client("lambda").get_alias(FunctionName="shop", Name="live")["RevisionId"]
    deploy("smoke", answer)
    ended = orchestrator.run(request(before_traffic=SMOKE, on_rollback=SMOKE))
    assert (ended.path.split(" > ")[-1], ended.error) == ("RolloutRejected", "StoppedBeforeTrafficError")
    assert ended.cause is not None
    assert ended.cause.startswith("shop:live was not touched, and version 2 has had no traffic: unhealthy: ")
    assert said in ended.cause
    assert client("lambda").get_alias(FunctionName="shop", Name="live")["RevisionId"] == revision
    assert (outcome(), [entry for entry in ledger() if entry["entry"] == "lock"]) == ("rejected", [])


def test_version_that_cannot_be_judged_before_traffic_is_rejected(orchestrator: Machine, deploy, tasks: Tasks):
    """P6, P10: RollBack does not write the alias, and calls no hook of a rollback."""
    revision = client("lambda").get_alias(FunctionName="shop", Name="live")["RevisionId"]
    events = deploy("smoke", healthy)
    tasks["judge_canary"] = raising
    ended = orchestrator.run(request(before_traffic=SMOKE, on_rollback=SMOKE))
    assert ended.path.endswith(
        "RollBack > ReadCanaryLogs > CloseRollout > ChooseEnding:rejected > ReadRejection > RolloutRejected"
    )
    assert ended.error == "StoppedBeforeTrafficError"
    assert ended.cause is not None
    assert "version 2 has had no traffic: AssertionError: total is -4" in ended.cause
    assert client("lambda").get_alias(FunctionName="shop", Name="live")["RevisionId"] == revision
    assert (outcome(), [entry for entry in ledger() if entry["entry"] == "lock"]) == ("rejected", [])
    assert [event["hook"] for event in events] == ["before_traffic"]


@pytest.mark.parametrize("point", ["each_step", "after_traffic"])
def test_unhealthy_hook_rolls_back_and_the_rollback_hooks_hear_why(orchestrator: Machine, deploy, point):
    publish_healthy_counts()
    deploy("smoke", unhealthy)
    received = deploy("page", raising)
    ended = orchestrator.run(request(on_rollback={"function": "page"}, **{point: SMOKE}))
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.visits("PromoteVersion") == (point == "after_traffic")
    [event] = received
    assert (event["hook"], event["canary_version"], event["alias"]) == ("on_rollback", "2", "live")
    assert event["reason"] == ended.cause
    assert "smoke: unhealthy (version 2 answers 500)" in event["reason"]


def test_unhealthy_canary_is_rolled_back_and_the_rollback_hooks_hear_why(orchestrator: Machine, deploy):
    publish_unhealthy_counts()
    received = deploy("page", healthy)
    ended = orchestrator.run(request(on_rollback={"function": "page"}))
    assert (ended.error, [event["reason"] for event in received]) == ("RolloutRolledBack", [ended.cause])


@pytest.mark.parametrize("undecided", [{"again_in": 1}, {"verdict": "inconclusive", "reason": "no orders yet"}])
def test_hook_is_asked_again_until_it_has_decided(orchestrator: Machine, deploy, monkeypatch, undecided):
    monkeypatch.setattr("rollout.lifecycle.hooks.run.SHORTEST_PAUSE_SECONDS", 1)
    publish_healthy_counts()
    events = deploy("smoke", lambda event: undecided if event["attempt"] < 3 else None)
    ended = orchestrator.run(request(each_step=SMOKE))
    assert (ended.status, alias()) == ("SUCCEEDED", ("2", {}))
    assert [(event["step"], event["attempt"]) for event in events] == [(s, n) for s in (1, 2) for n in (1, 2, 3)]


@pytest.mark.parametrize(("on_error", "ended_with"), [("roll_back", "RolloutRolledBack"), ("promote", None)])
def test_hook_that_is_deleted_meanwhile_is_an_error(orchestrator: Machine, deploy, on_error, ended_with):
    """Its on_error decides."""
    publish_healthy_counts()

    def answer_for_lambda(_event: Event) -> None:
        raise type("Lambda.ResourceNotFoundException", (Exception,), {})("Function not found: smoke")

    deploy("smoke", answer_for_lambda)
    ended = orchestrator.run(request(each_step=SMOKE | {"on_error": on_error}))
    assert ended.error == ended_with
    found = "Lambda.ResourceNotFoundException: Function not found: smoke"
    said = f"smoke: its call failed ({found}); its on_error is {on_error}"
    assert any(said in entry["reason"] for entry in ledger() if entry["entry"].startswith("evaluation#"))


@pytest.mark.parametrize(
    ("function", "error", "said"),
    [
        ("missing", "UnknownHookError", 'policy.hooks.each_step[0].function is "missing", but there is no function'),
        ("smoke:gone", "UnknownHookError", "there is no version or alias gone of a function smoke"),
        (
            "shop",
            "HookNotOptedInError",
            "shop has no tag rollout:hook, which lets rollouts call it: tag it (aws lambda",
        ),
    ],
)
def test_policy_whose_hook_cannot_be_called_is_refused(orchestrator: Machine, deploy, function, error, said):
    """P6, P9: before anything is touched."""
    deploy("smoke", healthy)
    ended = orchestrator.run(request(each_step={"function": function}))
    assert (ended.path.split(" > ")[-1], ended.error, alias(), ledger()) == ("RolloutRejected", error, ("1", {}), [])
    assert said in (ended.cause or "")
