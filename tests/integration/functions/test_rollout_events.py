"""Tests of rollout events and notifications: tasks publish them, and a failure to publish changes nothing else."""

import json
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from rollout.aws.boto import clients
from rollout.aws.step_functions import Executions
from rollout.notifications.event_types import EVENT_TYPES
from rollout.schema import event_schema
from tests.integration.conftest import alias, begin_rollback, client, event, owned_entry

SCHEMAS = {event_type.detail_type: event_schema(event_type) for event_type in EVENT_TYPES}
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-2-5f0c9d3f8a1b"
pytestmark = pytest.mark.usefixtures("my_api", "locked", "lambda_wire", "state_machine")
FIRST_STEP = {"percent": 10, "step": 1, "steps": 2}


@pytest.fixture
def stopped(monkeypatch):
    """The execution was stopped; moto knows no execution of this name."""
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "ABORTED")


def detail_types(published):
    return [envelope["detail-type"] for envelope in published()]


def test_first_shift_publishes_start_and_every_shift_its_step(handle, published):
    handle("shift_traffic", handle("shift_traffic", event("shift_traffic")))
    assert detail_types(published) == ["Rollout Started", "Step Shifted", "Step Shifted"]
    started, first, second = (envelope["detail"] for envelope in published())
    assert (started["percents"], started["bake_seconds"]) == ([10, 50], 300)
    assert {name: first[name] for name in FIRST_STEP} == FIRST_STEP
    assert (second["percent"], second["step"]) == (50, 2)
    assert first["sentence"] == "my-api:live: step 1 of 2: version 2 has 10 % for at least 5m"


def test_event_has_source_execution_and_time(handle, published):
    handle("shift_traffic", event("shift_traffic"))
    envelope = published()[0]
    assert (envelope["source"], envelope["resources"]) == ("rollouts", [EXECUTION])
    assert envelope["detail"]["at"] == "2026-03-01T12:06:01Z"
    assert envelope["detail"]["execution"]["arn"] == EXECUTION


def test_repeated_task_publishes_same_event_id(handle, published):
    """P4."""
    handle("close_rollout", event("close_rollout"))
    handle("close_rollout", event("close_rollout"))
    assert detail_types(published) == ["Rollout Rolled Back"] * 2
    assert {envelope["detail"]["id"] for envelope in published()} == {f"{EXECUTION}/rollout-rolled-back"}


ENDINGS = {
    "close_rollout": ("Rollout Rolled Back", "Rolled back: my-api:live serves version 1 again"),
    "close_rollout_without_an_ending": ("Rollback Failed", "ROLLBACK FAILED: my-api:live may be split, act now"),
}


@pytest.mark.parametrize("file", ENDINGS)
def test_ending_is_published_as_event_and_notification(handle, published, notifications, file):
    handle("shift_traffic", event("shift_traffic"))
    ending = handle("close_rollout", event(file))["ending"]
    envelope, (notification,) = published()[-1], notifications()
    assert (envelope["detail-type"], notification["Subject"]) == ENDINGS[file]
    assert envelope["detail"]["sentence"] == ending["Cause"]
    what, why, *_ = notification["Message"].split("\n\n")
    assert what.startswith("my-api:live ")
    assert ending["Cause"].endswith(why.splitlines()[0].removeprefix("Why: "))
    assert EXECUTION in notification["Message"]
    assert notification["MessageAttributes"]["ending"]["Value"] == envelope["detail-type"]


def test_judged_ending_has_counts_of_both_versions(handle, published, notifications):
    handle("close_rollout", event("close_rollout"))
    judgement = published()[-1]["detail"]["judgement"]
    assert (judgement["canary"], judgement["stable"]) == ({"calls": 100, "bad": 40}, {"calls": 900, "bad": 1})
    assert "Canary: version 2, 40 of 100 calls (40 %) failed" in notifications()[0]["Message"]


def test_rollout_with_invalid_judgement_is_closed_without_it(handle, ledger, published):
    document = event("close_rollout") | {"judgement": {"verdict": "splendid"}}
    assert handle("close_rollout", document)["ending"]["outcome"] == "rolled_back"
    assert "judgement" not in published()[-1]["detail"]
    assert ledger()[0]["outcome"] == "rolled_back"


REFUSED = [
    ({"function": "my-api", "version": 1}, {"function": "my-api"}, "1"),
    ({"function": "my-api:live", "version": 99}, {"function": "my-api", "alias": "live"}, "99"),
    ({"function": "no-api:7"}, {"function": "no-api"}, "7"),
    ({"function": ["my-api"], "alias": 7.5}, {}, None),
    ("my-api", {}, None),
    (None, {}, None),
]


