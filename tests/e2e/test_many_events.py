"""Word of three versions comes twice by each way, in no order and all at once: one rollout of each (P7)."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.e2e.stories import QUICK

NAME, VERSIONS = "often-told", ("2", "3", "4")
RECORDED = json.loads((Path(__file__).parents[2] / "events" / "start_rollout.json").read_text())


@pytest.fixture(scope="module")
def shop(sandbox):
    """A function whose versions were published before it was opted in, so that nothing has begun yet."""
    opened = sandbox.shop(NAME, opted_in=False)
    for number in range(1, 1 + len(VERSIONS)):
        opened.publish(delay_ms=number)
    sandbox.left_alone(opened, versions=1 + len(VERSIONS))
    opened.opt_in()
    return opened


@pytest.fixture(scope="module")
def executions(sandbox, shop):
    """Tell of every version, and wait until all has ended; return the executions of each."""
    words = [partial(way, sandbox, version) for way in (told, recorded) for version in VERSIONS for _ in range(2)]
    Random(7).shuffle(words)  # noqa: S311 - a seed, so that every run is the same
    with shop.traffic(per_second=6):
        with ThreadPoolExecutor(len(words)) as tellers:
            answers = [teller.result() for teller in [tellers.submit(word) for word in words]]
        assert not any("errorMessage" in answer for answer in answers)
        # All of it has been looked at: what starts too late to be counted here is a rollout too many.
        sandbox.left_alone(shop, versions=1 + len(VERSIONS) + len(words))
        started = {version: sandbox.rollouts_of(NAME, version) for version in VERSIONS}
        for arns in started.values():
            for arn in arns:
                sandbox.end(arn)
    return {version: sandbox.rollouts_of(NAME, version) for version in VERSIONS}


def told(sandbox, version):
    """Send a pipeline's own word, without waiting for what becomes of it."""
    detail = {"function": NAME, "version": version, "policy": QUICK}
    event = {"Source": "rollouts", "DetailType": "Version Published", "Detail": json.dumps(detail)}
    answer = sandbox.client("events").put_events(Entries=[event])
    assert answer["FailedEntryCount"] == 0
    return answer


def recorded(sandbox, version):
    """Hand StartRollout what CloudTrail would have recorded; return its answer."""
    arn = sandbox.client("lambda").get_function(FunctionName=NAME, Qualifier=version)["Configuration"]["FunctionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    answer = RECORDED["detail"]["responseElements"] | {"functionName": NAME, "functionArn": arn, "version": version}
    event = RECORDED | {"account": account, "region": region}
    return sandbox.call("StartRolloutFunction", event | {"detail": RECORDED["detail"] | {"responseElements": answer}})


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_one_rollout(executions, version):
    assert len(executions[version]) == 1


def test_the_newest_version_is_served_alone_in_the_end(executions, shop):
    """P1."""
    assert shop.served() == {VERSIONS[-1]: 100}


def test_every_rollout_ends_green_the_older_ones_promoted_or_overtaken(executions, sandbox):
    """P10: nobody fails for having come at the same time as others."""
    *older, newest = [sandbox.states(arn)[-1] for arns in executions.values() for arn in arns]
    assert newest == "RolloutSucceeded"
    assert set(older) <= {"RolloutSucceeded", "NothingToDo"}


def test_nobody_holds_the_alias_afterwards_and_no_version_is_entered_twice(executions, sandbox, shop):
    """P3."""
    entered = [entry["canary_version"] for entry in sandbox.rollouts(shop)]
    assert sandbox.claim(shop) == {}
    assert len(entered) == len({*entered})
    assert {entry["outcome"] for entry in sandbox.rollouts(shop)} == {"promoted"}
