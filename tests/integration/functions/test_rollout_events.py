"""What a rollout does is told to others; and a rollout that nobody hears of goes the same way."""

import json
from types import SimpleNamespace

import pytest
from botocore.stub import Stubber
from jsonschema import Draft202012Validator

from rollout.aws.boto import clients
from rollout.aws.event_bus import EventBus
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError, EventsNotPublishedError
from rollout.notifications.build_events import shift_events
from rollout.notifications.events import EVENT_TYPES
from rollout.schema import event_schema
from tests.integration.conftest import alias, client, event, owned
from tests.samples import AT, rollout

SCHEMAS = {kind.detail_type: event_schema(kind) for kind in EVENT_TYPES}
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-2-5f0c9d3f8a1b"
pytestmark = pytest.mark.usefixtures("my_api", "claimed", "lambda_wire", "state_machine")
SHIFTED = {"percent": 10, "step": 1, "steps": 2}


@pytest.fixture
def stopped(monkeypatch):
    """Somebody stopped the execution; it is moto that knows none of this name."""
    monkeypatch.setattr(Executions, "status", lambda _self, _arn: "ABORTED")


def detail_types(news):
    return [one["detail-type"] for one in news()]


def test_the_first_shift_starts_the_rollout_and_each_one_tells_its_step(handle, news):
    handle("shift_traffic", handle("shift_traffic", event("shift_traffic")))
    assert detail_types(news) == ["Rollout Started", "Step Shifted", "Step Shifted"]
    started, first, second = (one["detail"] for one in news())
    assert (started["percents"], started["bake_seconds"]) == ([10, 50], 300)
    assert {name: first[name] for name in SHIFTED} == SHIFTED
    assert (second["percent"], second["step"]) == (50, 2)
    assert first["sentence"] == "my-api:live: step 1 of 2: version 2 has 10 % for at least 5m"


def test_an_event_says_where_it_is_from_and_when_it_happened(handle, news):
    handle("shift_traffic", event("shift_traffic"))
    told = news()[0]
    assert (told["source"], told["resources"]) == ("rollouts", [EXECUTION])
    assert told["detail"]["at"] == "2026-03-01T12:06:01Z"
    assert told["detail"]["execution"]["arn"] == EXECUTION


def test_a_task_that_comes_again_repeats_its_news_under_the_same_id(handle, news):
    """P4."""
    handle("close_rollout", event("close_rollout"))
    handle("close_rollout", event("close_rollout"))
    assert detail_types(news) == ["Rollout Rolled Back"] * 2
    assert {one["detail"]["id"] for one in news()} == {f"{EXECUTION}/rollout-rolled-back"}


ENDINGS = {
    "close_rollout": ("Rollout Rolled Back", "Rolled back: my-api:live serves version 1 again"),
    "close_rollout_without_an_ending": ("Rollback Failed", "ROLLBACK FAILED: my-api:live may be split, act now"),
}


@pytest.mark.parametrize("file", ENDINGS)
def test_an_ending_is_told_on_the_bus_and_to_people(handle, news, notifications, file):
    handle("shift_traffic", event("shift_traffic"))
    ending = handle("close_rollout", event(file))["ending"]
    told, (notification,) = news()[-1], notifications()
    assert (told["detail-type"], notification["Subject"]) == ENDINGS[file]
    assert told["detail"]["sentence"] == ending["Cause"]
    assert notification["Message"].startswith(ending["Cause"])
    assert EXECUTION in notification["Message"]
    assert notification["MessageAttributes"]["ending"]["Value"] == told["detail-type"]


def test_a_judged_ending_carries_both_versions_numbers(handle, news, notifications):
    handle("close_rollout", event("close_rollout"))
    judgement = news()[-1]["detail"]["judgement"]
    assert (judgement["canary"], judgement["stable"]) == ({"calls": 100, "bad": 40}, {"calls": 900, "bad": 1})
    assert "Canary: version 2, 40 of 100 calls (40 %) failed" in notifications()[0]["Message"]


def test_a_judgement_that_cannot_be_read_is_left_out_and_the_rollout_closed(handle, ledger, news):
    document = event("close_rollout") | {"judgement": {"verdict": "splendid"}}
    assert handle("close_rollout", document)["ending"]["outcome"] == "rolled_back"
    assert "judgement" not in news()[-1]["detail"]
    assert ledger()[0]["outcome"] == "rolled_back"


REFUSED = [
    ({"function": "my-api", "version": 1}, {"function": "my-api"}, "1"),
    ({"function": "my-api:live", "version": 99}, {"function": "my-api", "alias": "live"}, "99"),
    ({"function": "nobody:7"}, {"function": "nobody"}, "7"),
    ({"function": ["my-api"], "alias": 7.5}, {}, None),
    ("my-api", {}, None),
    (None, {}, None),
]


