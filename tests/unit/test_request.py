"""A request needs no more than a function's name, and is refused with the field, the value and what to do."""

import pytest

from rollout.errors import BadRequestError, LatestVersionError
from rollout.request import Asked, Preparation, read_request
from tests.samples import EXECUTION, policy

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


def read(value: object) -> Asked:
    return read_request(value, EXECUTION)


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
    request = asked.by(policy(), "the tag rollout:policy")
    assert asked.policy == written
    assert (request.function, request.version, request.policy) == ("my-api", "7", policy())
    assert request.policy_source == "the tag rollout:policy"


@pytest.mark.parametrize(
    ("asked", "tagged", "alias"),
    [("blue", "live", "blue"), (None, "blue", "blue"), (None, None, "live"), (None, "", "live")],
)
def test_the_alias_is_the_one_asked_for_then_the_tags_then_live(asked, tagged, alias):
    target = read({"function": "my-api"} | ({"alias": asked} if asked else {})).by(policy(), "").target(tagged)
    assert (target.name, target.place) == (f"my-api:{alias}", EXECUTION.place)


@pytest.mark.parametrize(
    ("function", "place"),
    [
        (ARN.replace("1234", "9999"), "account 999956789012, region eu-west-1"),
        (ARN.replace("eu-west-1", "us-east-1"), "account 123456789012, region us-east-1"),
        ("999956789012:function:my-api", "account 999956789012, region eu-west-1"),
        ("my-api", "account 123456789012, region eu-west-1"),
    ],
)
def test_a_function_lies_where_its_arn_says(function, place):
    asked = read({"function": function})
    assert (asked.function, str(asked.place)) == ("my-api", place)


LEAST = 'The least that is needed is {"function": "my-api"}; alias, version and policy may be added.'


@pytest.mark.parametrize(
    ("written", "error", "message"),
    [
        ({}, BadRequestError, f"The input is refused: function is missing. {LEAST}"),
        ([], BadRequestError, "the input is []: an object is needed"),
        ("my-api", BadRequestError, 'the input is "my-api": an object is needed'),
        (None, BadRequestError, "the input is null: an object is needed"),
        ({"function": 7}, BadRequestError, "function is 7: a text is needed"),
        ({"function": "my api"}, BadRequestError, 'function is "my api": write a function\'s name or ARN'),
        ({"function": "a", "versoin": 7}, BadRequestError, "versoin is not a known field (found 7)"),
        ({"function": "a", "version": "new"}, BadRequestError, 'version is "new": write the number of a published'),
        ({"function": "a", "version": 0}, BadRequestError, "version is 0: write the number of a published version"),
        ({"function": "a", "version": True}, BadRequestError, "version is true: a text is needed"),
        ({"function": "a:007"}, BadRequestError, 'function is "a:007": write the number of a published version'),
        ({"function": "a", "alias": "7"}, BadRequestError, 'alias is "7": an alias is made of letters'),
        ({"function": "a", "alias": "live\n"}, BadRequestError, 'alias is "live\\n": an alias is made of letters'),
        ({"function": "a:7", "version": "8"}, BadRequestError, "version is 8, but the function is written with :7"),
        (
            {"function": "a:live", "alias": "blue"},
            BadRequestError,
            "alias is blue, but the function is written with :live",
        ),
        ({"function": "a:$LATEST"}, LatestVersionError, "version is $LATEST, which an alias cannot give a share"),
        ({"function": "a", "version": "$LATEST"}, LatestVersionError, "aws lambda publish-version --function-name a"),
    ],
)
def test_a_bad_request_is_refused_by_field_and_value(written, error, message):
    with pytest.raises(error) as refused:
        read(written)
    assert message in str(refused.value)


def test_a_preparation_takes_an_input_of_any_kind():
    """P6: what is no request at all is refused by name, and not an error of the task."""
    with pytest.raises(BadRequestError):
        Preparation(request=[1], execution=EXECUTION).read()
