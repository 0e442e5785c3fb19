"""An execution that has waited too long leaves its place to another one, which has room for the whole rollout."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from rollout.admission.events.version_event import execution_name, is_started_by_event
from rollout.admission.successor import (
    EXECUTION_SECONDS,
    MAX_TRIES,
    MAX_WAIT,
    needs_successor,
    replaced_by,
    successor_name,
)
from rollout.domain.enums import Start
from rollout.policy.planned import MAX_DURATION_SECONDS, MAX_EVALUATIONS
from rollout.state.rollout import Waiting
from tests.samples import AT, EXECUTION, TARGET, rollout

ASL = json.loads((Path(__file__).parents[3] / "statemachine/rollout.asl.json").read_text())
EVENTS, EVENTS_PER_ROUND = 25_000, 9
LONGEST_TARGET = TARGET.model_copy(update={"function": "f" * 64})


def waiting(tries: int, start: Start = Start.QUEUE, waited: timedelta = timedelta()) -> object:
    execution = EXECUTION.model_copy(update={"started_at": AT - waited})
    return rollout(start=start, waiting=Waiting(tries=tries), execution=execution)


def test_execution_that_waited_as_long_as_allowed_has_room_for_the_whole_rollout():
    """Five hundred events stay for steps, retries and the ending."""
    assert ASL["TimeoutSeconds"] == EXECUTION_SECONDS
    assert EVENTS - EVENTS_PER_ROUND * (MAX_TRIES + MAX_EVALUATIONS) >= 500
    assert EXECUTION_SECONDS - MAX_WAIT.total_seconds() > MAX_DURATION_SECONDS


@pytest.mark.parametrize(
    ("tries", "waited", "is_needed"),
    [
        (MAX_TRIES - 1, timedelta(), False),
        (MAX_TRIES, timedelta(), True),
        (1, MAX_WAIT - timedelta(seconds=1), False),
        (1, MAX_WAIT, True),
        (0, MAX_WAIT, False),
    ],
)
@pytest.mark.parametrize("start", [Start.QUEUE, Start.BEGIN, Start.PROMOTE])
def test_successor_is_needed_after_too_many_tries_or_too_long_a_wait(tries, waited, is_needed, start):
    """P7: it is needed even where the version could begin now, because the successor may have begun it."""
    assert needs_successor(waiting(tries, start, waited), AT) is is_needed


@pytest.mark.parametrize("start", [Start.NOTHING_TO_DO, Start.REJECT])
def test_version_with_nothing_to_do_needs_no_successor(start):
    assert not needs_successor(waiting(10 * MAX_TRIES, start), AT)


@pytest.mark.parametrize("target", [TARGET, LONGEST_TARGET])
@pytest.mark.parametrize("version", ["7", "123456"])
@pytest.mark.parametrize("suffix", ["", "-030112"])
def test_name_of_every_successor_identifies_the_version(target, version, suffix):
    """P7: a version that was rolled out is not rolled out again by the successor of an event's execution."""
    names = [execution_name(target, version, suffix)]
    for _ in range(11):
        names.append(successor_name(names[-1]))
    assert len({*names}) == 12
    assert max(map(len, names)) <= 80
    assert names[11].endswith("-wait12")
    assert all(is_started_by_event(name, target, version) for name in names)
    assert not any(is_started_by_event(name, target, "8") for name in names)


def test_successor_of_an_operators_execution_has_its_name():
    assert successor_name("release-7") == "release-7-wait2"
    assert successor_name("release-7-wait9") == "release-7-wait10"
    assert not is_started_by_event("release-7-wait2", TARGET, "7")


@pytest.mark.parametrize(("is_running", "verb"), [(True, "takes the place"), (False, "took, and has ended since, the")])
def test_ending_names_the_successor(is_running, verb):
    replaced = replaced_by(waiting(MAX_TRIES), "my-api-4-wait2", is_running=is_running)
    assert replaced.start is Start.NOTHING_TO_DO
    assert replaced.reason.startswith(f"execution my-api-4-wait2 {verb}")
    assert "tried 100 times" in replaced.reason