@pytest.mark.parametrize("asked", REFUSED, ids=str)
def test_a_refused_request_is_told_with_what_can_be_read_of_it(handle, news, notifications, asked):
    request, target, canary = asked
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    (told,) = news()
    assert told["detail-type"] == "Rollout Rejected"
    assert told["detail"]["target"] == {"account": "123456789012", "region": "eu-west-1"} | target
    assert told["detail"].get("canary_version") == canary
    assert (told["detail"]["error"], told["detail"]["cause"]) == (document["Error"], document["Cause"])
    assert notifications() == []


def test_the_guardian_tells_the_ending_it_brings_about(handle, stopped, news, notifications):
    handle("shift_traffic", event("shift_traffic"))
    (repaired,) = handle("guardian", event("guardian"))["repaired"]
    told = news()[-1]
    assert told["detail-type"] == "Rollout Rolled Back"
    assert told["detail"]["sentence"] == repaired["ending"]["Cause"]
    assert "judgement" not in told["detail"]
    assert [notification["Subject"] for notification in notifications()] == [
        "Rolled back: my-api:live serves version 1 again"
    ]


def test_all_that_was_told_is_as_its_schema_says(handle, news):
    handle("shift_traffic", event("shift_traffic"))
    for file in ENDINGS:
        handle("close_rollout", event(file))
    handle("prepare_rollout", event("prepare_rollout") | {"request": "my-api"})
    for told in news():
        Draft202012Validator(SCHEMAS[told["detail-type"]]).validate(told["detail"])
    assert len(news()) == 5


PUT, PUBLISH = "before-call.events.PutEvents", "before-call.sns.Publish"
REFUSALS = {
    "a refused entry": (200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}),
    "a throttle": (400, {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}),
    "no permission": (400, {"Error": {"Code": "AccessDeniedException", "Message": "no"}}),
    "no bus": (400, {"Error": {"Code": "ResourceNotFoundException", "Message": "gone"}}),
}


@pytest.fixture(params=REFUSALS)
def unheard(request, capsys, caplog):
    """Neither bus nor topic takes anything; called, it returns what was counted, and requires a warning each."""
    status, answer = REFUSALS[request.param]
    ours = [(clients.events_client(), PUT), (clients.sns_client(), PUBLISH)]

    def refuse(**_):
        return SimpleNamespace(status_code=status), answer

    def counted():
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        found = [line["news"] for line in lines if "EventsNotPublished" in line]
        warned = [record for record in caplog.records if record.levelname == "WARNING"]
        assert len([record for record in warned if record.message == "News not sent"]) == len(found)
        return found

    for ours_client, name in ours:
        ours_client.meta.events.register_first(name, refuse)
    yield counted
    for ours_client, name in ours:
        ours_client.meta.events.unregister(name, refuse)


def test_a_shift_that_nobody_hears_of_is_made_all_the_same(handle, unheard):
    document = handle("shift_traffic", event("shift_traffic"))
    assert (document["step"], alias()["weights"]) == (1, {"2": 0.1})
    assert unheard() == ["a shift"]


def test_an_ending_that_nobody_hears_of_is_the_same_ending(handle, ledger, unheard):
    """P10."""
    assert handle("close_rollout", event("close_rollout"))["ending"]["outcome"] == "rolled_back"
    assert ledger()[0]["outcome"] == "rolled_back"
    assert owned("lock") is None
    assert unheard()[0] == "an ending"


def test_a_refusal_that_nobody_hears_of_is_the_same_refusal(handle, unheard):
    """P6."""
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": {}})
    assert (document["start"], document["Error"]) == ("reject", "InvalidRequestError")
    assert unheard() == ["a refusal"]


def test_the_guardian_mends_what_nobody_hears_of(handle, stopped, unheard):
    """P1."""
    handle("shift_traffic", event("shift_traffic"))
    (repaired,) = handle("guardian", event("guardian"))["repaired"]
    assert (repaired["ending"]["outcome"], alias()["weights"]) == ("rolled_back", {})
    assert owned("lock") is None


def test_people_are_told_where_the_bus_is_gone(handle, notifications):
    client("events").delete_event_bus(Name="rollouts")
    handle("close_rollout", event("close_rollout"))
    assert len(notifications()) == 1


def test_a_stack_without_settings_for_news_carries_its_rollouts(handle, monkeypatch):
    for name in ("BUS_NAME", "TOPIC_ARN"):
        monkeypatch.delenv(name)
    assert handle("shift_traffic", event("shift_traffic"))["step"] == 1
    assert handle("close_rollout", event("close_rollout"))["ending"]["outcome"] == "rolled_back"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}]},
            EventsNotPublishedError,
        ),
        ("ThrottlingException", AwsUnavailableError),
    ],
)
def test_what_eventbridge_refuses_is_an_error(answer, error):
    with Stubber(client("events")) as stub:
        if isinstance(answer, str):
            stub.add_client_error("put_events", answer)
        else:
            stub.add_response("put_events", answer)
        with pytest.raises(error):
            EventBus(stub.client, "rollouts").send(shift_events(rollout(), AT))
