"""ShowRollouts answers the request for a summary with Markdown, and `find_reported` finds the rollout that is meant."""

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.dashboard.report.named import NoSuchRolloutError, read_name
from rollout.domain.enums import Outcome
from rollout.state.endings import ending_of
from rollout.tasks.dashboard.reported import find_reported
from tests.integration.conftest import NOW
from tests.integration.ledger_entries import change_entry
from tests.samples import EXECUTION, TARGET, judgement
from tests.samples import rollout as sample

HOME = TARGET.account_region


def ended(version: str, outcome: Outcome | None = Outcome.PROMOTED, function: str = "my-api"):
    """Let a rollout of a version with one evaluation end; without an outcome, it still runs."""
    name = f"{function}-{version}"
    arn = f"{EXECUTION.arn.rpartition(':')[0]}:{name}"
    started = EXECUTION.started_at.replace(minute=int(version))
    execution = EXECUTION.model_copy(update={"arn": arn, "name": name, "started_at": started})
    target = TARGET.model_copy(update={"function": function})
    running = sample(
        execution=execution, target=target, canary_version=version, judgement=judgement(), evaluations=1, reason="fine"
    )
    rollout_ledger().open(running, started)
    rollout_ledger().record_evaluation(running, NOW)
    if outcome:
        rollout_ledger().close(target, execution, ending_of(outcome, f"{function} {version} ended"), NOW)
    return running


def found(function: str = "", version: str = "", execution: str = "") -> str:
    """Return the version that is found."""
    return str(find_reported(read_name(function, version, execution, HOME), NOW).records.entry["canary_version"])


def test_last_ended_rollout_of_an_alias_is_found_with_its_evaluations(ledger):
    ended("4")
    ended("5", Outcome.ROLLED_BACK)
    ended("6", None)
    reported = find_reported(read_name("my-api:live", "", "", HOME), NOW)
    assert reported.records.entry["canary_version"] == "5"
    assert [entry["reason"] for entry in reported.records.evaluations] == ["fine"]
    assert reported.started_by == "not known yet"


def test_rollout_is_found_by_version_and_by_execution(ledger):
    first, _ = ended("4"), ended("5")
    assert found("my-api:live", "4") == found("my-api:4") == "4"
    assert found("my-api:live", execution=first.execution.arn) == "4"
    assert found("my-api:live", execution="my-api-5") == "5"


def test_last_ended_rollout_of_the_stack_is_found_without_a_name(ledger):
    ended("5")
    assert found() == "5"


def test_rollout_that_the_ledger_does_not_have_is_named_with_what_it_has(ledger):
    ended("4", function="other")
    with pytest.raises(NoSuchRolloutError, match="The last endings are of other:live in account 123456789012"):
        found("my-api:live")


def test_ledger_that_cannot_be_read_is_answered_as_markdown(handle, aws):
    """There is no table."""
    answer = handle("show_rollouts", {"view": "summary"})
    assert answer["markdown"].startswith("⚠️ No summary: `The ledger cannot be read, and no rollout is affected.")


def test_internal_error_is_answered_as_markdown(handle, ledger, monkeypatch):
    def fail(*_):
        raise KeyError("a defect")

    monkeypatch.setattr("rollout.tasks.dashboard.summarize.find_reported", fail)
    answer = handle("show_rollouts", {"view": "summary"})
    assert answer["markdown"].startswith("⚠️ No summary: `internal error (KeyError), no rollout is affected; log group ")


def test_summary_of_an_outcome_that_cannot_be_read_says_that_there_is_none(handle, ledger):
    ended("4")
    change_entry(TARGET, "rollout#", outcome=[1])
    answer = handle("show_rollouts", {"view": "summary", "function": "my-api:live"})
    assert answer["markdown"].startswith("⚠️ No summary: `The ledger has no ended rollout of my-api:live")


def test_summary_is_answered_as_markdown(handle, ledger):
    ended("4", Outcome.ROLLED_BACK)
    answer = handle("show_rollouts", {"view": "summary", "function": "my-api:live", "version": 4})
    assert answer["markdown"].startswith("### ❌ `my-api:live` serves version 3 again: version 4 was rolled back\n")
    assert "`my-api 4 ended`" in answer["markdown"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"function": "my-api"}, "The ledger has no ended rollout of my-api:live"),
        ({}, "The ledger has no ended rollout of the stack"),
        ({"function": "my api"}, "cannot be named so"),
        ({"function": ["my-api"]}, "The request for a summary cannot be read: function is"),
        ({"version": "newest"}, "write the number of a published version"),
    ],
)
def test_request_without_a_summary_is_answered_by_why(handle, ledger, fields, problem):
    """A pipeline adds the answer to its summary, whatever it is."""
    answer = handle("show_rollouts", {"view": "summary"} | fields)
    assert answer["markdown"].startswith("⚠️ No summary: ")
    assert problem in answer["markdown"]
