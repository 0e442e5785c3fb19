"""Word of three versions comes twice by each way, in no order and all at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from sandbox.shop import Shop
from tests.e2e.stories import QUICK, with_unseen_version

VERSIONS = ("2", "3", "4")
_NAME = "often-told"
_RECORDED = json.loads((Path(__file__).parents[2] / "events" / "start_rollout.json").read_text())


@dataclass(frozen=True)
class Often:
    """A function whose versions were told of again and again, and the executions each has."""

    shop: Shop
    executions: dict[str, list[str]]


def told_often(sandbox):
    """Tell of every version, and wait until all has ended."""
    shop = with_unseen_version(sandbox, _NAME, versions=len(VERSIONS))
    words = [partial(way, sandbox, version) for way in (_told, _recorded) for version in VERSIONS for _ in range(2)]
    Random(7).shuffle(words)  # noqa: S311 - a seed, so that every run is the same
    with shop.traffic(per_second=6):
        with ThreadPoolExecutor(len(words)) as tellers:
            answers = [teller.result() for teller in [tellers.submit(word) for word in words]]
        assert not any("errorMessage" in answer for answer in answers)
        # All of it has been looked at: what starts too late to be counted here is a rollout too many.
        sandbox.left_alone(shop, versions=1 + len(VERSIONS) + len(words))
        for version in VERSIONS:
            for execution in sandbox.rollouts_of(_NAME, version):
                sandbox.end(execution)
    return Often(shop, {version: sandbox.rollouts_of(_NAME, version) for version in VERSIONS})


def _told(sandbox, version):
    """Send a pipeline's own word, without waiting for what becomes of it."""
    detail = {"function": _NAME, "version": version, "policy": QUICK}
    event = {"Source": "rollouts", "DetailType": "Version Published", "Detail": json.dumps(detail)}
    answer = sandbox.client("events").put_events(Entries=[event])
    assert answer["FailedEntryCount"] == 0
    return answer


def _recorded(sandbox, version):
    """Hand StartRollout what CloudTrail would have recorded; return its answer."""
    arn = sandbox.client("lambda").get_function(FunctionName=_NAME, Qualifier=version)["Configuration"]["FunctionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    answer = _RECORDED["detail"]["responseElements"] | {"functionName": _NAME, "functionArn": arn, "version": version}
    event = _RECORDED | {"account": account, "region": region}
    return sandbox.call("StartRolloutFunction", event | {"detail": _RECORDED["detail"] | {"responseElements": answer}})
