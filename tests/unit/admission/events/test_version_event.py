"""An event for a published version starts exactly one execution."""

import json
import re

import pytest
from pydantic import ValidationError

from rollout.admission.events.version_event import VersionPublished, execution_input, execution_name
from rollout.domain.identity import Target
from tests.samples import TARGET

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"


def cloudtrail_event(**response: object) -> dict[str, object]:
    return {
        "account": "123456789012",
        "region": "eu-west-1",
        "detail": {"responseElements": {"functionArn": f"{ARN}:4", "version": "4"} | response, "requestParameters": {}},
    }


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:4"])
def test_function_and_version_come_from_lambdas_response(arn):
    published = VersionPublished.model_validate(cloudtrail_event(functionArn=arn))
    assert (published.function, published.version) == ("my-api", "4")


def test_account_and_region_come_from_the_envelope():
    published = VersionPublished.model_validate(cloudtrail_event() | {"account": "123456789012", "region": "eu-west-1"})
    assert published.target("live") == TARGET


OTHER_ACCOUNTS = [
    (ARN.replace("123456789012", "999999999999"), "in account 999999999999, region eu-west-1"),
    (ARN.replace("eu-west-1", "us-east-1"), "in account 123456789012, region us-east-1"),
]


@pytest.mark.parametrize(
    "make_event", [lambda arn: cloudtrail_event(functionArn=f"{arn}:4"), lambda arn: pipeline_event(function=arn)]
)
@pytest.mark.parametrize(("arn", "named"), OTHER_ACCOUNTS)
def test_event_for_another_account_or_region_is_refused(make_event, arn, named):
    """P9: it is never read as the sender's function of that name. The refusal names both accounts and regions."""
    with pytest.raises(ValidationError) as refused:
        VersionPublished.model_validate(make_event(arn))
    assert f"function is {arn}" in str(refused.value)
    assert f"{named}, but the event is from account 123456789012, region eu-west-1" in str(refused.value)


@pytest.mark.parametrize(
    ("response", "sentence"),
    [
        ({"functionArn": None}, "responseElements.functionArn is null: write a string"),
        ({"version": 4}, "responseElements.version is 4: write a string"),
        ({"version": "$LATEST"}, "the number of a published version"),
        ({"version": "5"}, "version is 5, but the function's name ends with :4"),
        ({"functionArn": "arn:aws:s3:::my-api"}, "write a function's name or ARN"),
    ],
)
def test_cloudtrail_record_without_version_is_refused(response, sentence):
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        VersionPublished.model_validate(cloudtrail_event(**response))


NAMES = [("my-api", "4"), ("f" * 64, "4"), ("f" * 64, "123456789"), ("f", "1")]


@pytest.mark.parametrize(("function", "version"), NAMES)
def test_execution_name_is_valid_in_step_functions(function, version):
    target = TARGET.model_copy(update={"function": function})
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", execution_name(target, version))


def test_repeated_event_has_one_name_and_one_input():
    """P7."""
    targets = [VersionPublished.model_validate(cloudtrail_event()).target("live") for _ in range(2)]
    assert len({(execution_name(target, "4"), execution_input(target, "4")) for target in targets}) == 1


def test_execution_names_are_unique():
    """P7: also where the readable part of the name is cut."""
    targets = [
        Target(account=account, region=region, function=function, alias=alias)
        for account in ("123456789012", "123456789013")
        for region in ("eu-west-1", "us-east-1")
        for function in ("f" * 63 + "a", "f" * 63 + "b", "f-1", "f")
        for alias in ("live", "blue")
    ]
    names = {execution_name(target, version) for target in targets for version in ("1", "11")}
    assert len(names) == 2 * len(targets)


def test_execution_input_is_a_request():
    """It names account and region, so it cannot mean another function than the event did."""
    assert json.loads(execution_input(TARGET, "4")) == {"function": ARN, "alias": "live", "version": "4"}


