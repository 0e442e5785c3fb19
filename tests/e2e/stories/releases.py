"""Releases of three functions: all of them are promoted, or none."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import shop_with_canaries
from tests.e2e.waiting import wait_for

BAKING = QUICK | {"bake": 60, "guards": {"max_error_percent": 20}}
"""A policy whose bake is long enough for a version to fail in it."""


@dataclass(frozen=True)
class EndedRelease:
    """A release that has ended, with its functions in the order of its input."""

    shops: list[Shop]
    execution: str
    description: dict[str, Any]

    @property
    def ending(self) -> str:
        """The error of a failed execution, or the status of any other."""
        return self.description.get("error", self.description["status"])

    @property
    def served(self) -> list[dict[str, float]]:
        return [shop.shares() for shop in self.shops]


def all_good(stack: Stack) -> EndedRelease:
    """The second function comes after the first, and the third after the second."""
    shops = [shop_with_canaries(stack, f"release-good-{number}") for number in range(3)]
    return _release(stack, "good", shops, chained=True)


def one_bad(stack: Stack) -> EndedRelease:
    shops = [shop_with_canaries(stack, f"release-bad-{number}") for number in range(2)]
    shops.append(shop_with_canaries(stack, "release-bad-2", canary={"fault_percent": 60}))
    return _release(stack, "one-bad", shops)


def bad_in_bake(stack: Stack) -> EndedRelease:
    """The third function has no steps, so it fails after its promotion, when the others are promoted too."""
    shops = [shop_with_canaries(stack, f"release-baked-{number}") for number in range(2)]
    shops.append(shop_with_canaries(stack, "release-baked-2", canary={"fault_percent": 60}))
    return _release(stack, "bad-in-bake", shops, last={"steps": "AllAtOnce"})


@dataclass(frozen=True)
class TaggedRelease:
    """Two functions with one value of the tag: why the first version waited, and the release that followed."""

    waits: str
    releases_before: int
    """How many releases had started while it waited."""
    release: EndedRelease
    count: int
    """How many releases have started in the end."""


def last_function_published(stack: Stack) -> TaggedRelease:
    """Each function publishes a version; the release starts by itself with the second one."""
    shops = [stack.shop(f"release-tagged-{number}") for number in range(2)]
    parameter = {"Name": "/rollouts/policies/release-of-a-tag", "Type": "String", "Value": json.dumps(QUICK)}
    stack.client("ssm").put_parameter(**parameter)
    for shop in shops:
        stack.wait_for_version_events(shop, 1)
        shop.tag("rollout:policy", "release-of-a-tag")
        shop.tag("rollout:release", "tagged")
    shops[0].publish(delay_ms=1)
    waits = wait_for(
        lambda: stack.ledger.reason_to_wait(shops[0], "tagged"), lambda: "No version waits for the release."
    )
    before = _tagged(stack)
    with ExitStack() as calls:
        for shop in shops:
            calls.enter_context(shop.traffic(per_second=3, callers=1))
        shops[1].publish(delay_ms=1)
        execution, *_ = wait_for(lambda: _tagged(stack), lambda: "No release of the tag has started.")
        release = EndedRelease(shops, execution, stack.releases.wait_for_end(execution))
    return TaggedRelease(waits, len(before), release, len(_tagged(stack)))


def _tagged(stack: Stack) -> list[str]:
    return [arn for arn in stack.releases.arns() if arn.split(":")[-1].startswith("tagged-")]


def _release(
    stack: Stack, name: str, shops: list[Shop], *, chained: bool = False, last: dict[str, Any] | None = None
) -> EndedRelease:
    functions: list[dict[str, Any]] = [{"function": shop.name, "policy": BAKING if last else QUICK} for shop in shops]
    if chained:
        for before, function in pairwise(functions):
            function["after"] = [before["function"]]
    if last:
        functions[-1]["policy"] = BAKING | last
    return release_shops(stack, shops, {"release": name, "functions": functions})


def release_shops(stack: Stack, shops: list[Shop], request: dict[str, Any]) -> EndedRelease:
    """Call the functions of some shops, start a release of them, and wait for its end."""
    with ExitStack() as calls:
        for shop in shops:
            calls.enter_context(shop.traffic(per_second=3, callers=1))
        execution = stack.releases.start(request)
        return EndedRelease(shops, execution, stack.releases.wait_for_end(execution))


def releases_refused(stack: Stack) -> dict[str, Any]:
    """Return how releases end that cannot begin, and the answer to a dry run; none of them touches anything."""
    shop = shop_with_canaries(stack, "release-refused")
    requests = {
        "circle": {"functions": [{"function": "a", "after": ["b"]}, {"function": "b", "after": ["a"]}]},
        "unknown function": {"functions": [{"function": shop.name}, {"function": "no-such-function"}]},
        "dry run": {"functions": [{"function": shop.name, "policy": QUICK}], "dry_run": True},
    }
    started = {case: stack.releases.start({"release": "refused"} | request) for case, request in requests.items()}
    ended = {case: stack.releases.wait_for_end(arn) for case, arn in started.items()}
    return ended | {"shares": shop.shares(), "plan": json.loads(ended["dry run"].get("output", "{}"))}
