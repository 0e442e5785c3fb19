"""Tests of the choice of the rollout that a report is of, and of the sentence where there is none."""

import pytest

from rollout.dashboard.entries import RolloutEntry
from rollout.dashboard.report.choose import choose
from rollout.dashboard.report.named import NamedRollout, NoSuchRolloutError
from tests.samples import EXECUTION, TARGET

NAMED = NamedRollout(target=TARGET)


def entry(version: str, outcome: str = "promoted", function: str = "my-api") -> RolloutEntry:
    return RolloutEntry(
        target=f"123456789012/eu-west-1/{function}/live",
        entry=f"rollout#{version}",
        execution_arn=f"{EXECUTION.arn}-{version}",
        canary_version=version,
        outcome=outcome,
    )


def problem(named: NamedRollout, entries: list[RolloutEntry], others: list[RolloutEntry]) -> str:
    with pytest.raises(NoSuchRolloutError) as refused:
        choose(named, entries, others)
    return str(refused.value)


def test_newest_ended_rollout_is_meant_by_default():
    assert choose(NAMED, [entry("6", "running"), entry("5"), entry("4")], []).canary_version == "5"


def test_named_version_is_chosen_although_a_newer_one_has_ended():
    assert choose(NAMED.model_copy(update={"version": "4"}), [entry("5"), entry("4")], []).canary_version == "4"


def test_rollout_that_runs_has_no_report_yet():
    named = NAMED.model_copy(update={"version": "6"})
    sentence = problem(named, [entry("6", "running"), entry("5")], [])
    assert "my-api:live in account 123456789012, region eu-west-1, version 6 has not ended" in sentence
    assert f"version 6 runs in execution {EXECUTION.arn}-6" in sentence


def test_error_names_what_was_found_instead():
    named = NAMED.model_copy(update={"version": "9"})
    sentence = problem(named, [entry("5"), entry("4")], [entry("5"), entry("2", function="other")])
    assert "version 9: of its newest 2 rollouts the versions are 5, 4." in sentence
    assert "The last endings are of my-api:live in account 123456789012, region eu-west-1, other:live" in sentence


def test_error_says_that_nothing_has_ended_yet():
    assert problem(NAMED, [], []).endswith("No rollout of the stack has ended yet.")