@pytest.mark.parametrize("refused", REFUSED, ids=str)
def test_refused_request_is_published_with_its_readable_fields(handle, published, notifications, refused):
    request, target, canary = refused
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    (envelope,) = published()
    assert envelope["detail-type"] == "Rollout Rejected"
    assert envelope["detail"]["target"] == {"account": "123456789012", "region": "eu-west-1"} | target
    assert envelope["detail"].get("canary_version") == canary
    assert (envelope["detail"]["error"], envelope["detail"]["cause"]) == (document["Error"], document["Cause"])
    assert notifications() == []


def test_guardian_publishes_ending_it_records(handle, stopped, published, notifications):
    handle("shift_traffic", event("shift_traffic"))
    (repaired,) = handle("guardian", event("guardian"))["repaired"]
    envelope = published()[-1]
    assert envelope["detail-type"] == "Rollout Rolled Back"
    assert envelope["detail"]["sentence"] == repaired["ending"]["Cause"]
    assert "judgement" not in envelope["detail"]
    assert [notification["Subject"] for notification in notifications()] == [
        "Rolled back: my-api:live serves version 1 again"
    ]


def test_published_events_match_their_schemas(handle, published):
    handle("shift_traffic", event("shift_traffic"))
    for file in ENDINGS:
        handle("close_rollout", event(file))
    handle("prepare_rollout", event("prepare_rollout") | {"request": "my-api"})
    for envelope in published():
        Draft202012Validator(SCHEMAS[envelope["detail-type"]]).validate(envelope["detail"])
    assert len(published()) == 5


PUT, PUBLISH = "before-call.events.PutEvents", "before-call.sns.Publish"
ERRORS = {
    "a refused entry": (200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}),
    "a throttle": (400, {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}),
    "no permission": (400, {"Error": {"Code": "AccessDeniedException", "Message": "no"}}),
    "no bus": (400, {"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}),
}


@pytest.fixture(params=ERRORS)
def not_published(request, capsys, caplog):
    """Bus and topic accept nothing; called, it returns what was counted, and requires one warning for each."""
    status, answer = ERRORS[request.param]
    publishers = [(clients.events_client(), PUT), (clients.sns_client(), PUBLISH)]

    def refuse(**_):
        return SimpleNamespace(status_code=status), answer

    def counted():
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        events = [line["event"] for line in lines if "EventsNotPublished" in line]
        warnings = [record for record in caplog.records if record.levelname == "WARNING"]
        assert len([record for record in warnings if record.message == "Event not published"]) == len(events)
        return events

    for publisher, name in publishers:
        publisher.meta.events.register_first(name, refuse)
    yield counted
    for publisher, name in publishers:
        publisher.meta.events.unregister(name, refuse)


def test_shift_is_made_without_its_event(handle, not_published):
    document = handle("shift_traffic", event("shift_traffic"))
    assert (document["step"], alias()["weights"]) == (1, {"2": 0.1})
    assert not_published() == ["shift"]


def test_ending_is_the_same_without_its_event(handle, ledger, not_published):
    """P10."""
    begin_rollback()
    assert handle("close_rollout", event("close_rollout"))["ending"]["outcome"] == "rolled_back"
    assert ledger()[0]["outcome"] == "rolled_back"
    assert owned_entry("lock") is None
    assert not_published()[0] == "ending"


def test_refusal_is_the_same_without_its_event(handle, not_published):
    """P6."""
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": {}})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert not_published() == ["rejection"]


def test_guardian_repairs_alias_without_event(handle, stopped, not_published):
    """P1."""
    handle("shift_traffic", event("shift_traffic"))
    (repaired,) = handle("guardian", event("guardian"))["repaired"]
    assert (repaired["ending"]["outcome"], alias()["weights"]) == ("rolled_back", {})
    assert owned_entry("lock") is None


def test_notification_is_published_without_bus(handle, notifications):
    client("events").delete_event_bus(Name="rollouts")
    handle("close_rollout", event("close_rollout"))
    assert len(notifications()) == 1


def test_rollout_runs_without_settings_for_events(handle, monkeypatch):
    for name in ("BUS_NAME", "TOPIC_ARN", "CHAT_TOPIC_ARN", "NOTIFY_ON"):
        monkeypatch.delenv(name)
    assert handle("shift_traffic", event("shift_traffic"))["step"] == 1
    assert handle("close_rollout", event("close_rollout"))["ending"]["outcome"] == "rolled_back"
