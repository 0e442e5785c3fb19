"""Dry runs in the deployed stack: an operator reads the plan, and nothing is touched (P6)."""

import pytest

from tests.e2e.stories.dry_run import dry_runs


@pytest.fixture
def dry_run(stories):
    return stories(dry_runs)


def test_dry_run_returns_plan_and_touches_nothing(dry_run, stack):
    """P6."""
    rollout, answer = dry_run.possible, dry_run.possible.output
    assert rollout.ending == "SUCCEEDED"
    assert stack.executions.states(rollout.execution) == ["ReadInput", "PrepareRollout", "ChooseStart", "NothingToDo"]
    assert answer["reason"].startswith(
        "dry run, nothing was touched: version 2 would be rolled out to dry-run:live in 2 steps, in place of version"
        " 1, and be done after 1m as planned"
    )
    assert [(step["from"], step["until"]) for step in answer["plan"]["steps"]] == [("0s", "20s"), ("20s", "40s")]
    assert answer["plan"]["cost"]["us_cents"] > 0
    assert dry_run.aliases[0] == dry_run.aliases[1]
    assert (stack.ledger.rollouts(dry_run.shop), stack.ledger.lock(dry_run.shop)) == ([], {})


def test_dry_run_expects_current_traffic(dry_run):
    plan = dry_run.possible.output["plan"]
    first, second = plan["steps"]
    calls_per_second = plan["calls_per_minute"] / 60
    assert dry_run.calls_per_second / 2 < calls_per_second < dry_run.calls_per_second * 2
    assert second["expected_calls"] == pytest.approx(calls_per_second * 20 / 2, abs=1)
    assert "min_invocations is 50" in first["warning"]


def test_dry_run_of_wrong_request_succeeds_and_lists_every_refusal(dry_run):
    assert dry_run.refused.ending == "SUCCEEDED"
    answer = dry_run.refused.output
    errors = [refusal["error"] for refusal in answer["plan"]["refusals"]]
    assert errors == ["InvalidPolicyError", "UnknownAliasError", "UnknownVersionError"]
    assert "it would be refused, for 3 reasons" in answer["reason"]
