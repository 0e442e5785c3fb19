"""Tests of releases that a tag starts: StartRollout with the last function, and the guardian for missed events."""

import json
from datetime import timedelta

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.release_groups import release_groups
from rollout.aws.dynamodb.releases import releases
from rollout.aws.dynamodb.sweeps.sightings import sightings
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.tasks.guardian.sweep import start_missed_version
from rollout.tasks.releases import by_tag
from tests.integration.conftest import NOW, client, event
from tests.samples import TARGET, rollout

CHECKOUT = TARGET.model_copy(update={"function": "checkout"})
SWEEP = {"sweep": "aliases"}


@pytest.fixture(autouse=True)
def shop(my_api, lambda_wire, ledger, state_machine):
    """Two functions with the same value of the tag, and a release state machine."""
    functions = client("lambda")
    role = functions.get_function(FunctionName="my-api")["Configuration"]["Role"]
    functions.create_function(
        FunctionName="checkout",
        Role=role,
        Publish=True,
        Tags={"rollout:alias": "live", "rollout:release": "shop"},
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": b"one"},
    )
    arn = functions.get_function(FunctionName="my-api")["Configuration"]["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"rollout:release": "shop"})
    definition = '{"StartAt": "A", "States": {}}'
    state_machine.create_state_machine(name="rollouts-releases", definition=definition, roleArn=role)


@pytest.fixture
def started(state_machine):
    """Return the inputs of the executions of releases and rollouts."""

    def inputs(name="rollouts-releases"):
        machines = {
            each["name"]: each["stateMachineArn"] for each in state_machine.list_state_machines()["stateMachines"]
        }
        found = state_machine.list_executions(stateMachineArn=machines[name])["executions"]
        arns = [execution["executionArn"] for execution in found]
        return [json.loads(state_machine.describe_execution(executionArn=arn)["input"]) for arn in arns]

    return inputs


def published(function, version):
    return event("start_rollout_version_published") | {"detail": {"function": function, "version": version}}


def group():
    return release_groups().find(TARGET.account_region, "shop")


def versions(request):
    return {part["function"]: part["version"] for part in request["functions"]}


def test_first_version_waits_and_says_for_whom(handle, started):
    answer = handle("start_rollout", published("my-api", "2"))
    assert answer["started"] is False
    assert "checkout:live with the tag value shop has published no new version" in group().reason
    assert answer["reason"].endswith(group().reason)
    assert (started(), started("rollouts")) == ([], [])


def test_late_event_of_an_older_version_lets_the_newest_one_wait(handle):
    handle("start_rollout", published("my-api", "1"))
    assert [(each.name, each.version) for each in group().waiting] == [("my-api:live", "2")]


def test_last_version_starts_one_release_of_exactly_the_versions_that_wait(handle, started):
    handle("start_rollout", published("my-api", "2"))
    answer = handle("start_rollout", published("checkout", "1"))
    assert answer["started"] is True
    (request,) = started()
    assert versions(request) == {"my-api": "2", "checkout": "1"}
    assert answer["reason"] == f"release execution {request['release']}"
    assert started("rollouts") == []


def test_repeated_events_start_one_release(handle, started):
    """P7."""
    for _ in range(2):
        handle("start_rollout", published("my-api", "2"))
        handle("start_rollout", published("checkout", "1"))
    assert len(started()) == 1


def test_two_last_versions_in_one_second_start_one_release(handle, started, monkeypatch):
    """Both tasks have read the same versions before one of them records the release."""
    release_groups().wait("shop", TARGET, "2", NOW)
    release_groups().wait("shop", CHECKOUT, "1", NOW)
    both = group()
    assert [by_tag._start(both), by_tag._start(both)][1] == ""
    assert len(started()) == 1


def test_release_of_versions_that_have_changed_meanwhile_does_not_start(started):
    release_groups().wait("shop", TARGET, "2", NOW)
    release_groups().wait("shop", CHECKOUT, "1", NOW)
    before = group()
    release_groups().wait("shop", CHECKOUT, "2", NOW)
    assert by_tag._start(before) == ""
    assert started() == []


def test_older_version_does_not_replace_a_newer_one_and_a_newer_one_keeps_the_time():
    for version, minutes in (("9", 0), ("10", 5), ("9", 6)):
        release_groups().wait("shop", TARGET, version, NOW + timedelta(minutes=minutes))
    (waiting,) = group().waiting
    assert (waiting.version, waiting.since) == ("10", NOW)


def test_guardian_starts_the_release_whose_last_event_was_missed(handle, started):
    release_groups().wait("shop", TARGET, "2", NOW)
    release_groups().wait("shop", CHECKOUT, "1", NOW)
    (name,) = handle("guardian", SWEEP)["released"]
    (request,) = started()
    assert request["release"] == name
    assert handle("guardian", SWEEP)["released"] == []


def test_release_that_was_recorded_and_not_started_is_started_by_the_guardian(handle, started, monkeypatch):
    """The task dies between the two."""
    release_groups().wait("shop", TARGET, "2", NOW)
    release_groups().wait("shop", CHECKOUT, "1", NOW)
    with monkeypatch.context() as patched:
        patched.setattr(by_tag, "_run", lambda _: False)
        by_tag._start(group())
    assert started() == []
    handle("guardian", SWEEP)
    assert len(started()) == 1


def test_version_for_another_alias_than_the_opted_in_one_waits_for_no_release(handle, started):
    """Its rollout is refused where people see it, and the release waits for no alias that cannot get the version."""
    published_to_blue = event("start_rollout_version_published")
    published_to_blue["detail"] = {"function": "my-api", "version": "2", "alias": "blue"}
    assert handle("start_rollout", published_to_blue)["started"] is True
    assert (group().waiting, len(started("rollouts"))) == ((), 1)


def test_invalid_tags_are_refused_where_people_see_it(handle, started):
    """P8: no version waits for a release that it could not join."""
    arn = client("lambda").get_function(FunctionName="my-api")["Configuration"]["FunctionArn"]
    client("lambda").tag_resource(Resource=arn, Tags={"rollout:policy": " "})
    assert handle("start_rollout", published("my-api", "2"))["started"] is True
    assert (group().waiting, len(started("rollouts"))) == ((), 1)


def test_missed_version_of_a_tagged_function_waits_for_its_release(ledger, started, missed):
    assert [*start_missed_version(TARGET, NOW, "shop")] == []
    assert [each.version for each in group().waiting] == ["2"]
    assert started("rollouts") == []


@pytest.fixture
def missed(ledger):
    """A sweep saw version 2 of my-api an hour before NOW."""
    before = NOW - timedelta(hours=1)
    seen = Sighting(settled="1", waiting="2", waiting_since=before, seen_at=before)
    sightings().save(TARGET, seen.model_dump_json())


def end_release(monkeypatch, status, error=""):
    monkeypatch.setattr("rollout.aws.step_functions.Executions.find_result", lambda *_: (status, error))


def start(handle):
    handle("start_rollout", published("my-api", "2"))
    handle("start_rollout", published("checkout", "1"))


def test_versions_of_an_ended_release_wait_no_longer_and_a_newer_one_does(handle, started, monkeypatch):
    start(handle)
    release_groups().wait("shop", CHECKOUT, "2", NOW)
    end_release(monkeypatch, "SUCCEEDED")
    assert handle("guardian", SWEEP)["failed"] == []
    assert [(each.name, each.version) for each in group().waiting] == [("checkout:live", "2")]
    assert len(started()) == 1


def test_version_that_was_published_during_a_release_waits_since_its_end(handle, monkeypatch):
    """Before that no release of it could start, so people are notified, and a refusal is tried again, from then on."""
    start(handle)
    release_groups().wait("shop", CHECKOUT, "2", NOW)
    end_release(monkeypatch, "SUCCEEDED")
    ended = NOW + timedelta(days=2)
    handle("guardian", SWEEP, ended)
    assert [(each.version, each.since) for each in group().waiting] == [("2", ended)]
    assert "published no new version since 2026-03-03T12:06Z" in group().reason


def test_function_that_loses_the_tag_after_days_is_rolled_out_alone(handle, started):
    """P8."""
    later = NOW
    seen = Sighting(settled="1", waiting="2", waiting_since=NOW - timedelta(hours=1), seen_at=NOW - timedelta(hours=1))
    sightings().save(TARGET, seen.model_dump_json())
    for _ in range(60):
        assert [*start_missed_version(TARGET, later, "shop")] == []
        later += timedelta(hours=1)
    assert len([*start_missed_version(TARGET, later)]) == 1


@pytest.mark.parametrize("is_started", [False, True])
def test_version_whose_release_has_ended_is_given_up_after_a_day(handle, started, is_started):
    """A release that a person aborted before its rollouts began left no rollout, and it is not started again."""
    start(handle)
    before = NOW - timedelta(hours=1)
    seen = Sighting(settled="1", waiting="2", waiting_since=before, seen_at=before)
    sightings().save(TARGET, seen.model_dump_json())
    for hours in range(30):
        if not is_started:
            release_groups().end(group(), None)
            release_groups().drop(group(), group().waiting, NOW)
        assert [*start_missed_version(TARGET, NOW + timedelta(hours=hours), "shop")] == []
    assert Sighting.model_validate_json(sightings().find(TARGET)).settled == "2"


def test_group_without_versions_is_removed(handle, ledger, monkeypatch):
    start(handle)
    end_release(monkeypatch, "ABORTED")
    handle("guardian", SWEEP)
    assert [entry for entry in ledger() if entry["entry"] == "waiting"] == []


def test_refused_release_leaves_its_versions_waiting_with_the_reason(handle, monkeypatch):
    """P8: for example during a freeze."""
    start(handle)
    end_release(monkeypatch, "FAILED", "ReleaseRefusedError")
    handle("guardian", SWEEP)
    assert len(group().waiting) == 2
    assert "was refused with ReleaseRefusedError" in group().reason


def test_release_that_has_failed_after_its_start_is_not_tried_again(handle, monkeypatch):
    """P7."""
    start(handle)
    monkeypatch.setattr(type(releases()), "find_last", lambda *_: ["a release"])
    end_release(monkeypatch, "FAILED", "ReleaseRolledBack")
    handle("guardian", SWEEP)
    assert group().waiting == ()


def test_version_that_a_person_rolled_out_waits_no_longer(handle, started):
    """P7."""
    release_groups().wait("shop", TARGET, "2", NOW)
    document = rollout(step=0)
    rollout_ledger().open(document.model_copy(update={"canary_version": "2"}), NOW)
    handle("start_rollout", published("checkout", "1"))
    assert started() == []
    assert [each.name for each in group().waiting] == ["checkout:live"]


def test_people_are_notified_once_of_versions_that_wait_too_long(handle, monkeypatch, started):
    sent, events = [], []
    monkeypatch.setattr("rollout.tasks.guardian.release_groups.notify_people", sent.append)
    monkeypatch.setattr("rollout.aws.event_bus.EventBus.publish", lambda _, some: events.extend(some))
    release_groups().wait("shop", TARGET, "2", NOW - timedelta(minutes=31))
    for _ in range(2):
        assert handle("guardian", SWEEP)["failed"] == []
    assert started() == []
    ((overdue,), (notification,)) = events, sent
    assert (overdue.detail_type, overdue.missing) == ("Release Overdue", ("checkout:live",))
    assert "30 minutes have passed" in notification.text
    assert overdue.command_line in notification.text


def test_group_that_cannot_be_read_stops_no_other_one(handle, started):
    """P9."""
    release_groups().wait("shop", TARGET, "2", NOW)
    release_groups().wait("shop", CHECKOUT, "1", NOW)
    key = {"target": {"S": "1/eu-west-1/release-group/bad"}, "entry": {"S": "waiting"}, "open": {"S": "lock"}}
    client("dynamodb").put_item(TableName="ledger", Item=key)
    answer = handle("guardian", SWEEP)
    assert (len(answer["released"]), len(answer["failed"])) == (1, 1)
