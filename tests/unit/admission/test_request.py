"""A request needs no more than a function's name, and is refused with the field, the value and what to do."""

import pytest

from rollout.admission.refusal_list import RefusalList, combine_refusals
from rollout.admission.request import ParsedRequest, Preparation, read_request
from rollout.domain.errors import InvalidRequestError, LatestVersionError
from tests.samples import EXECUTION, policy

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


def read(value: object) -> ParsedRequest:
    """Return what is asked for; raises what speaks against it."""
    reasons = RefusalList()
    asked = read_request(value, EXECUTION, reasons)
    if reasons:
        raise combine_refusals([*reasons])
    return asked


@pytest.mark.parametrize(
    ("written", "alias", "version"),
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
def test_a_request_is_read_in_every_form(written, alias, version):
    request = read(written)
    assert (request.function, request.alias, request.version) == ("my-api", alias, version)


@pytest.mark.parametrize("written", [None, "AllAtOnce", {"steps": []}, 5])
def test_a_policy_is_passed_on_as_it_was_written(written):
    asked = read({"function": "my-api:7", "policy": written})
    request = asked.with_policy(policy(), "the tag rollout:policy")
    assert asked.policy == written
    assert (request.function, request.version, request.policy) == ("my-api", "7", policy())
    assert request.policy_source == "the tag rollout:policy"


@pytest.mark.parametrize(
    ("asked", "tagged", "alias"),
    [("blue", "live", "blue"), (None, "blue", "blue"), (None, None, "live"), (None, "", "live")],
)
def test_the_alias_is_the_one_asked_for_then_the_tags_then_live(asked, tagged, alias):
    target = read({"function": "my-api"} | ({"alias": asked} if asked else {})).with_policy(policy(), "").target(tagged)
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
def test_a_function_lies_where_its_arn_says(function, account_region):
    asked = read({"function": function})
    assert (asked.function, str(asked.account_region)) == ("my-api", account_region)


LEAST = 'The least that is needed is {"function": "my-api"}; alias, version, policy and dry_run may be added.'


@pytest.mark.parametrize(
    ("written", "error", "message"),
    [
        ({}, InvalidRequestError, f"The input is refused: function is missing: add it. {LEAST}"),
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
        ({"function": "a:7", "version": "8"}, InvalidRequestError, "version is 8, but the function is written with :7"),
        (
            {"function": "a:live", "alias": "blue"},
            InvalidRequestError,
            "alias is blue, but the function is written with :live",
        ),
        ({"function": "a", "dry_run": "yes"}, InvalidRequestError, 'dry_run is "yes": write true or false'),
        ({"function": "a", "dry_run": 1}, InvalidRequestError, "dry_run is 1: write true or false"),
        ({"function": "a:$LATEST"}, LatestVersionError, "version is $LATEST, which an alias cannot give a share"),
        ({"function": "a", "version": "$LATEST"}, LatestVersionError, "aws lambda publish-version --function-name a"),
    ],
)
def test_a_bad_request_is_refused_by_field_and_value(written, error, message):
    with pytest.raises(error) as refused:
        read(written)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("written", "errors", "asked"),
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
def test_what_can_be_read_is_read_and_all_else_is_refused_at_once(written, errors, asked):
    reasons = RefusalList()
    found = read_request(written, EXECUTION, reasons)
    assert [type(reason) for reason in reasons] == errors
    assert {name: getattr(found, name) for name in asked} == asked


def test_several_bad_fields_are_told_in_one_sentence():
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
def test_a_dry_run_is_asked_for_by_true_alone(request_, is_dry):
    assert Preparation(request=request_, execution=EXECUTION).is_dry_run is is_dry


def test_a_preparation_takes_an_input_of_any_kind():
    """P6: what is no request at all is refused by name, and not an error of the task."""
    reasons = RefusalList()
    Preparation(request=[1], execution=EXECUTION).parse(reasons)
    assert [type(reason) for reason in reasons] == [InvalidRequestError]
