"""Tests of StartRollout: a published version of an opted-in function starts its one rollout."""

import json
from random import Random

import pytest

from rollout.domain.errors import InvalidEventError, OtherAccountError
from tests.integration.conftest import client, event

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
FILES = [
    "start_rollout",
    "start_rollout_unchanged_function",
    "start_rollout_update_function_code",
    "start_rollout_update_function_code_of_a_later_date",
    "start_rollout_update_function_code_without_v2",
]
"""Each of them reports that version 2 of my-api was published."""


POLICY = {"steps": [{"percent": 10, "hold": "5m"}]}
VERSION_PUBLISHED = event("start_rollout_version_published")


def started_by(sent):
    """Return the input of the execution that an event starts."""
    return {"function": ARN, "alias": "live", "version": "2", "published_at": sent["time"]}


def version_published(**detail):
    return VERSION_PUBLISHED | {"detail": detail}


@pytest.fixture
def started(my_api, lambda_wire, state_machine):
    """Return the inputs of the executions that were started."""

    def inputs():
        arn = state_machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        executions = state_machine.list_executions(stateMachineArn=arn)["executions"]
        return [
            json.loads(state_machine.describe_execution(executionArn=e["executionArn"])["input"]) for e in executions
        ]

    return inputs


@pytest.mark.parametrize("file", FILES)
def test_every_event_of_a_version_starts_the_same_rollout(handle, started, file):
    """The input says when the version was published, by CloudTrail."""
    assert handle("start_rollout", event(file))["started"] is True
    assert started() == [started_by(event(file))]


def test_repeated_event_starts_nothing(handle, started):
    """P7: for every event of a version."""
    reasons = [handle("start_rollout", event(file))["reason"] for file in [*FILES, *FILES]]
    names = {reason.removesuffix(" already exists") for reason in reasons}
    assert len(started()) == len(names) == 1


@pytest.mark.parametrize("seed", range(3))
def test_repeated_and_unordered_events_start_one_rollout_per_version(handle, started, seed):
    """P7: every event of three versions, twice."""
    for code in (b"three", b"four"):
        client("lambda").update_function_code(FunctionName="my-api", ZipFile=code, Publish=True)
    events = [
        sent for version in "234" for sent in [*recorded(version), version_published(function=ARN, version=version)] * 2
    ]
    Random(seed).shuffle(events)  # noqa: S311 - a seed makes each run repeatable
    for sent in events:
        handle("start_rollout", sent)
    assert sorted(request["version"] for request in started()) == ["2", "3", "4"]


def recorded(version):
    """Return every event that CloudTrail records, for this version."""
    answer = {"functionArn": f"{ARN}:{version}", "version": version}
    for file in FILES:
        sent = event(file)
        sent["detail"]["responseElements"] |= answer
        yield sent


def tag(**tags):
    """Replace the tags of the function."""
    client("lambda").untag_resource(Resource=ARN, TagKeys=["rollout:alias"])
    client("lambda").tag_resource(Resource=ARN, Tags=tags)


@pytest.mark.parametrize(
    "sent", [*map(event, FILES), version_published(function="my-api"), version_published(function="my-api", version=2)]
)
@pytest.mark.parametrize("tags", [{"team": "shop"}, {"team": "shop", "rollout:date": "today"}])
def test_function_without_opt_in_tag_costs_one_call_of_get_function(handle, started, lambda_wire, sent, tags):
    """P9: GetFunction has its own quota, which no other operation shares."""
    tag(**tags)
    lambda_wire.calls.clear()
    assert handle("start_rollout", sent) == {"started": False, "reason": "my-api has no opt-in tag"}
    assert lambda_wire.calls == ["GetFunction"]
    assert started() == []


INVALID_TAGS = [
    {"rollout:alias": ""},
    {"rollout:alias": "my live"},
    {"rollout:alias": "7"},
    {"rollout:alias": "$LATEST"},
    {"rollout:policy": "AllAtOnce"},
    {"rollout:alais": "live"},
    {"rollout:alias": "live", "rollout:polcy": "careful"},
]


