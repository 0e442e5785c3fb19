"""A rollout of an earlier release ends under the current code, and what a newer release adds stops no rollout."""

import json
import re
from pathlib import Path

import pytest

from rollout.aws.dynamodb.items import plain
from rollout.aws.dynamodb.lock_items import read_lock
from rollout.policy.read_policy import policy_of_json
from rollout.state.rollout import read_rollout
from tests.interleavings.execution import STATES
from tests.releases.moments import MOMENTS
from tests.releases.record import record, version
from tests.releases.world import endings, restore

HERE = Path(__file__).parent
RELEASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "first_step.json").exists())
FILES = sorted(HERE.glob("*/*.json"))
WORLDS = {f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in FILES}
CHANGELOG = (HERE.parents[1] / "CHANGELOG.md").read_text()
UNRELEASED = re.search(rf"^## {re.escape(version())} .*unreleased$", CHANGELOG, re.MULTILINE)
ADDED = {"hook_answers", "failure", "canary_logs"}
"""What the state machine and ReadCanaryLogs add to a document, which later tasks read beside the rollout."""
OF_THE_ENTRY = {"is_taken_over", "is_ending", "is_rolling_back"}
"""What a lock takes from the other attributes of its entry, and not from its document."""
every_world = pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)


def documents(world):
    """Return the documents of the executions that have one."""
    return [each["document"] for each in world["executions"] if "execution" in each["document"]]


def items(world):
    return [plain(item) for item in world["entries"]]


def paths(value, path=""):
    """Yield the path of each key, with `[]` for the items of a list. The keys of shares are versions, and data."""
    if isinstance(value, dict):
        for key, each in value.items():
            name = "*" if key.isdigit() else key
            yield f"{path}.{name}"
            yield from paths(each, f"{path}.{name}")
    if isinstance(value, list):
        for each in value:
            yield from paths(each, f"{path}[]")


def is_part_of(part, whole):
    """Whether everything in a part is in the whole: a newer release may add fields, and lose or change none."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and is_part_of(value, whole[key]) for key, value in part.items()
        )
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(is_part_of, part, whole))
    return part == whole


@every_world
def test_rollout_goes_on_and_ends_as_under_its_own_release(world, scenario):
    """P1 to P12 hold, and the ending is that of the release that began the rollout."""
    restore(scenario, world)
    scenario.check_settled()
    assert endings(scenario) == world["ends"]


@every_world
def test_rollout_that_is_stopped_after_the_deployment_is_repaired(world, scenario):
    """P1: the guardian reads the locks and the entries of the earlier release."""
    restore(scenario, world)
    for execution in scenario.executions:
        if execution.is_running:
            execution.stop()
    scenario.check_settled()


@every_world
def test_rollout_that_is_aborted_after_the_deployment_ends(world, scenario):
    """P11: TakeCommand reads the lock of the earlier release, and obeys or refuses with a reason."""
    restore(scenario, world)
    operator = scenario.give("abort")
    operator.finish()
    assert operator.error is None
    assert operator.result["answer"] in ("taken", "refused")
    scenario.check_settled()


@every_world
def test_document_of_a_newer_release_goes_on_under_this_one(world, scenario):
    """The stack is rolled back: each document, lock and policy has fields that this release does not know."""
    restore(scenario, with_later_fields(world))
    scenario.check_settled()
    assert endings(scenario) == world["ends"]


def with_later_fields(world):
    """Return a world whose documents, entries and policies a newer release has written, without using what is new."""
    later = json.loads(json.dumps(world))
    for document in documents(later):
        document["added_later"] = {"any": "value"}
        document["execution"]["added_later"] = document["target"]["added_later"] = "text"
        document["policy"]["added_later"] = None
        document["policy"]["guards"]["added_later"] = []
    for item in later["entries"]:
        item["added_later"] = {"S": "text"}
        for name in ("lock_document", "policy"):
            if name in item:
                item[name]["S"] = json.dumps(json.loads(item[name]["S"]) | {"added_later": None})
    return later


@every_world
def test_no_field_of_a_document_is_lost(world):
    for document in documents(world):
        recorded = {name: value for name, value in document.items() if name not in ADDED}
        assert is_part_of(recorded, json.loads(json.dumps(read_rollout(document).document())))


@every_world
def test_no_field_of_an_entry_is_lost(world):
    for item in items(world):
        if "lock_document" in item:
            document, read = json.loads(item["lock_document"]), read_lock(item)
            recorded = {name: value for name, value in document.items() if name not in OF_THE_ENTRY}
            assert is_part_of(recorded, json.loads(read.model_dump_json()))
            assert len(read.commands) == len(json.loads(item.get("commands", "[]")))
            assert (read.gate is None) == ("gate" not in item)
        if "policy" in item:
            recorded = json.loads(item["policy"])
            assert is_part_of(recorded, policy_of_json(item["policy"]).model_dump(mode="json"))


@pytest.mark.parametrize("release", RELEASES)
def test_release_has_a_moment_in_each_state_that_takes_time(release):
    """Choice, Pass and end states take none, so no deployment meets a rollout in them."""
    worlds = [world for path, world in WORLDS.items() if path.startswith(f"{release}/")]
    recorded = {each["state"] for world in worlds for each in world["executions"]}
    assert {name for name, state in STATES.items() if state["Type"] in ("Task", "Wait", "Map")} - recorded == set()


def test_current_version_is_recorded():
    assert version() in RELEASES


@pytest.mark.skipif(not UNRELEASED, reason="the record of a release does not change any more")
@pytest.mark.parametrize("name", MOMENTS)
def test_record_of_the_unreleased_version_has_every_field_of_the_current_code(name, scenario):
    """`make record-release` writes it again. The record of a version that is released stays as it is."""
    now = json.loads(record(scenario, MOMENTS[name]))
    recorded = WORLDS[f"{version()}/{name}"]
    for part in (documents, items):
        assert {*paths(part(now))} == {*paths(part(recorded))}
    assert now["ends"] == recorded["ends"]
