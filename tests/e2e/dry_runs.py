"""An operator asks what would become of a version, before anything begins."""

import json
import time
from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop
from tests.e2e.stories import with_unseen_version

PER_SECOND = 6
_SERVED_SECONDS = 25
_POLICY = {"steps": [{"percent": 2, "hold": 20}, {"percent": 50, "hold": 20}], "bake": 20, "interval": 5}
_WRONG = {"version": 99, "alias": "beta", "policy": {"steps": [], "backe": 5}}


@dataclass(frozen=True)
class ParsedRequest:
    """A function that is being called, and what two dry runs said; where its alias was before and after."""

    shop: Shop
    execution: str
    answer: dict[str, Any]
    refused: dict[str, Any]
    aliases: tuple[Any, Any]


def asked_before(sandbox):
    shop = with_unseen_version(sandbox, "rehearsed")
    with shop.traffic(per_second=PER_SECOND):
        time.sleep(_SERVED_SECONDS)
        before = _alias(sandbox, shop)
        execution, answer = _dry_run(sandbox, shop, policy=_POLICY)
        _, refused = _dry_run(sandbox, shop, **_WRONG)
        return ParsedRequest(shop, execution, answer, refused, (before, _alias(sandbox, shop)))


def _dry_run(sandbox, shop, **asked):
    execution = sandbox.start({"function": shop.name, "dry_run": True} | asked)
    ended = sandbox.end(execution)
    assert ended["status"] == "SUCCEEDED"
    return execution, json.loads(ended["output"])


def _alias(sandbox, shop):
    found = sandbox.client("lambda").get_alias(FunctionName=shop.name, Name=shop.alias)
    return found["FunctionVersion"], found.get("RoutingConfig"), found["RevisionId"]
