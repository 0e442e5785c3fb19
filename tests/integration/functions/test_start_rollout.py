"""A published version of an opted-in function starts its one rollout."""

import json
from random import Random

import pytest
from pydantic import ValidationError

from rollout.domain.errors import OtherAccountError
from tests.integration.conftest import client, event

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
FILES = [
    "start_rollout",
    "start_rollout_unchanged_function",
    "start_rollout_update_function_code",
    "start_rollout_update_function_code_of_a_later_date",
    "start_rollout_update_function_code_without_v2",
]
"""All of them say that version 2 of my-api was published."""


POLICY = {"steps": [{"percent": 10, "hold": "5m"}]}
TOLD = event("start_rollout_version_published")


def told(**detail):
    return TOLD | {"detail": detail}


@pytest.fixture
def started(my_api, lambda_wire, state_machine):
    """Return the inputs of the executions that were started."""

    def inputs():
        arn = state_machine.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        found = state_machine.list_executions(stateMachineArn=arn)["executions"]
        return [json.loads(state_machine.describe_execution(executionArn=e["executionArn"])["input"]) for e in found]

    return inputs


@pytest.mark.parametrize("file", FILES)
def test_each_way_of_publishing_starts_the_same_rollout(handle, started, file):
    assert handle("start_rollout", event(file))["started"] is True
    assert started() == [{"function": ARN, "alias": "live", "version": "2"}]


def test_an_event_that_comes_again_starts_nothing(handle, started):
    """P7: whichever way the version was published."""
    names = {handle("start_rollout", event(file))["reason"] for file in [*FILES, *FILES]}
    assert len(started()) == len(names) == 1


@pytest.mark.parametrize("seed", range(3))
def test_each_version_starts_one_rollout_in_whatever_order_and_however_often_word_comes(handle, started, seed):
    """P7: every shape of it, twice, for three versions."""
    for code in (b"three", b"four"):
        client("lambda").update_function_code(FunctionName="my-api", ZipFile=code, Publish=True)
    words = [word for version in "234" for word in [*recorded(version), told(function=ARN, version=version)] * 2]
    Random(seed).shuffle(words)  # noqa: S311 - a seed, so that every run is the same
    for word in words:
        handle("start_rollout", word)
    assert sorted(asked["version"] for asked in started()) == ["2", "3", "4"]


def recorded(version):
    """Return every shape of a recorded call, as it would have been for this version."""
    answer = {"functionArn": f"{ARN}:{version}", "version": version}
    for file in FILES:
        sent = event(file)
        sent["detail"]["responseElements"] |= answer
        yield sent


def tag(**tags):
    """Let the function carry these tags alone."""
    client("lambda").untag_resource(Resource=ARN, TagKeys=["rollout:alias"])
    client("lambda").tag_resource(Resource=ARN, Tags=tags)


@pytest.mark.parametrize("sent", [*map(event, FILES), told(function="my-api"), told(function="my-api", version=2)])
@pytest.mark.parametrize("tags", [{"team": "shop"}, {"team": "shop", "rollout:date": "today"}])
def test_a_function_that_is_not_opted_in_is_left_alone_after_one_cheap_call(handle, started, lambda_wire, sent, tags):
    """P9: the log says why; GetFunction has a budget of its own, which nobody else's calls share."""
    tag(**tags)
    lambda_wire.called.clear()
    assert handle("start_rollout", sent) == {"started": False, "reason": "my-api has no opt-in tag"}
    assert lambda_wire.called == ["GetFunction"]
    assert started() == []


WRONG_TAGS = [
    {"rollout:alias": ""},
    {"rollout:alias": "my live"},
    {"rollout:alias": "7"},
    {"rollout:alias": "$LATEST"},
    {"rollout:policy": "AllAtOnce"},
    {"rollout:alais": "live"},
    {"rollout:alias": "live", "rollout:polcy": "careful"},
]


