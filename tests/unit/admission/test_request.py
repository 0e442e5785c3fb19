"""A request needs only a function's name, and is refused with the field, the value and the remedy."""

import pytest

from rollout.admission.read_request import Preparation, read_request
from rollout.admission.refusals.combine import RefusalList, combine_refusals
from rollout.admission.request import ParsedRequest
from rollout.domain.errors import InvalidRequestError, LatestVersionError
from tests.samples import AT, EXECUTION, policy

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


def read(value: object) -> ParsedRequest:
    """Return the parsed request. Raises the combined refusals."""
    refusals = RefusalList()
    request = read_request(value, EXECUTION, refusals)
    if refusals:
        raise combine_refusals([*refusals])
    return request


@pytest.mark.parametrize(
    ("value", "alias", "version"),
    [
        ({"function": "my-api"}, None, None),
        ({"function": ARN}, None, None),
        ({"function": f"{ARN}:live"}, "live", None),
        ({"function": "my-api:7"}, None, "7"),
        ({"function": "my-api:7", "version": "7", "alias": "blue"}, "blue", "7"),
        ({"function": "my-api", "version": 7}, None, "7"),
        ({"function": "my-api", "version": 7.0}, None, "7"),
        ({"function": "my-api:live", "version": "7"}, "live", "7"),
        ({"function": "my-api", "alias": None, "version": None, "policy": None}, None, None),
    ],
)
def test_request_is_read_in_every_form(value, alias, version):
    request = read(value)
    assert (request.function, request.alias, request.version) == ("my-api", alias, version)


@pytest.mark.parametrize("value", [None, "AllAtOnce", {"steps": []}, 5])
def test_policy_is_passed_on_unchanged(value):
    parsed = read({"function": "my-api:7", "policy": value})
    request = parsed.with_policy(policy(), "the tag rollout:policy")
    assert parsed.policy == value
    assert (request.function, request.version, request.policy) == ("my-api", "7", policy())
    assert request.policy_source == "the tag rollout:policy"


@pytest.mark.parametrize(
    ("value", "version"),
    [({"back_to": 41}, "41"), ({"back_to": "41", "back": False}, "41"), ({"back": True}, None)],
)
def test_request_returns_at_once_without_a_policy_of_its_own(value, version):
    request = read({"function": "my-api"} | value).with_policy(policy(bake="7m"), "the stack's DefaultPolicy")
    assert (request.is_back, request.version, request.policy) == (True, version, policy(steps="AllAtOnce", bake="7m"))
    assert request.policy_source == "the stack's DefaultPolicy, without its steps"


def test_request_returns_by_the_steps_of_its_own_policy():
    request = read({"function": "my-api", "back": True, "policy": {}}).with_policy(policy(), "the execution's input")
    assert (request.policy, request.policy_source) == (policy(), "the execution's input")


@pytest.mark.parametrize("value", [{}, {"version": 41}, {"back": False}])
def test_other_requests_do_not_return(value):
    assert not read({"function": "my-api"} | value).is_back


@pytest.mark.parametrize(
    ("requested", "tagged", "alias"),
    [("blue", "live", "blue"), (None, "blue", "blue"), (None, None, "live"), (None, "", "live")],
)
def test_alias_is_the_requested_one_then_the_tags_then_live(requested, tagged, alias):
    target = (
        read({"function": "my-api"} | ({"alias": requested} if requested else {}))
        .with_policy(policy(), "")
        .target(tagged)
    )
    assert (target.name, target.account_region) == (f"my-api:{alias}", EXECUTION.account_region)


@pytest.mark.parametrize(
    ("function", "account_region"),
    [
        (ARN.replace("1234", "9999"), "account 999956789012, region eu-west-1"),
        (ARN.replace("eu-west-1", "us-east-1"), "account 123456789012, region us-east-1"),
        ("999956789012:function:my-api", "account 999956789012, region eu-west-1"),
        ("my-api", "account 123456789012, region eu-west-1"),
    ],
)
def test_account_and_region_come_from_the_functions_arn(function, account_region):
    request = read({"function": function})
    assert (request.function, str(request.account_region)) == ("my-api", account_region)


def test_request_says_when_the_version_was_published():
    request = read({"function": "my-api", "published_at": "2026-03-01T13:00+01:00"}).with_policy(policy(), "")
    assert (request.published_at, read({"function": "my-api"}).published_at) == (AT, None)