PARTITIONS = [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")]


@pytest.mark.parametrize(("region", "partition"), PARTITIONS)
def test_execution_input_has_the_partition_of_its_region(region, partition):
    target = TARGET.model_copy(update={"region": region})
    assert json.loads(execution_input(target, "4"))["function"].startswith(f"arn:{partition}:lambda:{region}:")


def pipeline_event(**detail: object) -> dict[str, object]:
    envelope = {"source": "rollouts", "detail-type": "Version Published"}
    return envelope | {"account": "123456789012", "region": "eu-west-1", "detail": detail}


PIPELINE_EVENTS = [
    ({"function": "my-api"}, None, None),
    ({"function": "my-api", "version": 4}, "4", None),
    ({"function": "my-api", "version": "4", "alias": "live"}, "4", "live"),
    ({"function": f"{ARN}:4"}, "4", None),
    ({"function": "my-api:live", "version": 4.0}, "4", "live"),
    ({"function": "my-api:4", "version": 4}, "4", None),
]


@pytest.mark.parametrize(("detail", "version", "alias"), PIPELINE_EVENTS)
def test_pipeline_event_needs_only_a_function(detail, version, alias):
    published = VersionPublished.model_validate(pipeline_event(**detail))
    assert (published.function, published.version, published.alias) == ("my-api", version, alias)
    assert published.target("live") == TARGET


def test_other_fields_of_a_pipeline_event_go_into_the_request():
    """Unknown fields too: PrepareRollout refuses them by name, where operators see it."""
    published = VersionPublished.model_validate(pipeline_event(function="my-api", policy={"steps": []}, weight=7))
    request = json.loads(execution_input(TARGET, "4", published.other_fields))
    other_fields = {"policy": {"steps": []}, "weight": 7}
    assert request == {"function": ARN, "alias": "live", "version": "4"} | other_fields


@pytest.mark.parametrize(
    ("envelope", "published_at"),
    [({"time": "2026-03-01T11:59:48Z"}, {"published_at": "2026-03-01T11:59:48Z"}), ({"time": "soon"}, {}), ({}, {})],
)
def test_time_of_the_event_is_when_the_version_was_published(envelope, published_at):
    """One that cannot be read is left out: no rollout fails for want of a metric."""
    published = VersionPublished.model_validate(pipeline_event(function="my-api") | envelope)
    assert published.other_fields == published_at


def test_pipeline_knows_better_when_its_version_was_published():
    detail = {"function": "my-api", "published_at": "2026-03-01T11:00:00Z"}
    published = VersionPublished.model_validate(pipeline_event(**detail) | {"time": "2026-03-01T11:59:48Z"})
    assert published.other_fields == {"published_at": "2026-03-01T11:00:00Z"}


def test_pipeline_event_and_cloudtrail_event_start_the_same_execution():
    """P7."""
    both = [
        VersionPublished.model_validate(event)
        for event in (cloudtrail_event(), pipeline_event(function="my-api", version=4))
    ]
    assert len({execution_name(published.target("live"), published.version) for published in both}) == 1


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ({}, "function"),
        ({"function": "my api!"}, "write a function's name"),
        ({"function": 7}, "function"),
        ({"function": "my-api", "version": "$LATEST"}, "the number of a published version"),
        ({"function": "my-api:$LATEST"}, "$LATEST is not a published version"),
        ({"function": "my-api", "version": "../4"}, "the number of a published version"),
        ({"function": "my-api", "version": True}, "version"),
        ({"function": "my-api", "dry_run": True}, "dry_run is true, but an event cannot start a dry run"),
        ({"function": "my-api:4", "version": 5}, "version is 5, but the function's name ends with :4"),
        ({"function": "my-api:live", "alias": "blue"}, "alias is blue, but the function's name ends with :live"),
    ],
)
def test_event_that_cannot_name_an_execution_is_refused(detail, sentence):
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        VersionPublished.model_validate(pipeline_event(**detail))
