"""The template's own rules take the events they are for, and none of our own news."""

import json
from pathlib import Path

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.news import KINDS

ROOT = Path(__file__).parents[2]
RULES = load(str(ROOT / "template.yaml"))["Resources"]["StartRolloutFunction"]["Properties"]["Events"]
EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("start_rollout*.json")}
TOLD = EVENTS["start_rollout_version_published"]


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


@pytest.mark.parametrize("file", EVENTS)
def test_each_way_of_publishing_is_taken_by_one_rule(takers, file):
    assert takers(EVENTS[file]) == {"VersionTold" if EVENTS[file] == TOLD else "VersionPublished"}


@pytest.mark.parametrize("detail_type", [kind.detail_type for kind in KINDS])
def test_our_own_news_starts_nothing_even_on_the_default_bus(takers, detail_type):
    assert takers(TOLD | {"detail-type": detail_type}) == set()


@pytest.mark.parametrize(
    "changes", [{"source": "somebody"}, {"source": "aws.lambda"}, {"detail-type": "version published"}]
)
def test_what_only_looks_like_it_is_left(takers, changes):
    assert takers(TOLD | changes) == set()
