"""Tests of the search for who gave a command, from TakeCommand to the completed ledger (P11)."""

from datetime import timedelta

import pytest

from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.dynamodb.commands import Commands, commands
from rollout.aws.dynamodb.locks import locks
from rollout.domain.errors import AwsUnavailableError
from rollout.lifecycle.writer_search import SEARCH_TIME
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.guardian.command_giver import name_givers
from rollout.tasks.guardian.target_sweep import TargetSweep
from tests.integration.conftest import NOW, event

ANNA = "arn:aws:iam::123456789012:user/anna at 2026-03-01T12:05:30Z"
TAKE = event("take_command")

pytestmark = pytest.mark.usefixtures("my_api", "ledger", "state_machine")


@pytest.fixture(autouse=True)
def taken(handle, my_api, ledger, published):
    """A rollout that has taken the command in events/."""
    locks().acquire(lock_of(Rollout.model_validate(event("judge_canary"))))
    return handle("take_command", TAKE)


def answer(monkeypatch, giver: str | Exception) -> list[object]:
    """Let CloudTrail answer with a name or an error; return the list of the requests to it."""
    asked: list[object] = []

    def find_starter(_self: CloudTrail, execution_arn: str, before: object) -> str:
        asked.append((execution_arn, before))
        if isinstance(giver, Exception):
            raise giver
        return giver

    monkeypatch.setattr(CloudTrail, "find_starter", find_starter)
    return asked


def sweep_at(now) -> tuple[list[dict[str, str]], TargetSweep]:
    sweep = TargetSweep(lambda: 300_000)
    return [*name_givers(sweep, now)], sweep


def entry(ledger):
    (found,) = [entry for entry in ledger() if entry["entry"].startswith("command#")]
    return found


def test_sweep_names_who_gave_a_command_once(handle, ledger, published, monkeypatch):
    asked = answer(monkeypatch, ANNA)
    first, second = (handle("guardian", {"sweep": "aliases"})["named"] for _ in range(2))
    assert (first, second) == ([{"target": "my-api:live", "command": "pause-1", "given_by": ANNA}], [])
    assert entry(ledger)["given_by"] == ANNA
    assert "open" not in entry(ledger)
    assert asked == [(TAKE["execution"]["arn"], NOW.replace(minute=6, second=30))]
    begun, completed = (m["detail"] for m in published() if m["detail-type"] == "Command Taken")
    assert ("given_by" in begun, completed["given_by"], completed["completes"]) == (False, ANNA, begun["id"])


def test_search_goes_on_while_cloudtrail_has_no_name(ledger, monkeypatch):
    answer(monkeypatch, "")
    assert sweep_at(NOW)[0] == []
    assert entry(ledger)["open"] == "command"


def test_search_ends_after_two_hours(ledger, published, monkeypatch):
    answer(monkeypatch, "")
    named, _ = sweep_at(NOW + SEARCH_TIME)
    assert [each["given_by"] for each in named] == ["unknown"]
    assert entry(ledger)["given_by"] == "CloudTrail does not name who gave the command"
    assert len(published()) == 1


def test_failed_search_is_reported_and_repeated(monkeypatch):
    answer(monkeypatch, AwsUnavailableError("looking up a caller: AWS answered ThrottlingException"))
    named, sweep = sweep_at(NOW)
    assert (named, len(sweep.failed)) == ([], 1)
    assert len(commands().find_unnamed()) == 1


def test_failed_search_gives_up_at_its_end(ledger, monkeypatch):
    answer(monkeypatch, AwsUnavailableError("looking up a caller: AWS answered ThrottlingException"))
    named, sweep = sweep_at(NOW + SEARCH_TIME + timedelta(minutes=1))
    assert (len(named), sweep.failed) == (1, [])


def test_commands_that_cannot_be_read_are_reported(monkeypatch):
    def unavailable(_self: Commands) -> None:
        raise AwsUnavailableError("reading the ledger: AWS answered 503")

    monkeypatch.setattr(Commands, "find_unnamed", unavailable)
    assert [failed.target for failed in sweep_at(NOW)[1].failed] == ["the commands without a name"]


def test_repeated_task_does_not_begin_the_search_again(handle, ledger, monkeypatch):
    """P4."""
    answer(monkeypatch, ANNA)
    sweep_at(NOW)
    handle("take_command", TAKE)
    assert (entry(ledger)["given_by"], "open" in entry(ledger)) == (ANNA, False)