@pytest.mark.parametrize("tags", WRONG_TAGS)
def test_a_function_that_is_tagged_wrongly_is_refused_where_people_see_it(handle, started, ledger, news, tags):
    """P6: once, however often the event comes."""
    tag(**tags)
    for _ in range(2):
        assert handle("start_rollout", event("start_rollout"))["started"] is True
    (asked,) = started()
    assert asked == {"function": ARN, "version": "2"}
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": asked})
    assert (document["outcome"], document["Error"]) == ("rejected", "InvalidTagsError")
    assert [*tags][-1] in document["Cause"]
    assert f"resource --resource {ARN} --tag" in document["Cause"]
    (told_of,) = news()
    assert (told_of["detail-type"], told_of["detail"]["error"]) == ("Rollout Rejected", "InvalidTagsError")
    assert ledger() == []


def test_mended_tags_start_the_version_that_wrong_ones_kept_back(handle, started):
    """P8: the refused execution does not take the name of the rollout there is to be."""
    tag(**{"rollout:alias": "live", "rollout:polcy": "careful"})
    handle("start_rollout", event("start_rollout"))
    client("lambda").untag_resource(Resource=ARN, TagKeys=["rollout:polcy"])
    handle("start_rollout", event("start_rollout"))
    assert {"function": ARN, "alias": "live", "version": "2"} in started()


def test_an_event_of_another_account_is_not_taken_for_a_function_of_the_same_name(handle, started, ledger):
    """P9: even where somebody forwards it, and the function here is opted in."""
    with pytest.raises(OtherAccountError, match="function is in account 210987654321"):
        handle("start_rollout", json.loads(json.dumps(event("start_rollout")).replace("123456789012", "210987654321")))
    assert started() == []


@pytest.mark.parametrize("file", [*FILES, "start_rollout_version_published"])
@pytest.mark.parametrize("envelope", [{"account": "210987654321"}, {"region": "us-east-1"}])
def test_an_event_that_claims_another_account_or_region_in_its_detail_starts_nothing(handle, started, file, envelope):
    """P9: it fails, so that the dead-letter queue keeps it and its alarm tells."""
    sent = event(file)
    if file == "start_rollout_version_published":
        sent["detail"]["function"] = ARN
    with pytest.raises(ValidationError, match=f"{ARN}.* the event is from account {envelope.get('account', '1')}"):
        handle("start_rollout", sent | envelope)
    assert started() == []


def test_a_pipeline_without_a_trail_starts_the_rollout_it_asks_for(handle, started):
    assert handle("start_rollout", TOLD)["started"] is True
    assert started() == [{"function": ARN, "alias": "live", "version": "2", "policy": POLICY}]


def test_what_a_pipeline_leaves_out_is_the_newest_version_and_the_tags_alias(handle, started):
    assert handle("start_rollout", told(function="my-api"))["started"] is True
    assert started() == [{"function": ARN, "alias": "live", "version": "2"}]


def test_a_pipeline_and_a_trail_together_start_one_rollout(handle, started):
    """P7: also where the pipeline leaves the version out."""
    for sent in (event("start_rollout"), TOLD, told(function="my-api")):
        handle("start_rollout", sent)
    assert started() == [{"function": ARN, "alias": "live", "version": "2"}]


def test_an_alias_that_is_not_handed_over_is_refused_where_people_see_it(handle, started, ledger):
    """P9."""
    assert handle("start_rollout", told(function="my-api", alias="blue", version=2))["started"] is True
    (asked,) = started()
    document = handle("prepare_rollout", event("prepare_rollout") | {"request": asked})
    assert (document["outcome"], document["Error"]) == ("rejected", "UnknownAliasError")


def test_a_function_without_a_version_has_nothing_to_roll_out(handle, started, lambda_wire):
    lambda_wire.answer("ListVersionsByFunction", Versions=[])
    answer = handle("start_rollout", told(function="my-api"))
    assert answer == {"started": False, "reason": "my-api has no published version"}
    assert started() == []
