"""What an operator is told before anything begins, in the deployed stack: the plan, and nothing is touched (P6)."""

import pytest

from tests.e2e.dry_runs import PER_SECOND, asked_before


@pytest.fixture
def asked(stories):
    return stories(asked_before)


def test_the_plan_is_told_and_nothing_is_touched(asked, sandbox):
    """P6."""
    plan = asked.answer["plan"]
    assert sandbox.states(asked.execution) == ["PrepareRollout", "ChooseStart", "NothingToDo"]
    assert asked.answer["reason"].startswith(
        "dry run, nothing was touched: version 2 would be rolled out to rehearsed:live in 2 steps, in place of version"
        " 1, and be done after 1m as planned"
    )
    assert [(step["from"], step["until"]) for step in plan["steps"]] == [("0s", "20s"), ("20s", "40s")]
    assert plan["cost"]["us_cents"] > 0
    assert asked.aliases[0] == asked.aliases[1]
    assert (sandbox.rollouts(asked.shop), sandbox.lock(asked.shop)) == ([], {})


def test_the_steps_expect_the_traffic_there_is(asked):
    plan = asked.answer["plan"]
    thin, enough = plan["steps"]
    called = plan["calls_per_minute"] / 60
    assert PER_SECOND / 2 < called < PER_SECOND * 2
    assert enough["expected_calls"] == pytest.approx(called * 20 / 2, abs=1)
    assert "min_invocations is 50" in thin["warning"]


def test_every_reason_is_told_and_the_dry_run_is_green(asked):
    errors = [refusal["error"] for refusal in asked.refused["plan"]["refusals"]]
    assert errors == ["InvalidPolicyError", "UnknownAliasError", "UnknownVersionError"]
    assert "it would be refused, for 3 reasons" in asked.refused["reason"]
