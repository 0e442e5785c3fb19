"""A published version starts its one execution."""

import json
import re

import pytest
from pydantic import ValidationError

from rollout.admission.version_event import VersionPublished, execution_input, execution_name
from rollout.domain.identity import Target
from tests.samples import TARGET

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


def event(**answer: object) -> dict[str, object]:
    return {
        "account": "123456789012",
        "region": "eu-west-1",
        "detail": {"responseElements": {"functionArn": f"{ARN}:4", "version": "4"} | answer, "requestParameters": {}},
    }


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:4"])
def test_function_and_version_come_from_lambdas_answer(arn):
    published = VersionPublished.model_validate(event(functionArn=arn))
    assert (published.function, published.version) == ("my-api", "4")


def test_account_and_region_come_from_the_envelope():
    published = VersionPublished.model_validate(event() | {"account": "123456789012", "region": "eu-west-1"})
    assert published.target("live") == TARGET


FOREIGN = [
    (ARN.replace("123456789012", "999999999999"), "in account 999999999999, region eu-west-1"),
    (ARN.replace("eu-west-1", "us-east-1"), "in account 123456789012, region us-east-1"),
]


@pytest.mark.parametrize("ways", [lambda arn: event(functionArn=f"{arn}:4"), lambda arn: told(function=arn)])
@pytest.mark.parametrize(("arn", "said"), FOREIGN)
def test_an_event_that_speaks_of_another_account_or_region_is_refused(ways, arn, said):
    """P9: it is never taken for the sender's function of that name; the refusal names both sides."""
    with pytest.raises(ValidationError) as refused:
        VersionPublished.model_validate(ways(arn))
    assert f"function is {arn}" in str(refused.value)
    assert f"{said}, and the event is from account 123456789012, region eu-west-1" in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"functionArn": None}, "responseElements.functionArn is null: write a string"),
        ({"version": 4}, "responseElements.version is 4: write a string"),
        ({"version": "$LATEST"}, "the number of a published version"),
        ({"version": "5"}, "version is 5, but the function is written with :4"),
        ({"functionArn": "arn:aws:s3:::my-api"}, "write a function's name or ARN"),
    ],
)
def test_a_record_that_names_no_version_is_refused(answer, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        VersionPublished.model_validate(event(**answer))


NAMES = [("my-api", "4"), ("f" * 64, "4"), ("f" * 64, "123456789"), ("f", "1")]


@pytest.mark.parametrize(("function", "version"), NAMES)
def test_a_name_is_one_that_step_functions_takes(function, version):
    target = TARGET.model_copy(update={"function": function})
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", execution_name(target, version))


def test_an_event_that_comes_twice_has_one_name_and_one_input():
    """P7."""
    twice = [VersionPublished.model_validate(event()).target("live") for _ in range(2)]
    assert len({(execution_name(target, "4"), execution_input(target, "4")) for target in twice}) == 1


def test_no_two_rollouts_share_a_name():
    """P7: not even where the readable part of the name is cut."""
    targets = [
        Target(account=account, region=region, function=function, alias=alias)
        for account in ("123456789012", "123456789013")
        for region in ("eu-west-1", "us-east-1")
        for function in ("f" * 63 + "a", "f" * 63 + "b", "f-1", "f")
        for alias in ("live", "blue")
    ]
    names = {execution_name(target, version) for target in targets for version in ("1", "11")}
    assert len(names) == 2 * len(targets)


def test_the_input_is_a_request():
    """It names account and region, so that it means no other function than the event did."""
    assert json.loads(execution_input(TARGET, "4")) == {"function": ARN, "alias": "live", "version": "4"}


PARTITIONS = [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")]


@pytest.mark.parametrize(("region", "partition"), PARTITIONS)
def test_the_input_names_the_partition_of_its_region(region, partition):
    target = TARGET.model_copy(update={"region": region})
    assert json.loads(execution_input(target, "4"))["function"].startswith(f"arn:{partition}:lambda:{region}:")


def told(**detail: object) -> dict[str, object]:
    envelope = {"source": "rollouts", "detail-type": "Version Published"}
    return envelope | {"account": "123456789012", "region": "eu-west-1", "detail": detail}


TOLD = [
    ({"function": "my-api"}, None, None),
    ({"function": "my-api", "version": 4}, "4", None),
    ({"function": "my-api", "version": "4", "alias": "live"}, "4", "live"),
    ({"function": f"{ARN}:4"}, "4", None),
    ({"function": "my-api:live", "version": 4.0}, "4", "live"),
    ({"function": "my-api:4", "version": 4}, "4", None),
]


@pytest.mark.parametrize(("detail", "version", "alias"), TOLD)
def test_a_pipeline_says_as_much_as_it_likes(detail, version, alias):
    published = VersionPublished.model_validate(told(**detail))
    assert (published.function, published.version, published.alias) == ("my-api", version, alias)
    assert published.target("live") == TARGET


def test_what_else_a_pipeline_asks_for_goes_into_the_request():
    """A key nobody knows too: PrepareRollout refuses it by name, where people see it."""
    published = VersionPublished.model_validate(told(function="my-api", policy={"steps": []}, weight=7))
    request = json.loads(execution_input(TARGET, "4", published.other_fields))
    asked = {"policy": {"steps": []}, "weight": 7}
    assert request == {"function": ARN, "alias": "live", "version": "4"} | asked


def test_a_pipelines_word_and_cloudtrails_start_one_and_the_same_rollout():
    """P7."""
    both = [VersionPublished.model_validate(each) for each in (event(), told(function="my-api", version=4))]
    assert len({execution_name(published.target("live"), published.version) for published in both}) == 1


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({}, "function"),
        ({"function": "my api!"}, "write a function's name"),
        ({"function": 7}, "function"),
        ({"function": "my-api", "version": "$LATEST"}, "the number of a published version"),
        ({"function": "my-api:$LATEST"}, "no published version"),
        ({"function": "my-api", "version": "../4"}, "the number of a published version"),
        ({"function": "my-api", "version": True}, "version"),
        ({"function": "my-api", "dry_run": True}, "dry_run is true: no event asks that; start an execution by hand"),
        ({"function": "my-api:4", "version": 5}, "version is 5, but the function is written with :4"),
        ({"function": "my-api:live", "alias": "blue"}, "alias is blue, but the function is written with :live"),
    ],
)
def test_what_cannot_name_an_execution_is_refused(detail, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        VersionPublished.model_validate(told(**detail))