@pytest.mark.parametrize("tags", INVALID_TAGS)
def test_function_with_invalid_tags_is_rejected_by_prepare_rollout(handle, started, ledger, published, tags):
    """P6: once for repeated events."""
    tag(**tags)
    for _ in range(2):
        assert handle("start_rollout", event("start_rollout"))["started"] is True
    (request,) = started()
    assert request == {"function": ARN, "version": "2", "published_at": event("start_rollout")["time"]}
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (document["outcome"], document["Error"]) == ("rejected", "InvalidTagsError")
    assert [*tags][-1] in document["Cause"]
    assert f"resource --resource {ARN} --tag" in document["Cause"]
    (envelope,) = published()
    assert (envelope["detail-type"], envelope["detail"]["error"]) == ("Rollout Rejected", "InvalidTagsError")
    assert ledger() == []


def test_corrected_tags_start_rollout_of_same_version(handle, started):
    """P8: the refused execution does not use up the name of the rollout."""
    tag(**{"rollout:alias": "live", "rollout:polcy": "careful"})
    handle("start_rollout", event("start_rollout"))
    client("lambda").untag_resource(Resource=ARN, TagKeys=["rollout:polcy"])
    handle("start_rollout", event("start_rollout"))
    assert started_by(event("start_rollout")) in started()


def test_event_of_other_account_starts_nothing(handle, started, ledger):
    """P9: even if a function of the same name is opted in here."""
    with pytest.raises(OtherAccountError, match="function is in account 210987654321"):
        handle("start_rollout", json.loads(json.dumps(event("start_rollout")).replace("123456789012", "210987654321")))
    assert started() == []


@pytest.mark.parametrize("file", [*FILES, "start_rollout_version_published"])
@pytest.mark.parametrize("envelope", [{"account": "210987654321"}, {"region": "us-east-1"}])
def test_event_with_other_account_or_region_in_detail_starts_nothing(handle, started, file, envelope):
    """P9: the task fails, so the event goes to the dead-letter queue, which has an alarm."""
    sent = event(file)
    if file == "start_rollout_version_published":
        sent["detail"]["function"] = ARN
    with pytest.raises(InvalidEventError, match=f"{ARN}.* the event is from account {envelope.get('account', '1')}"):
        handle("start_rollout", sent | envelope)
    assert started() == []


def test_event_of_pipeline_starts_rollout_with_its_policy(handle, started):
    assert handle("start_rollout", VERSION_PUBLISHED)["started"] is True
    assert started() == [started_by(VERSION_PUBLISHED) | {"policy": POLICY}]


def test_event_without_version_and_alias_uses_newest_version_and_tag(handle, started):
    assert handle("start_rollout", version_published(function="my-api"))["started"] is True
    assert started() == [started_by(VERSION_PUBLISHED)]


def test_events_of_pipeline_and_cloudtrail_start_one_rollout(handle, started):
    """P7: also where the pipeline omits the version."""
    for sent in (event("start_rollout"), VERSION_PUBLISHED, version_published(function="my-api")):
        handle("start_rollout", sent)
    assert started() == [started_by(event("start_rollout"))]


def test_alias_without_opt_in_is_rejected_by_prepare_rollout(handle, started, ledger):
    """P9."""
    assert handle("start_rollout", version_published(function="my-api", alias="blue", version=2))["started"] is True
    (request,) = started()
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": request})
    assert (document["outcome"], document["Error"]) == ("rejected", "UnknownAliasError")


def test_function_without_published_version_starts_nothing(handle, started, lambda_wire):
    lambda_wire.answer("ListVersionsByFunction", Versions=[])
    answer = handle("start_rollout", version_published(function="my-api"))
    assert answer == {"started": False, "reason": "my-api has no published version"}
    assert started() == []


def test_version_of_a_function_with_the_empty_tag_of_a_release_waits_for_a_person(handle, started):
    client("lambda").tag_resource(Resource=ARN, Tags={"rollout:release": ""})
    answer = handle("start_rollout", event("start_rollout"))
    assert answer == {
        "started": False,
        "reason": "my-api has the tag rollout:release, so its versions wait for a release",
    }
    assert started() == []
