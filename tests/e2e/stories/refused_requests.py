"""Requests that an operator may type in the console and that are refused, all sent to the deployed stack."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import HOME, OUTSIDER
from sandbox.server import REGION
from tests.e2e.stack import Stack

NAME, UNTAGGED, SPLIT = "requested", "untagged", "split"
MISSING = "missing-function"
REQUESTS_AT_ONCE = 2
_ARN = f"arn:aws:lambda:{REGION}:{HOME}:function:{NAME}"
_STEP = {"percent": 10, "hold": "5m"}

REFUSED: dict[str, tuple[Any, str, str]] = {
    "text instead of an object": ("my-api", "InvalidRequestError", "the input is"),
    "no function": ({}, "InvalidRequestError", "function is missing"),
    "an unknown key": ({"function": NAME, "weight": 0.1}, "InvalidRequestError", "weight is not a known field"),
    "an invalid function name": ({"function": "my api!"}, "InvalidRequestError", 'function is "my api!"'),
    "two versions": ({"function": f"{NAME}:5", "version": 4}, "InvalidRequestError", "version is 4"),
    "an unknown function": ({"function": f"{MISSING}:7"}, "UnknownFunctionError", MISSING),
    "an unknown version": ({"function": NAME, "version": 99}, "UnknownVersionError", "no version 99; its newest is 5"),
    "an unknown alias": ({"function": NAME, "alias": "beta"}, "UnknownAliasError", "no alias beta"),
    "$LATEST": ({"function": f"{_ARN}:$LATEST"}, "LatestVersionError", "publish a version"),
    "another account": ({"function": _ARN.replace(HOME, OUTSIDER)}, "MemberAccessDeniedError", OUTSIDER),
    "the stable version": ({"function": NAME, "version": 2}, "AlreadyServedError", "already serves version 2"),
    "an older version": ({"function": f"{_ARN}:1"}, "OlderVersionError", "newer than version 1"),
    "another role": ({"function": NAME, "version": 3}, "DifferentRoleError", "requested-other-role"),
    "another dead-letter queue": ({"function": NAME, "version": 4}, "DifferentDeadLetterQueueError", "to no target"),
    "a policy that is not stored": (
        {"function": NAME, "policy": "nowhere"},
        "UnknownPolicyError",
        "there is no parameter /rollouts/policies/nowhere",
    ),
    "nearly the largest input": ({"function": NAME, "policy": "x" * 250_000}, "InvalidPolicyError", "policy is"),
    "no opt-in tag": ({"function": UNTAGGED}, "NotOptedInError", "tag-resource"),
    "a split alias": ({"function": SPLIT}, "AliasSplitError", "version 1 with 30 % to version 2"),
}
"""Each request with the error it ends in, and a part of the cause."""

REFUSED_FOR_SEVERAL_REASONS: dict[str, tuple[Any, list[str]]] = {
    "three reasons": (
        {"function": NAME, "version": 99, "alias": "beta", "policy": {"steps": [_STEP], "backe": "5m"}},
        ["policy.backe is not a known field", "has no alias beta", "has no version 99; its newest is 5"],
    ),
    "an invalid input and an invalid policy": (
        {"function": f"{NAME}:$LATEST", "alias": "7", "weight": 1, "policy": {"steps": []}},
        ['alias is "7"', "weight is not a known field", "version is $LATEST", "policy.steps is []"],
    ),
    "an unknown function and an unknown policy": (
        {"function": MISSING, "version": "new", "policy": "nowhere"},
        ['version is "new"', f"There is no function {MISSING}", "there is no parameter /rollouts/policies/nowhere"],
    ),
}
"""Each request with a part of every reason that its cause has to name."""

INVALID_POLICIES: dict[str, tuple[Any, str]] = {
    "no steps": ({"steps": []}, "policy.steps is []"),
    "0 percent": ({"steps": [_STEP | {"percent": 0}]}, "policy.steps[0].percent is 0"),
    "100 percent": ({"steps": [_STEP | {"percent": 100}]}, "policy.steps[0].percent is 100"),
    "a negative percentage": ({"steps": [_STEP | {"percent": -5}]}, "policy.steps[0].percent is -5"),
    "text": ({"steps": [_STEP | {"percent": "ten"}]}, 'policy.steps[0].percent is "ten"'),
    "a fraction": ({"steps": [_STEP | {"percent": 0.1}]}, "write 10 for 10 %"),
    "half a preset": (
        "Canary10Percent",
        'policy is "Canary10Percent": name a preset: Auto, AllAtOnce, Canary<N>Percent<M>Min',
    ),
    "falling steps": ({"steps": [_STEP, _STEP | {"percent": 5}]}, "steps[1].percent is 5 after 10"),
    "an unknown key": ({"steps": [_STEP], "backe": "5m"}, "policy.backe is not a known field"),
    "an invalid duration": ({"steps": [_STEP | {"hold": "soon"}]}, 'policy.steps[0].hold is "soon"'),
}
"""Each policy with a part of the cause, which names the field and its value."""


@dataclass(frozen=True)
class RefusedRequests:
    """How each request ended, and the aliases before and after all of them."""

    executions: dict[str, str]
    descriptions: dict[str, dict[str, Any]]
    aliases: tuple[dict[str, Any], dict[str, Any]]


def requests_are_refused(stack: Stack) -> RefusedRequests:
    _create_functions(stack)
    requests = {case: request for case, (request, *_) in (REFUSED | REFUSED_FOR_SEVERAL_REASONS).items()}
    requests |= {case_of_policy(name): {"function": NAME, "policy": p} for name, (p, _) in INVALID_POLICIES.items()}
    before = _aliases(stack)
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as operators:
        ended = dict(zip(requests, operators.map(lambda request: _end(stack, request), requests.values()), strict=True))
    executions = {case: execution for case, (execution, _) in ended.items()}
    descriptions = {case: description for case, (_, description) in ended.items()}
    return RefusedRequests(executions, descriptions, (before, _aliases(stack)))


def case_of_policy(name: str) -> str:
    """Return the key of the request that carries an invalid policy."""
    return f"policy: {name}"


def _create_functions(stack: Stack) -> None:
    """Create every function that a refused request names; no event starts a rollout of any of them."""
    shop = stack.shop(NAME, opted_in=False)
    shop.publish(delay_ms=1)
    shop.update_alias(FunctionVersion="2")
    shop.publish_with(Role=shop.role("requested-other-role"))
    shop.publish_with(Role=shop.role(), DeadLetterConfig={"TargetArn": f"arn:aws:sqs:{REGION}:{HOME}:failed"})
    shop.publish_with(DeadLetterConfig={"TargetArn": ""})
    split = stack.shop(SPLIT, opted_in=False)
    split.publish(delay_ms=1)
    split.update_alias(RoutingConfig={"AdditionalVersionWeights": {"2": 0.3}})
    stack.shop(UNTAGGED, opted_in=False).publish(delay_ms=1)
    for tagged, versions in ((shop, 5), (split, 2)):
        stack.wait_for_version_events(tagged, versions)
        tagged.opt_in()


def _end(stack: Stack, request: object) -> tuple[str, dict[str, Any]]:
    execution = stack.executions.start(request)
    return execution, stack.executions.wait_for_end(execution)


def _aliases(stack: Stack) -> dict[str, Any]:
    functions = stack.client("lambda")
    return {
        name: (alias["FunctionVersion"], alias.get("RoutingConfig"), alias["RevisionId"])
        for name in (NAME, UNTAGGED, SPLIT)
        for alias in [functions.get_alias(FunctionName=name, Name="live")]
    }