MINIMUM = (
    'A request needs at least {"function": "my-api"}; alias, version, back_to, back, policy, override_freeze,'
    " published_at and dry_run are optional."
)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ({}, InvalidRequestError, f"The input is refused: function is missing: add it. {MINIMUM}"),
        ([], InvalidRequestError, "the input is []: write an object"),
        ("my-api", InvalidRequestError, 'the input is "my-api": write an object'),
        (None, InvalidRequestError, "the input is null: write an object"),
        ({"function": 7}, InvalidRequestError, "function is 7: write a string"),
        ({"function": "my api"}, InvalidRequestError, 'function is "my api": write a function\'s name or ARN'),
        ({"function": "a", "versoin": 7}, InvalidRequestError, "versoin is not a known field (found 7)"),
        ({"function": "a", "version": "new"}, InvalidRequestError, 'version is "new": write the number of a published'),
        ({"function": "a", "version": 0}, InvalidRequestError, "version is 0: write the number of a published version"),
        ({"function": "a", "version": True}, InvalidRequestError, "version is true: write a string"),
        ({"function": "a:007"}, InvalidRequestError, 'function is "a:007": write the number of a published version'),
        ({"function": "a", "alias": "7"}, InvalidRequestError, 'alias is "7": an alias name has letters'),
        ({"function": "a", "alias": "live\n"}, InvalidRequestError, 'alias is "live\\n": an alias name has letters'),
        (
            {"function": "a", "alias": "rollout-stable-live"},
            InvalidRequestError,
            "does not begin with rollout-stable-, which Lambda Rollouts keeps for itself",
        ),
        ({"function": "a:rollout-stable-live"}, InvalidRequestError, 'function is "a:rollout-stable-live": an alias'),
        (
            {"function": "a:7", "version": "8"},
            InvalidRequestError,
            "version is 8, but the function's name ends with :7",
        ),
        (
            {"function": "a:live", "alias": "blue"},
            InvalidRequestError,
            "alias is blue, but the function's name ends with :live: use one of them",
        ),
        ({"function": "a", "dry_run": "yes"}, InvalidRequestError, 'dry_run is "yes": write true or false'),
        ({"function": "a", "dry_run": 1}, InvalidRequestError, "dry_run is 1: write true or false"),
        (
            {"function": "a", "version": 3, "back_to": 2},
            InvalidRequestError,
            "version and back_to each name the version to roll out: use one of them",
        ),
        ({"function": "a:3", "back": True}, InvalidRequestError, "version and back each name the version"),
        ({"function": "a", "back": "yes"}, InvalidRequestError, 'back is "yes": write true or false'),
        (
            {"function": "a", "version": 3, "back_to": 2, "back": True},
            InvalidRequestError,
            "version, back_to and back each name the version",
        ),
        ({"function": "a", "override_freeze": ""}, InvalidRequestError, 'override_freeze is "": say why'),
        ({"function": "a", "override_freeze": "   "}, InvalidRequestError, 'override_freeze is "   ": say why'),
        ({"function": "a", "override_freeze": "x" * 501}, InvalidRequestError, "write at most 500 characters"),
        (
            {"function": "a", "published_at": "yesterday"},
            InvalidRequestError,
            'published_at is "yesterday": write',
        ),
        ({"function": "a", "published_at": "2026-03-01T12:00"}, InvalidRequestError, "write a time with its zone"),
        ({"function": "a", "back_to": "old"}, InvalidRequestError, 'back_to is "old"'),
        ({"function": "a", "back_to": "$LATEST"}, LatestVersionError, "version is $LATEST"),
        ({"function": "a:$LATEST"}, LatestVersionError, "version is $LATEST, but an alias cannot split"),
        ({"function": "a", "version": "$LATEST"}, LatestVersionError, "aws lambda publish-version --function-name a"),
    ],
)
def test_invalid_request_is_refused_by_field_and_value(value, error, message):
    with pytest.raises(error) as refused:
        read(value)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("value", "errors", "fields"),
    [
        (
            {"function": "my-api:$LATEST", "alias": "7", "weight": 1, "policy": "AllAtOnce"},
            [InvalidRequestError, LatestVersionError],
            {
                "function": "my-api",
                "alias": None,
                "version": None,
                "policy": "AllAtOnce",
                "unreadable_fields": {"alias", "weight", "version"},
            },
        ),
        (
            {"function": "my-api:live", "alias": "blue", "version": 0},
            [InvalidRequestError, InvalidRequestError],
            {"function": "my-api", "alias": None, "version": None, "unreadable_fields": {"alias", "version"}},
        ),
        (
            {"function": "my api", "version": "new", "policy": {"steps": []}},
            [InvalidRequestError],
            {"function": None, "version": None, "policy": {"steps": []}},
        ),
        ("my-api", [InvalidRequestError], {"function": None, "policy": None}),
        (
            {"function": "my-api", "alias": "blue", "version": "new"},
            [InvalidRequestError],
            {"function": "my-api", "alias": "blue", "version": None, "unreadable_fields": {"version"}},
        ),
    ],
)
def test_readable_fields_are_read_and_all_others_refused(value, errors, fields):
    refusals = RefusalList()
    request = read_request(value, EXECUTION, refusals)
    assert [type(refusal) for refusal in refusals] == errors
    assert {name: getattr(request, name) for name in fields} == fields


def test_refusal_names_every_invalid_field():
    with pytest.raises(InvalidRequestError) as refused:
        read({"function": 7, "alias": "7", "versoin": 1})
    assert all(
        field in str(refused.value) for field in ("function is 7", 'alias is "7"', "versoin is not a known field")
    )


@pytest.mark.parametrize(
    ("request_", "is_dry"),
    [
        ({"dry_run": True}, True),
        ({"dry_run": False}, False),
        ({}, False),
        ({"dry_run": "yes"}, False),
        ("dry_run", False),
    ],
)
def test_only_true_requests_a_dry_run(request_, is_dry):
    assert Preparation(request=request_, execution=EXECUTION).is_dry_run is is_dry


def test_preparation_accepts_any_input():
    """P6: an input that is no request is refused by name, and is not an error of the task."""
    refusals = RefusalList()
    Preparation(request=[1], execution=EXECUTION).parse(refusals)
    assert [type(refusal) for refusal in refusals] == [InvalidRequestError]
