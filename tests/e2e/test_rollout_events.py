"""What a rollout of the deployed stack tells others, heard by a queue on its bus and by a subscriber of its topic."""

import pytest
from jsonschema import Draft202012Validator

from rollout.schema import EVENTS, event_schema
from tests.e2e.stories import (
    faulty_version_published,
    fine_version_published,
    stopped_in_a_step,
    stranger_moves_the_alias,
    told_by_a_pipeline,
)

SCHEMAS = {kind.detail_type: event_schema(kind) for kind in EVENTS.values()}
SHIFTS = ["Rollout Started", "Step Shifted"]


def detail_types(sandbox, played):
    return [told["detail-type"] for told in sandbox.listener.news(played.execution)]


def test_a_promoted_version_is_told_step_by_step(stories, sandbox):
    played = stories(fine_version_published)
    assert detail_types(sandbox, played) == [*SHIFTS, "Step Shifted", "Rollout Promoted"]
    started, first, second, promoted = (told["detail"] for told in sandbox.listener.news(played.execution))
    assert started["percents"] == [first["percent"], second["percent"]] == [10, 50]
    assert promoted["sentence"].startswith("fine:live serves version 2 alone; ")
    assert promoted["judgement"]["canary"]["calls"] > 0


def test_a_version_that_is_taken_back_is_told_with_both_versions_numbers(stories, sandbox):
    """P10."""
    played = stories(faulty_version_published)
    told = detail_types(sandbox, played)
    assert told[:2] == SHIFTS
    assert set(told[2:-1]) <= {"Step Shifted"}
    assert told[-1] == "Rollout Rolled Back"
    ended = sandbox.listener.news(played.execution)[-1]["detail"]
    assert ended["sentence"] == played.ended["cause"]
    assert ended["judgement"]["canary"]["bad"] > ended["judgement"]["stable"]["bad"] == 0


@pytest.mark.parametrize(
    ("story", "subject"),
    [
        (fine_version_published, "Promoted: fine:live serves version 2 alone"),
        (faulty_version_published, "Rolled back: faulty:live serves version 1 again"),
        (stranger_moves_the_alias, "Handed over: moved:live is left as it is, for you to decide"),
        (stopped_in_a_step, "Rolled back: stopped:live serves version 1 again"),
    ],
    ids=["promoted", "rolled back", "handed over", "stopped"],
)
def test_people_get_one_message_for_an_ending(stories, sandbox, story, subject):
    """The guardian tells those it brings about."""
    played = stories(story)
    (notification,) = sandbox.listener.notifications(played.execution)
    assert notification["Subject"] == subject
    assert f"{played.shop.name}:live" in notification["Message"].splitlines()[0]


def test_a_pipeline_without_a_trail_starts_a_rollout_by_an_event_of_its_own(stories, sandbox):
    """P7, P8."""
    played = stories(told_by_a_pipeline)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    assert sandbox.rollouts_of(played.shop.name, "2") == [played.execution]
    assert detail_types(sandbox, played) == [*SHIFTS, "Rollout Promoted"]


def test_a_refused_request_is_told_and_people_are_left_in_peace(sandbox):
    """P6."""
    execution = sandbox.start({"function": "nobody-of-this-name:7"})
    sandbox.end(execution)
    (told,) = sandbox.listener.news(execution)
    assert (told["detail-type"], told["detail"]["error"]) == ("Rollout Rejected", "UnknownFunctionError")
    assert (told["detail"]["target"]["function"], told["detail"]["canary_version"]) == ("nobody-of-this-name", "7")
    assert sandbox.listener.notifications(execution) == []


def test_all_that_was_told_is_as_its_schema_says(stories, sandbox):
    for story in (fine_version_published, faulty_version_published, stopped_in_a_step, told_by_a_pipeline):
        for told in sandbox.listener.news(stories(story).execution):
            Draft202012Validator(SCHEMAS[told["detail-type"]]).validate(told["detail"])
