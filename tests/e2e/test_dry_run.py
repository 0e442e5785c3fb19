"""What an operator is told before anything begins, in the deployed stack: the plan, and nothing is touched (P6)."""

import json
import time

import pytest

SERVED_SECONDS = 25
PER_SECOND = 6
POLICY = {"steps": [{"percent": 2, "hold": 20}, {"percent": 50, "hold": 20}], "bake": 20, "look_every": 5}


@pytest.fixture(scope="module")
def shop(sandbox):
    """Return a function that is being called, with a version that no event has started."""
    shop = sandbox.shop("rehearsed", opted_in=False)
    shop.publish(delay_ms=1)
    sandbox.left_alone(shop, versions=2)
    shop.opt_in()
    with shop.traffic(per_second=PER_SECOND):
        time.sleep(SERVED_SECONDS)
        yield shop


@pytest.fixture(scope="module")
def dry_run(sandbox, shop):
    """Start a dry run by hand, and return the execution and its output; the alias is as it was."""

    def run(**asked):
        before = _alias(sandbox, shop)
        execution = sandbox.start({"function": shop.name, "dry_run": True} | asked)
        ended = sandbox.end(execution)
        assert (ended["status"], _alias(sandbox, shop)) == ("SUCCEEDED", before)
        return execution, json.loads(ended["output"])

    return run


def test_the_plan_is_told_and_nothing_is_touched(dry_run, sandbox, shop):
    """P6."""
    execution, output = dry_run(policy=POLICY)
    plan = output["plan"]
    assert sandbox.states(execution) == ["PrepareRollout", "ChooseStart", "NothingToDo"]
    assert output["reason"].startswith(
        "dry run, nothing was touched: version 2 would be rolled out to rehearsed:live in 2 steps, in place of version"
        " 1, and be done after 1m as planned"
    )
    assert [(step["from"], step["until"]) for step in plan["steps"]] == [("0s", "20s"), ("20s", "40s")]
    assert plan["cost"]["us_cents"] > 0
    assert (sandbox.rollouts(shop), sandbox.claim(shop)) == ([], {})


def test_the_steps_expect_the_traffic_there_is(dry_run):
    _, output = dry_run(policy=POLICY)
    thin, enough = output["plan"]["steps"]
    called = output["plan"]["calls_per_minute"] / 60
    assert PER_SECOND / 2 < called < PER_SECOND * 2
    assert enough["expected_calls"] == pytest.approx(called * 20 / 2, abs=1)
    assert "min_invocations is 50" in thin["warning"]


def test_every_reason_is_told_and_the_dry_run_is_green(dry_run):
    _, output = dry_run(version=99, alias="beta", policy={"steps": [], "backe": 5})
    errors = [refusal["error"] for refusal in output["plan"]["refusals"]]
    assert errors == ["BadPolicyError", "UnknownAliasError", "UnknownVersionError"]
    assert "it would be refused, for 3 reasons" in output["reason"]


def _alias(sandbox, shop):
    found = sandbox.client("lambda").get_alias(FunctionName=shop.name, Name=shop.alias)
    return found["FunctionVersion"], found.get("RoutingConfig"), found["RevisionId"]
