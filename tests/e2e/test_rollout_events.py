"""The rollout events and the notifications of the deployed stack, received by a queue on its bus and on its topic."""

import json

import pytest
from jsonschema import Draft202012Validator

from rollout.schema import EVENTS, event_schema
from tests.e2e.stories.locks import outside_change_moves_alias, stopped_in_step
from tests.e2e.stories.refused_requests import MISSING, requests_are_refused
from tests.e2e.stories.starts import faulty_version_published, healthy_version_published, pipeline_starts_rollout

SCHEMAS = {event.detail_type: event_schema(event) for event in EVENTS.values()}
SHIFTS = ["Rollout Started", "Step Shifted"]


def detail_types(stack, rollout):
    return [event["detail-type"] for event in stack.listener.events(rollout.execution)]


def test_promoted_version_has_event_per_step(stories, stack):
    rollout = stories(healthy_version_published)
    assert detail_types(stack, rollout) == [*SHIFTS, "Step Shifted", "Rollout Promoted"]
    started, first, second, promoted = (event["detail"] for event in stack.listener.events(rollout.execution))
    assert started["percents"] == [first["percent"], second["percent"]] == [10, 50]
    assert promoted["sentence"].startswith("healthy:live serves version 2 alone; ")
    assert promoted["judgement"]["canary"]["calls"] > 0


def test_rolled_back_version_has_event_with_counts_of_both_versions(stories, stack):
    """P10."""
    rollout = stories(faulty_version_published)
    types = detail_types(stack, rollout)
    assert types[:2] == SHIFTS
    assert set(types[2:-1]) <= {"Step Shifted"}
    assert types[-1] == "Rollout Rolled Back"
    detail = stack.listener.events(rollout.execution)[-1]["detail"]
    assert detail["sentence"] == rollout.cause
    assert detail["judgement"]["canary"]["bad"] > detail["judgement"]["stable"]["bad"] == 0


@pytest.mark.parametrize(
    ("story", "subject"),
    [
        (healthy_version_published, "Promoted: healthy:live serves version 2 alone"),
        (faulty_version_published, "Rolled back: faulty:live serves version 1 again"),
        (outside_change_moves_alias, "Handed over: moved:live is left as it is, for you to decide"),
        (stopped_in_step, "Rolled back: stopped:live serves version 1 again"),
    ],
    ids=["promoted", "rolled back", "handed over", "stopped"],
)
def test_ending_has_one_notification(stories, stack, story, subject):
    """The guardian sends the notification of a rollout that it repairs."""
    rollout = stories(story)
    (notification,) = stack.listener.notifications(rollout.execution)
    assert notification["Subject"] == subject
    assert f"{rollout.shop.name}:live" in notification["Message"].splitlines()[0]


@pytest.mark.parametrize("story", [healthy_version_published, faulty_version_published, stopped_in_step])
def test_chat_has_the_same_notification_in_the_thread_of_its_rollout(stories, stack, story):
    """The roles may publish to both topics."""
    rollout = stories(story)
    (mail,), (chat,) = stack.listener.notifications(rollout.execution), stack.listener.chats(rollout.execution)
    message = json.loads(chat["Message"])
    assert (message["version"], message["source"], message["content"]["title"]) == ("1.0", "custom", mail["Subject"])
    assert message["metadata"]["threadId"].endswith(f"/{rollout.execution.rpartition(':')[2]}")
    assert message["content"]["description"].startswith(mail["Message"].splitlines()[0])
    assert chat["MessageAttributes"] == mail["MessageAttributes"]


def test_pipeline_event_starts_one_rollout(stories, stack):
    """P7, P8."""
    rollout = stories(pipeline_starts_rollout)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert stack.executions.of_version(rollout.shop.name, "2") == [rollout.execution]
    assert detail_types(stack, rollout) == [*SHIFTS, "Rollout Promoted"]


def test_rejected_request_has_event_and_no_notification(stories, stack):
    """P6."""
    execution = stories(requests_are_refused).executions["an unknown function"]
    (event,) = stack.listener.events(execution)
    assert (event["detail-type"], event["detail"]["error"]) == ("Rollout Rejected", "UnknownFunctionError")
    assert (event["detail"]["target"]["function"], event["detail"]["canary_version"]) == (MISSING, "7")
    assert stack.listener.notifications(execution) == []


def test_every_event_matches_its_schema(stories, stack):
    for story in (healthy_version_published, faulty_version_published, stopped_in_step, pipeline_starts_rollout):
        for event in stack.listener.events(stories(story).execution):
            Draft202012Validator(SCHEMAS[event["detail-type"]]).validate(event["detail"])
