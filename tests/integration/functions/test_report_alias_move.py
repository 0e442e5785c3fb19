"""Tests of ReportAliasMove: a move by another writer outside a rollout is published, and nothing else."""

from copy import deepcopy
from datetime import timedelta

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.state.endings import ending_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event

pytestmark = pytest.mark.usefixtures("my_api", "lambda_wire")

MOVED = event("report_alias_move")
ROLLOUT = Rollout.model_validate(event("judge_canary"))
MOVED_AT = NOW - timedelta(minutes=25, seconds=49)
"""11:40:12, as in the sample."""


@pytest.fixture
def report(handle, ledger, published):
    """Run the handler with an event; return its answer and the rollout events that it published."""

    def run(document):
        before = len(published())
        answer = handle("report_alias_move", document)
        return answer, [each["detail"] for each in published()[before:]]

    return run


def changed(document=MOVED, **detail):
    """Return an event with other fields in its detail."""
    other = deepcopy(document)
    other["detail"] |= detail
    return other


def roll_out(began, ended=None, outcome="promoted"):
    """Record a rollout of version 2 over version 1."""
    rollout_ledger().open(ROLLOUT, began)
    if ended:
        rollout_ledger().close(ROLLOUT.target, ROLLOUT.execution, ending_of(outcome, "as decided"), ended)


@pytest.mark.parametrize("file", ["report_alias_move", "report_alias_move_without_a_date"])
def test_move_by_another_writer_is_published_with_its_writer(report, file):
    answer, [moved] = report(event(file))
    assert answer["reported"] is True
    assert (moved["version"], moved["shares"], moved["at"]) == ("2", {}, "2026-03-01T11:40:12Z")
    assert moved["writer"] == "arn:aws:sts::123456789012:assumed-role/terraform/deploy"
    assert moved["sentence"].startswith(
        "my-api:live was moved outside a rollout by arn:aws:sts::123456789012:assumed-role/terraform/deploy: it serves"
    )


def test_event_names_the_alias_as_its_resource(report, published):
    report(MOVED)
    assert published()[-1]["resources"] == ["arn:aws:lambda:eu-west-1:123456789012:function:my-api:live"]
    assert published()[-1]["detail-type"] == "Alias Moved"


def test_state_before_comes_from_the_newest_rollout(report):
    roll_out(MOVED_AT - timedelta(hours=2), MOVED_AT - timedelta(hours=1), "rolled_back")
    _, [moved] = report(MOVED)
    assert (moved["version_before"], moved["shares_before"]) == ("1", {})
    assert "--function-version 1 --routing-config" in moved["sentence"]


def test_state_before_comes_from_an_earlier_move(report):
    weights = {"additionalVersionWeights": {"2": 0.25}}
    alias = MOVED["detail"]["responseElements"] | {"functionVersion": "1", "routingConfig": weights}
    earlier = changed(eventTime="2026-03-01T11:30:00Z", eventID="earlier", responseElements=alias)
    _, [first] = report(earlier)
    _, [second] = report(MOVED)
    assert (first["version"], first["shares"]) == ("1", {"2": 25.0})
    assert (second["version_before"], second["shares_before"]) == ("1", {"2": 25.0})


def test_repeated_event_has_the_same_id(report):
    """P4: EventBridge delivers at least once."""
    _, [first] = report(MOVED)
    _, [second] = report(MOVED)
    assert first == second


def refused(report, document, reason):
    """Require that an event is not reported, for this reason."""
    answer, published = report(document)
    assert (answer["reported"], published) == (False, [])
    assert reason in answer["reason"]


def test_call_that_changes_only_a_description_is_not_reported(report):
    refused(report, changed(requestParameters={"description": "of the team"}), "neither versions nor weights")


ROLES = {
    "ours": "arn:aws:sts::123456789012:assumed-role/rollouts-ShiftTrafficFunctionRole/f",
    "a member account's": "arn:aws:sts::123456789012:assumed-role/rollouts-writer-eu-west-1/lambda-rollouts",
    "RestoreAlias": "arn:aws:sts::123456789012:assumed-role/rollouts-restorer-eu-west-1/lambda-rollouts",
}


@pytest.mark.parametrize("role", ROLES)
def test_write_of_a_rollout_is_not_reported(report, role):
    refused(report, changed(userIdentity={"arn": ROLES[role]}), "a rollout's own")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sts::123456789012:assumed-role/rollouts-writer-us-east-1/lambda-rollouts",
        "arn:aws:sts::999999999999:assumed-role/rollouts-ShiftTrafficFunctionRole/f",
        "arn:aws:sts::999999999999:assumed-role/rollouts-writer-eu-west-1/lambda-rollouts",
        "arn:aws:sts::123456789012:assumed-role/rollouts-ShiftTrafficFunctionRole2/f",
        "arn:aws:iam::123456789012:user/rollouts-ShiftTrafficFunctionRole",
    ],
)
def test_similar_identity_is_another_writer(report, arn):
    """The account and the whole name of the role decide."""
    answer, [moved] = report(changed(userIdentity={"arn": arn}))
    assert (answer["reported"], moved["writer"]) == (True, arn)


@pytest.mark.parametrize("tags", [{}, {"rollout:alias": "beta"}])
def test_alias_that_is_not_opted_in_is_not_reported(report, tags):
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
    client("lambda").untag_resource(Resource=arn, TagKeys=["rollout:alias"])
    client("lambda").tag_resource(Resource=arn, Tags=tags | {"team": "shop"})
    refused(report, MOVED, "does not opt the alias in")


def test_function_that_no_longer_exists_is_not_reported(report):
    client("lambda").delete_function(FunctionName="my-api")
    refused(report, MOVED, "does not opt the alias in")


@pytest.mark.parametrize("ended", [None, MOVED_AT + timedelta(minutes=1)])
def test_move_during_a_rollout_is_left_to_the_rollout(report, ended):
    """RolloutHandedOver names the writer. The event of CloudTrail may come when the rollout has ended."""
    roll_out(MOVED_AT - timedelta(minutes=1), ended, "handed_over")
    refused(report, MOVED, "a rollout held the alias")


def test_call_that_repeats_what_the_alias_serves_is_not_reported(report):
    """Some tools write an alias at every deployment."""
    roll_out(MOVED_AT - timedelta(hours=2), MOVED_AT - timedelta(hours=1), "promoted")
    refused(report, MOVED, "served the same before")
