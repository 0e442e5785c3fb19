"""Releases of a function of the orchestrator's account and one of a member account, and lists of functions in S3."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import HOME, MEMBER, OTHER_REGION
from sandbox.shop import Shop
from tests.e2e.deployment import RELEASE_BUCKET
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.releases import EndedRelease, release_shops
from tests.e2e.stories.rollout import shop_with_canaries

FORBIDDEN = "lists-of-others"
"""A bucket that exists, and that no parameter of the stack names."""
KEY, NO_BUCKET = "november/3.json", "no bucket"
_REQUESTS_AT_ONCE = 2
_LISTS = {
    "no-json.json": b"[{",
    "object.json": b'{"functions": [{"function": "release-home"}]}',
    "large.json": b" " * 1_000_001,
    "many.json": json.dumps([{"function": f"function-{number}"} for number in range(201)]).encode(),
    "typo.json": b'[{"function": "release-home", "polcy": "AllAtOnce"}]',
}
"""Objects that are no list of functions, by their keys."""


@dataclass(frozen=True)
class ListedRelease:
    """A release whose list is in S3, and how others ended whose list cannot be read, by its key or its bucket."""

    release: EndedRelease
    refused: dict[str, dict[str, Any]]


def listed_in_s3(stack: Stack) -> ListedRelease:
    """Two good functions. The bucket that ReleaseBucket names does not exist before."""
    refused = {NO_BUCKET: _end(stack, _in_s3(KEY))}
    shops = [shop_with_canaries(stack, "release-home"), shop_with_canaries(stack, "release-member", account=MEMBER)]
    _create_buckets(stack, _LISTS | {KEY: json.dumps(_functions(shops)).encode()})
    locations = {key: _in_s3(key) for key in [*_LISTS, "missing.json"]} | {FORBIDDEN: _in_s3(KEY, FORBIDDEN)}
    with ThreadPoolExecutor(_REQUESTS_AT_ONCE) as operators:
        ended = operators.map(lambda location: _end(stack, location), locations.values())
        release = release_shops(stack, shops, {"release": "with-member", "functions": _in_s3(KEY)})
        return ListedRelease(release, refused | dict(zip(locations, ended, strict=True)))


def member_is_bad(stack: Stack) -> EndedRelease:
    """The member account's function is in another region, too."""
    shops = [
        shop_with_canaries(stack, "release-home-good"),
        shop_with_canaries(
            stack, "release-member-bad", canary={"fault_percent": 60}, account=MEMBER, region=OTHER_REGION
        ),
    ]
    return release_shops(stack, shops, {"release": "with-bad-member", "functions": _functions(shops)})


def _functions(shops: list[Shop]) -> list[dict[str, Any]]:
    names = [shop.name if shop.account == HOME else shop.arn for shop in shops]
    return [{"function": name, "policy": QUICK} for name in names]


def _create_buckets(stack: Stack, objects: dict[str, bytes]) -> None:
    for bucket in (RELEASE_BUCKET, FORBIDDEN):
        stack.client("s3").create_bucket(Bucket=bucket)
    for key, body in objects.items():
        stack.client("s3").put_object(Bucket=RELEASE_BUCKET, Key=key, Body=body)


def _in_s3(key: str, bucket: str = RELEASE_BUCKET) -> dict[str, str]:
    return {"bucket": bucket, "key": key}


def _end(stack: Stack, location: dict[str, str]) -> dict[str, Any]:
    execution = stack.releases.start({"release": "refused-list", "functions": location})
    return stack.releases.wait_for_end(execution)
