"""Tests of the search for who started a rollout, from PrepareRollout to the history (P11)."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.admission.events.version_event import execution_name
from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.dynamodb.starter_searches import StarterSearches, starter_searches
from rollout.domain.errors import AwsUnavailableError
from rollout.lifecycle.writer_search import SEARCH_TIME
from rollout.tasks.guardian.rollout_starter import name_starters
from rollout.tasks.guardian.target_sweep import TargetSweep
from tests.integration.conftest import NOW, event
from tests.integration.ledger_entries import change_entry
from tests.samples import TARGET

ANNA = "arn:aws:iam::123456789012:user/anna at 2026-03-01T11:59:50Z"
PREFIX = "arn:aws:states:eu-west-1:123456789012:execution:rollouts"


def started_as(name: str) -> dict[str, Any]:
    """Return the event of PrepareRollout in an execution of this name."""
    sample = event("prepare_rollout_operator_policy")
    return sample | {"execution": sample["execution"] | {"name": name, "arn": f"{PREFIX}:{name}"}}


BY_HAND = started_as("anna-1")
UNAVAILABLE = AwsUnavailableError("looking up a caller: AWS answered ThrottlingException")

pytestmark = pytest.mark.usefixtures("my_api", "ledger", "state_machine", "lambda_wire")


@pytest.fixture
def cloudtrail(monkeypatch):
    """Let CloudTrail answer with a name or an error."""

    def answer(starter: str | Exception) -> None:
        def find_starter(_self: CloudTrail, _arn: str, _before: object) -> str:
            if isinstance(starter, Exception):
                raise starter
            return starter

        monkeypatch.setattr(CloudTrail, "find_starter", find_starter)

    return answer


def sweep_at(now):
    """Return what a sweep has named, and the sweep."""
    sweep = TargetSweep(lambda: 300_000)
    return [*name_starters(sweep, now)], sweep


def history(handle) -> str:
    """Return who started the only rollout, as the command history answers."""
    (past,) = handle("take_command", event("take_command_history"))["rollouts"]
    return past["started_by"]


def test_sweep_names_once_who_started_a_rollout(handle, cloudtrail):
    handle("prepare_rollout", BY_HAND)
    assert history(handle) == "not known yet"
    cloudtrail(ANNA)
    first, second = (handle("guardian", {"sweep": "aliases"})["named"] for _ in range(2))
    assert (first, second) == ([{"target": "my-api:live", "execution": "anna-1", "started_by": ANNA}], [])
    assert history(handle) == ANNA


@pytest.mark.parametrize("started_at", ["2026-02-01T00:00:00Z", "no time"])
def test_old_rollout_without_a_name_is_not_waiting_for_one(handle, started_at):
    """An earlier release did not look for who started it."""
    handle("prepare_rollout", BY_HAND)
    change_entry(TARGET, "rollout#", started_at=started_at)
    assert history(handle) == "CloudTrail does not name who started it"


def test_rollout_that_an_event_started_is_not_looked_up(handle):
    handle("prepare_rollout", started_as(execution_name(TARGET, "2")))
    assert starter_searches().find_all() == []
    assert history(handle) == "the event of the published version"


def test_repeated_task_begins_one_search(handle):
    """P4."""
    for _ in range(2):
        handle("prepare_rollout", BY_HAND)
    assert len(starter_searches().find_all()) == 1


@pytest.mark.parametrize("answer", ["", UNAVAILABLE])
def test_search_goes_on_without_a_name_and_ends_after_two_hours(handle, cloudtrail, answer):
    handle("prepare_rollout", BY_HAND)
    cloudtrail(answer)
    named, sweep = sweep_at(NOW)
    assert (named, len(sweep.failed)) == ([], int(answer != ""))
    named, sweep = sweep_at(NOW + SEARCH_TIME + timedelta(minutes=1))
    assert ([each["started_by"] for each in named], sweep.failed) == (["unknown"], [])
    assert history(handle) == "CloudTrail does not name who started it"


def test_searches_that_cannot_be_read_are_reported(monkeypatch):
    def unavailable(_self: StarterSearches) -> None:
        raise UNAVAILABLE

    monkeypatch.setattr(StarterSearches, "find_all", unavailable)
    assert [failed.target for failed in sweep_at(NOW)[1].failed] == ["the rollouts without a starter"]
