"""Aliases of rollouts that run no longer are made whole, and versions nobody rolled out are found."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.aws import wiring
from rollout.aws.step_functions import Executions
from rollout.domain.identity import Execution, Target
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, alias, client, event, move_alias, owned

STOPPED, SWEEP = event("guardian"), {"sweep": "aliases"}

pytestmark = pytest.mark.usefixtures("my_api", "claimed", "state_machine")


@pytest.fixture
def shifted(handle) -> Any:
    """A rollout in its first step, entered in the ledger."""
    wiring.ledger().open(Rollout.model_validate(event("shift_traffic")))
    return handle("shift_traffic", event("shift_traffic"))


@pytest.fixture
def statuses(monkeypatch) -> dict[str, str]:
    """What Step Functions says of the execution; it is moto that knows none of this name."""
    said = {"status": "ABORTED"}
    monkeypatch.setattr(Executions, "status", lambda _self, _arn: said["status"])
    return said


@pytest.mark.parametrize("called", [STOPPED, SWEEP])
def test_a_split_alias_of_a_stopped_rollout_is_made_whole(handle, shifted, statuses, ledger, called):
    """P1, P3, P10."""
    (repaired,) = handle("guardian", called)["repaired"]
    assert repaired["ending"]["outcome"] == "rolled_back"
    assert (alias()["version"], alias()["weights"]) == ("1", {})
    (entry,) = ledger()
    assert (entry["outcome"], entry["reason"]) == ("rolled_back", repaired["ending"]["Cause"])
    assert "open" not in entry
    assert owned("lock") is None


def test_a_running_rollout_is_left_alone(handle, shifted, statuses):
    statuses["status"] = "RUNNING"
    before = alias()
    assert handle("guardian", SWEEP)["repaired"] == []
    assert alias() == before
    assert owned("lock")


def test_the_end_of_another_execution_is_none_of_its_business(handle, shifted, statuses):
    other = STOPPED | {"detail": STOPPED["detail"] | {"executionArn": "arn:of:another"}}
    assert handle("guardian", other)["repaired"] == []


def test_what_somebody_else_moved_is_left_and_said_so(handle, shifted, statuses):
    """P2, P10."""
    move_alias("2")
    before = alias()
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    assert alias() == before
    assert repaired["ending"]["outcome"] == "handed_over"
    assert owned("lock") is None


def test_a_guardian_that_comes_twice_finds_nothing_the_second_time(handle, shifted, statuses):
    """P4."""
    handle("guardian", SWEEP)
    before = alias()
    assert handle("guardian", SWEEP)["repaired"] == []
    assert alias() == before


def test_trouble_with_one_alias_is_told_and_tried_again(handle, shifted, statuses, lambda_wire):
    lambda_wire.refuse("UpdateAlias", "TooManyRequestsException")
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    assert "AWS answered" in repaired["trouble"]
    lambda_wire.cut()
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    assert repaired["ending"]["outcome"] == "rolled_back"


def test_a_late_task_of_a_mended_rollout_writes_nothing(handle, shifted, statuses):
    """P1, P3: StopExecution does not stop the Lambda that runs."""
    handle("guardian", SWEEP)
    before = alias()
    with pytest.raises(Exception, match="holds my-api:live no longer"):
        handle("shift_traffic", shifted)
    assert alias() == before


def test_a_redriven_rollout_ends_as_the_guardian_ended_it(handle, shifted, statuses):
    """P10."""
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    for task in ("judge_canary", "roll_back"):
        assert handle(task, shifted)["ending"] == repaired["ending"]


@pytest.fixture
def missed(monkeypatch) -> list[str]:
    """The names under which rollouts were started; version 2 was published an hour before NOW."""
    started: list[str] = []
    monkeypatch.setattr(Executions, "start_once", lambda _self, name, _request: started.append(name) is None)
    monkeypatch.setattr(
        "rollout.aws.lambda_.functions.FunctionLookup.newest", lambda _self: ("2", NOW - timedelta(hours=1))
    )
    return started


def test_a_version_that_nobody_rolled_out_is_started(handle, missed, ledger):
    """P8."""
    document = event("judge_canary")
    wiring.locks().release(Target(**document["target"]), Execution(**document["execution"]))
    (name,) = handle("guardian", event("guardian_sweeps_versions"))["started"]
    assert name.startswith("my-api-2-")
    assert missed == [name]


LOST = {("FAILED", "AwsUnavailableError"): ["", "-030112"], ("FAILED", "AliasSplitError"): [""], ("ABORTED", ""): [""]}


@pytest.mark.parametrize("ended", LOST)
def test_an_execution_that_was_lost_before_it_began_is_followed_by_another(handle, missed, ledger, monkeypatch, ended):
    """P8: its name is used up, and AWS was not there to answer it; what was refused or stopped stays so."""
    monkeypatch.setattr(Executions, "start_once", lambda _self, name, _: missed.append(name) or len(missed) > 1)
    monkeypatch.setattr(Executions, "ended", lambda _self, _name: ended)
    started = handle("guardian", event("guardian_sweeps_versions"))["started"]
    assert missed == [missed[0] + again for again in LOST[ended]]
    assert started == missed[1:]


@pytest.mark.parametrize("tags", [{"rollout:alias": "my live"}, {"rollout:alias": "live", "rollout:polcy": "x"}])
def test_a_function_that_is_tagged_wrongly_keeps_no_other_from_being_found(handle, missed, tags):
    """P8: it is told when its version is published; a name is kept for when its tags are mended."""
    role = client("iam").get_role(RoleName="api")["Role"]["Arn"]
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": b"one"}}
    client("lambda").create_function(FunctionName="another-api", Role=role, Publish=True, Tags=tags, **code)
    client("lambda").create_alias(FunctionName="another-api", Name="live", FunctionVersion="1")
    document = event("judge_canary")
    wiring.locks().release(Target(**document["target"]), Execution(**document["execution"]))
    handle("guardian", event("guardian_sweeps_versions"))
    assert [name.rsplit("-", 2)[0] for name in missed] == ["my-api"]


def test_a_version_that_is_being_rolled_out_is_not_started_again(handle, missed, shifted, statuses):
    """P7."""
    statuses["status"] = "RUNNING"
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []


def test_a_version_that_was_taken_back_is_not_started_again(handle, missed, shifted, statuses):
    """P7."""
    handle("guardian", SWEEP)
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []
