"""Tests of the guardian: it repairs the aliases of ended executions, and starts the rollouts of missed versions."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.dynamodb.sweeps.sightings import sightings
from rollout.aws.step_functions import Executions
from rollout.domain.identity import Execution, Target
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.state.lock import QueuedVersion
from rollout.state.rollout import Rollout
from rollout.tasks.guardian.sweep import start_missed_version
from tests.integration.conftest import NOW, alias, client, event, move_alias, owned_entry, remember
from tests.samples import TARGET

STOPPED, SWEEP = event("guardian"), {"sweep": "aliases"}
HOUR_AGO = NOW - timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("my_api", "locked", "state_machine")


@pytest.fixture
def shifted(handle) -> Any:
    """A rollout in its first step, with its entry in the ledger."""
    rollout_ledger().open(Rollout.model_validate(event("shift_traffic")), NOW)
    return handle("shift_traffic", event("shift_traffic"))


@pytest.fixture
def execution(monkeypatch) -> dict[str, str]:
    """The execution's status; moto knows no execution of this name."""
    described = {"status": "ABORTED"}
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: described["status"])
    return described


@pytest.mark.parametrize("trigger", [STOPPED, SWEEP])
def test_split_alias_of_stopped_rollout_is_restored(handle, shifted, execution, ledger, trigger):
    """P1, P3, P10."""
    (repaired,) = handle("guardian", trigger)["repaired"]
    assert repaired["ending"]["outcome"] == "rolled_back"
    assert (alias()["version"], alias()["weights"]) == ("1", {})
    (entry,) = ledger()
    assert (entry["outcome"], entry["reason"]) == ("rolled_back", repaired["ending"]["Cause"])
    assert "open" not in entry
    assert owned_entry("lock") is None


def ended(capsys):
    """Return the outcomes that were counted in the metric RolloutsEnded."""
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "RolloutsEnded" in line]
    return [metric["outcome"] for metric in metrics for _ in metric["RolloutsEnded"]]


def test_ending_by_guardian_is_counted_once_by_outcome(handle, shifted, execution, capsys):
    for _ in range(2):
        handle("guardian", SWEEP)
    handle("close_rollout", event("close_rollout"))
    assert ended(capsys) == ["rolled_back"]


def test_repeated_rollback_failure_is_counted_once(handle, shifted, execution, capsys):
    for _ in range(2):
        handle("close_rollout", event("close_rollout_without_an_ending"))
    assert ended(capsys) == ["rollback_failed"]


def test_ending_in_ledger_is_not_counted_again(handle, shifted, execution, capsys):
    """CloseRollout counted the ending, and stopped before it released the lock."""
    document = event("close_rollout")
    target, holder = Target(**document["target"]), Execution(**document["execution"])
    lock = locks().find(target)
    handle("close_rollout", document)
    assert ended(capsys) == ["rolled_back"]
    locks().acquire(lock)
    handle("guardian", SWEEP)
    assert rollout_ledger().find_ending(target, holder).outcome == "rolled_back"
    assert ended(capsys) == []


def test_repaired_rollback_failure_is_counted_by_both_outcomes(handle, shifted, execution, capsys):
    handle("close_rollout", event("close_rollout_without_an_ending"))
    handle("guardian", SWEEP)
    assert ended(capsys) == ["rollback_failed", "rolled_back"]


def test_running_rollout_is_not_repaired(handle, shifted, execution):
    execution["status"] = "RUNNING"
    before = alias()
    assert handle("guardian", SWEEP)["repaired"] == []
    assert alias() == before
    assert owned_entry("lock")


def test_event_of_other_execution_repairs_nothing(handle, shifted, execution):
    other = STOPPED | {"detail": STOPPED["detail"] | {"executionArn": "arn:of:another"}}
    assert handle("guardian", other)["repaired"] == []


def test_alias_moved_by_other_writer_is_handed_over(handle, shifted, execution):
    """P2, P10."""
    move_alias("2")
    before = alias()
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    assert alias() == before
    assert repaired["ending"]["outcome"] == "handed_over"
    assert owned_entry("lock") is None


def test_repeated_sweep_repairs_nothing(handle, shifted, execution):
    """P4."""
    handle("guardian", SWEEP)
    before = alias()
    assert handle("guardian", SWEEP)["repaired"] == []
    assert alias() == before


def test_failed_repair_is_reported_and_tried_again(handle, shifted, execution, lambda_wire):
    lambda_wire.refuse("UpdateAlias", "TooManyRequestsException")
    (failed,) = handle("guardian", SWEEP)["failed"]
    assert failed["target"] == "123456789012/eu-west-1/my-api/live"
    assert "AWS answered" in failed["error"]
    lambda_wire.disconnect()
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    assert repaired["ending"]["outcome"] == "rolled_back"


def test_late_task_of_repaired_rollout_writes_nothing(handle, shifted, execution):
    """P1, P3: StopExecution does not stop a Lambda that is running."""
    handle("guardian", SWEEP)
    before = alias()
    with pytest.raises(Exception, match="no longer holds the lock of my-api:live"):
        handle("shift_traffic", shifted)
    assert alias() == before


def test_redriven_rollout_ends_as_guardian_ended_it(handle, shifted, execution):
    """P10."""
    (repaired,) = handle("guardian", SWEEP)["repaired"]
    for task in ("judge_canary", "roll_back"):
        assert handle(task, shifted)["ending"] == repaired["ending"]


@pytest.fixture
def executions(monkeypatch) -> dict[str, str]:
    """The inputs of the executions by name. As in Step Functions, each name starts once, or with its input again."""
    inputs: dict[str, str] = {}

    def start_once(_self: Executions, name: str, request: str) -> bool:
        return inputs.setdefault(name, request) == request

    def find_result(_self: Executions, name: str) -> tuple[str, str]:
        return "RUNNING" if name in inputs else "gone", ""

    monkeypatch.setattr(Executions, "start_once", start_once)
    monkeypatch.setattr(Executions, "find_result", find_result)
    return inputs


@pytest.fixture
def started(monkeypatch, version_seen) -> list[str]:
    """The names of the executions that were started; a sweep saw version 2 an hour before NOW."""
    names: list[str] = []
    monkeypatch.setattr(Executions, "start_once", lambda _self, name, _request: names.append(name) is None)
    return names


def remembered():
    return Sighting.model_validate_json(sightings().find(TARGET))


def release_lock():
    """Release the lock, so that the version counts as missed."""
    document = event("judge_canary")
    locks().release(Target(**document["target"]), Execution(**document["execution"]))


def test_missed_version_is_started(handle, started, ledger):
    """P8."""
    release_lock()
    (name,) = handle("guardian", event("guardian_sweeps_versions"))["started"]
    assert name.startswith("my-api-2-")
    assert started == [name]


def test_version_before_first_sweep_is_not_started(handle, started, ledger):
    """Functions that the stack finds at its first sweep keep what their aliases serve."""
    client("dynamodb").delete_item(
        TableName="ledger",
        Key={"target": {"S": "123456789012/eu-west-1/my-api/live"}, "entry": {"S": "sighting"}},
    )
    release_lock()
    for _ in range(2):
        assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []
    assert remembered() == Sighting(settled="2", seen_at=NOW)


def test_version_after_first_sweep_is_started_by_a_later_one(handle, started, ledger, monkeypatch):
    """P8: Lambda's LastModified is the time of the change before the publication, which may be days ago."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    assert [*start_missed_version(TARGET, NOW)] == []
    assert remembered().waiting == "2"
    assert [*start_missed_version(TARGET, NOW + timedelta(hours=1))] == started
    assert len(started) == 1


def sweep_from(minute: int, count: int) -> list[list[str]]:
    """Return what each of the sweeps every five minutes starts, the first of them in this minute after NOW."""
    return [[*start_missed_version(TARGET, NOW + timedelta(minutes=minute + 5 * number))] for number in range(count)]


@pytest.mark.parametrize("minute", [1, 5])
def test_version_is_started_five_to_ten_minutes_after_it_was_published(executions, ledger, minute):
    """Without a trail: published at NOW, and sweeps every five minutes, the first one `minute` minutes later."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    seen, started, again = sweep_from(minute, 3)
    assert (seen, started, again) == ([], [*executions], [*executions])
    assert len(executions) == 1


def test_late_event_of_a_version_that_a_sweep_started_starts_nothing(handle, executions, ledger):
    """P7: the event has the time of the publication, so that its input is another one."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    sweep_from(1, 2)
    before = dict(executions)
    handle("start_rollout", event("start_rollout"))
    assert executions == before
    assert len(before) == 1


def test_sweep_starts_nothing_for_a_version_whose_event_came_between_two_sweeps(handle, executions, ledger):
    """P7: the same execution, which has not yet recorded its rollout."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    sweep_from(1, 1)
    handle("start_rollout", event("start_rollout"))
    before = dict(executions)
    assert sweep_from(6, 3) == [[], [], []]
    assert executions == before
    assert len(before) == 1


def test_version_that_its_publisher_served_between_two_sweeps_is_not_started(executions, ledger):
    """A publisher that moves the alias itself, such as CloudFormation, has the time between two sweeps."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    sweep_from(1, 1)
    move_alias("2")
    assert sweep_from(6, 3) == [[], [], []]
    assert executions == {}


QUEUED = Execution(arn="arn:by-hand", name="by-hand", started_at=NOW)


def test_version_that_waits_for_its_turn_is_not_started_again(executions, ledger):
    """P7: during a freeze no rollout has the lock, and a person's execution has another name than an event's."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    for minute in range(1, 60, 5):
        now = NOW + timedelta(minutes=minute)
        queue().join(TARGET, QueuedVersion(version="2", holder=QUEUED, seen_at=now, reason="the stack is frozen"))
        assert [*start_missed_version(TARGET, now)] == []
    assert executions == {}


@pytest.mark.parametrize(("version", "tried_at"), [("2", NOW - timedelta(hours=2)), ("1", NOW + timedelta(minutes=6))])
def test_version_behind_one_that_waits_no_more_or_is_older_is_started(executions, ledger, version, tried_at):
    """P8: an execution that died has left its entry, or the newest version has lost its event."""
    release_lock()
    remember(Sighting(settled="1", seen_at=NOW))
    queue().join(TARGET, QueuedVersion(version=version, holder=QUEUED, seen_at=tried_at))
    assert sweep_from(1, 2) == [[], [*executions]]
    assert len(executions) == 1


def test_version_that_was_rolled_out_is_settled(handle, started, shifted, execution):
    handle("guardian", SWEEP)
    handle("guardian", event("guardian_sweeps_versions"))
    assert remembered() == Sighting(settled="2", seen_at=NOW)


def test_unchanged_sighting_is_not_written(handle, started, ledger, monkeypatch):
    release_lock()
    remember(Sighting(settled="2", seen_at=HOUR_AGO))
    monkeypatch.setattr("rollout.tasks.guardian.sweep.sightings", lambda: SimpleNamespace(find=sightings().find))
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []


def test_alias_without_versions_or_missing_is_left(handle, started, ledger):
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []


def test_alias_at_latest_is_reported_with_the_command_that_moves_it(handle, started, ledger):
    """P9: it does not stop the sweep of the others."""
    move_alias("$LATEST")
    (failed,) = handle("guardian", event("guardian_sweeps_versions"))["failed"]
    assert failed["target"] == "my-api:live"
    assert failed["error"].startswith("my-api:live serves $LATEST, which is no published version")
    assert "--function-version 2)" in failed["error"]


RESULTS = {
    ("FAILED", "AwsUnavailableError"): ["", "-030112"],
    ("FAILED", "AliasSplitError"): [""],
    ("ABORTED", ""): [""],
}


@pytest.mark.parametrize("result", RESULTS)
def test_execution_failed_without_answer_is_followed_by_another(handle, started, ledger, monkeypatch, result):
    """P8: an execution name cannot be used twice; a refused or stopped execution is not repeated."""
    monkeypatch.setattr(Executions, "start_once", lambda _self, name, _: started.append(name) or len(started) > 1)
    monkeypatch.setattr(Executions, "find_result", lambda _self, _name: result)
    answer = handle("guardian", event("guardian_sweeps_versions"))["started"]
    assert started == [started[0] + suffix for suffix in RESULTS[result]]
    assert answer == started[1:]


@pytest.mark.parametrize("tags", [{"rollout:alias": "my live"}, {"rollout:alias": "live", "rollout:polcy": "x"}])
def test_function_with_invalid_tags_does_not_stop_sweep(handle, started, tags):
    """P8: invalid tags are reported when the version is published, and its execution name stays free."""
    role = client("iam").get_role(RoleName="api")["Role"]["Arn"]
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": b"one"}}
    client("lambda").create_function(FunctionName="another-api", Role=role, Publish=True, Tags=tags, **code)
    client("lambda").create_alias(FunctionName="another-api", Name="live", FunctionVersion="1")
    release_lock()
    handle("guardian", event("guardian_sweeps_versions"))
    assert [name.rsplit("-", 2)[0] for name in started] == ["my-api"]


def test_version_that_is_being_rolled_out_is_not_started(handle, started, shifted, execution):
    """P7."""
    execution["status"] = "RUNNING"
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []


def test_version_that_was_rolled_back_is_not_started(handle, started, shifted, execution):
    """P7."""
    handle("guardian", SWEEP)
    assert handle("guardian", event("guardian_sweeps_versions"))["started"] == []
