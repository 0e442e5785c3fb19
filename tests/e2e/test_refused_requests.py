"""What an operator may type in the console and must not: refused in the deployed stack, with nothing touched (P6)."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

NAME = "requested"
REQUESTS_AT_ONCE = 4
ARN = f"arn:aws:lambda:us-east-1:111111111111:function:{NAME}"
STEP = {"percent": 10, "hold": "5m"}

REFUSED = {
    "text instead of an object": ("my-api", "InvalidRequestError", "the input is"),
    "no function": ({}, "InvalidRequestError", "function is missing"),
    "a key nobody knows": ({"function": NAME, "weight": 0.1}, "InvalidRequestError", "weight is not a known field"),
    "a function that is no name": ({"function": "my api!"}, "InvalidRequestError", 'function is "my api!"'),
    "two versions at once": ({"function": f"{NAME}:5", "version": 4}, "InvalidRequestError", "version is 4"),
    "an unknown function": ({"function": "nobody"}, "UnknownFunctionError", "nobody"),
    "an unknown version": ({"function": NAME, "version": 99}, "UnknownVersionError", "no version 99; its newest is 5"),
    "an unknown alias": ({"function": NAME, "alias": "beta"}, "UnknownAliasError", "no alias beta"),
    "$LATEST": ({"function": f"{ARN}:$LATEST"}, "LatestVersionError", "publish a version"),
    "another account": ({"function": ARN.replace("1" * 12, "3" * 12)}, "MemberAccessDeniedError", "3" * 12),
    "the version it serves": ({"function": NAME, "version": 2}, "AlreadyServedError", "already serves version 2"),
    "a version it has passed": ({"function": f"{ARN}:1"}, "OlderVersionError", "newer than version 1"),
    "another role": ({"function": NAME, "version": 3}, "DifferentRoleError", "requested-other-role"),
    "another dead-letter queue": ({"function": NAME, "version": 4}, "DifferentDeadLetterQueueError", "to nowhere"),
    "a policy nobody stored": (
        {"function": NAME, "policy": "nowhere"},
        "UnknownPolicyError",
        "there is no parameter /rollouts/policies/nowhere",
    ),
    "no opt-in": ({"function": "untagged"}, "NotOptedInError", "tag-resource"),
    "a split alias": ({"function": "half-way"}, "AliasSplitError", "version 1 with 30 % to version 2"),
}
ALL_AT_ONCE = {
    "three reasons": (
        {"function": NAME, "version": 99, "alias": "beta", "policy": {"steps": [STEP], "backe": "5m"}},
        ["policy.backe is not a known field", "has no alias beta", "has no version 99; its newest is 5"],
    ),
    "an input and a policy that cannot be read": (
        {"function": f"{NAME}:$LATEST", "alias": "7", "weight": 1, "policy": {"steps": []}},
        ['alias is "7"', "weight is not a known field", "version is $LATEST", "policy.steps is []"],
    ),
    "nobody's function by nobody's policy": (
        {"function": "nobody", "version": "new", "policy": "nowhere"},
        ['version is "new"', "There is no function nobody", "there is no parameter /rollouts/policies/nowhere"],
    ),
}
BAD_POLICIES = {
    "no steps": ({"steps": []}, "policy.steps is []"),
    "0 percent": ({"steps": [STEP | {"percent": 0}]}, "policy.steps[0].percent is 0"),
    "100 percent": ({"steps": [STEP | {"percent": 100}]}, "policy.steps[0].percent is 100"),
    "less than nothing": ({"steps": [STEP | {"percent": -5}]}, "policy.steps[0].percent is -5"),
    "text": ({"steps": [STEP | {"percent": "ten"}]}, 'policy.steps[0].percent is "ten"'),
    "a fraction": ({"steps": [STEP | {"percent": 0.1}]}, "for 10 % write 10"),
    "half a preset": ("Canary10Percent", 'policy is "Canary10Percent": name a preset: AllAtOnce, Canary<N>Percent<M>Min'),
    "falling steps": ({"steps": [STEP, STEP | {"percent": 5}]}, "steps[1].percent is 5 after 10"),
    "an unknown key": ({"steps": [STEP], "backe": "5m"}, "policy.backe is not a known field"),
    "a time without sense": ({"steps": [STEP | {"hold": "soon"}]}, 'policy.steps[0].hold is "soon"'),
}


@pytest.fixture(scope="module")
def alias_before(sandbox):
    """Set up every function a refused request is about; none has an event of its own to answer."""
    shop = sandbox.shop(NAME, opted_in=False)
    shop.publish(delay_ms=1)
    functions = sandbox.client("lambda")
    functions.update_alias(FunctionName=NAME, Name="live", FunctionVersion="2")
    shop.publish_with(Role=shop.role("requested-other-role"))
    shop.publish_with(Role=shop.role(), DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:111111111111:failed"})
    shop.publish_with(DeadLetterConfig={"TargetArn": ""})
    sandbox.left_alone(shop, versions=5)
    shop.opt_in()
    sandbox.shop("untagged", opted_in=False).publish(delay_ms=1)
    split = sandbox.shop("half-way", opted_in=False)
    split.publish(delay_ms=1)
    sandbox.left_alone(split, versions=2)
    weights = {"AdditionalVersionWeights": {"2": 0.3}}
    functions.update_alias(FunctionName="half-way", Name="live", RoutingConfig=weights)
    split.opt_in()
    return _aliases(sandbox)


@pytest.fixture(scope="module")
def ended(sandbox, alias_before):
    """Start every refused request, a few at once, and return how each ended."""
    asked = {case: request for case, (request, *_) in REFUSED.items()}
    asked |= {case: request for case, (request, _) in ALL_AT_ONCE.items()}
    asked |= {case: {"function": NAME, "policy": policy} for case, (policy, _) in BAD_POLICIES.items()}
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as operators:
        return dict(zip(asked, operators.map(lambda request: _asked(sandbox, request), asked.values()), strict=True))


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_cannot_be_carried_out_is_refused_by_name(case, ended, sandbox):
    _, error, words = REFUSED[case]
    execution, refused = ended[case]
    assert refused["error"] == error
    assert words in refused["cause"]
    assert sandbox.states(execution) == ["PrepareRollout", "ChooseStart", "RolloutRejected"]


@pytest.mark.parametrize("case", BAD_POLICIES)
def test_a_bad_policy_is_refused_by_field_and_value(case, ended):
    _, words = BAD_POLICIES[case]
    assert ended[case][1]["error"] == "InvalidPolicyError"
    assert words in ended[case][1]["cause"]


@pytest.mark.parametrize("case", ALL_AT_ONCE)
def test_every_reason_is_told_at_once(case, ended):
    _, reasons = ALL_AT_ONCE[case]
    assert [words for words in reasons if words not in ended[case][1]["cause"]] == []


def test_no_refused_request_has_touched_an_alias(ended, alias_before, sandbox):
    """P6."""
    assert len(ended) == len(REFUSED) + len(ALL_AT_ONCE) + len(BAD_POLICIES)
    assert _aliases(sandbox) == alias_before


def test_no_refused_request_is_in_the_ledger(ended, sandbox):
    """P6."""
    entries = sandbox.client("dynamodb").scan(TableName=sandbox.outputs["LedgerTableName"])["Items"]
    functions = {entry["target"]["S"].split("/")[2] for entry in entries}
    assert functions.isdisjoint({NAME, "untagged", "half-way"}), json.dumps(entries)


def _asked(sandbox, request):
    execution = sandbox.start(request)
    return execution, sandbox.end(execution)


def _aliases(sandbox):
    functions = sandbox.client("lambda")
    return {
        name: (alias["FunctionVersion"], alias.get("RoutingConfig"), alias["RevisionId"])
        for name in (NAME, "untagged", "half-way")
        for alias in [functions.get_alias(FunctionName=name, Name="live")]
    }
