"""The template's own rules take the events they are for, and none of our own news."""

import json
from pathlib import Path

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.notifications.events import EVENT_TYPES

ROOT = Path(__file__).parents[2]
STARTS = load(str(ROOT / "template.yaml"))["Resources"]["StartRolloutFunction"]["Properties"]["Events"]
RULES = {name: rule for name, rule in STARTS.items() if "EventBusName" not in rule["Properties"]}
MEMBER = load(str(ROOT / "template-member.yaml"))["Resources"]


def read(files):
    return {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "events").glob(files))}


TOLD = read("start_rollout_version_published.json").popitem()[1]
RECORDED = {name: sent for name, sent in read("start_rollout*.json").items() if sent != TOLD}
LEFT_ALONE = read("not_matched/*.json")


@pytest.fixture(scope="module")
def takers(emulator):
    """Return the rules that match an event, by TestEventPattern."""
    events = emulator.client("events")

    def found(event):
        patterns = {name: json.dumps(rule["Properties"]["Pattern"]) for name, rule in RULES.items()}
        sent = json.dumps(event)
        return {
            name
            for name, text in patterns.items()
            if events.test_event_pattern(EventPattern=text, Event=sent)["Result"]
        }

    return found


def changed(recorded, place, **changes):
    """Return a recorded call with other fields in its detail, or in one part of it."""
    detail = recorded["detail"]
    return recorded | {"detail": detail | (changes if place == "detail" else {place: detail[place] | changes})}


@pytest.mark.parametrize("file", RECORDED)
def test_each_way_of_publishing_is_taken_by_one_rule(takers, file):
    assert takers(RECORDED[file]) == {"VersionPublished"}


def test_a_pipelines_own_word_is_taken_by_the_other_rule(takers):
    assert takers(TOLD) == {"VersionAnnounced"}


@pytest.mark.parametrize("rule", RULES)
def test_a_member_forwards_the_same_and_what_it_forwards_is_taken_as_the_same(rule):
    pattern = RULES[rule]["Properties"]["Pattern"]
    assert STARTS[f"Member{rule}"]["Properties"]["Pattern"] == MEMBER[rule]["Properties"]["EventPattern"] == pattern


SUFFIXES = ["", "20150331", "20150331v2", "20270115", "20270115v3"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("file", "call"),
    [
        ("start_rollout", "PublishVersion"),
        ("start_rollout_update_function_code", "UpdateFunctionCode"),
        ("start_rollout_create_function", "CreateFunction"),
    ],
)
def test_the_date_behind_a_calls_name_does_not_matter(takers, file, call, suffix):
    """But for CreateFunction's, which has always had one: without it, CreateFunctionUrlConfig would look like it."""
    taken = takers(changed(RECORDED[file], "detail", eventName=call + suffix))
    assert taken == ({"VersionPublished"} if suffix or call != "CreateFunction" else set())


SPELT = [
    "my-api",
    "my-api:$LATEST",
    "123456789012:my-api",
    "123456789012:function:my-api",
    "arn:aws:lambda:eu-west-1:123456789012:function:my-api",
    "arn:aws:lambda:eu-west-1:123456789012:function:my-api:$LATEST",
]


@pytest.mark.parametrize("name", SPELT)
@pytest.mark.parametrize("file", RECORDED)
def test_a_caller_may_spell_the_function_as_lambda_allows(takers, file, name):
    assert takers(changed(RECORDED[file], "requestParameters", functionName=name)) == {"VersionPublished"}


@pytest.mark.parametrize("file", LEFT_ALONE)
def test_what_publishes_no_version_is_taken_by_no_rule(takers, file):
    """Our own UpdateAlias least of all: it would start a rollout for each share it gives."""
    assert takers(LEFT_ALONE[file]) == set()


@pytest.mark.parametrize("file", RECORDED)
def test_no_way_of_publishing_is_taken_where_the_call_failed(takers, file):
    assert takers(changed(RECORDED[file], "detail", errorCode="AccessDenied", responseElements=None)) == set()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("call", ["UpdateAlias", "CreateAlias", "DeleteAlias", "UpdateFunctionConfiguration"])
def test_no_other_call_is_taken_even_if_it_answered_with_a_version(takers, call, suffix):
    assert takers(changed(RECORDED["start_rollout"], "detail", eventName=call + suffix)) == set()


@pytest.mark.parametrize("detail_type", [kind.detail_type for kind in EVENT_TYPES])
def test_our_own_news_starts_nothing_even_on_the_default_bus(takers, detail_type):
    assert takers(TOLD | {"detail-type": detail_type}) == set()


@pytest.mark.parametrize(
    "changes", [{"source": "somebody"}, {"source": "aws.lambda"}, {"detail-type": "version published"}]
)
def test_what_only_looks_like_it_is_left(takers, changes):
    assert takers(TOLD | changes) == set()
