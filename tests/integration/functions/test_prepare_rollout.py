"""A request is accepted, skipped or rejected, and a rejected one has touched nothing (P6)."""

import json

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rollout.admission.request import Preparation
from rollout.aws.dynamodb.locks import Locks
from rollout.aws.parameter_store import MAX_AGE_SECONDS, parameter_store
from rollout.aws.wiring import locks
from rollout.domain.errors import AliasBusyError, AwsUnavailableError, VersionPendingError
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.look_up import look_up
from tests.integration.conftest import NOW, alias, client, event, move_alias, owned

READS = {"GetFunction", "GetAlias", "ListVersionsByFunction", "GetProvisionedConcurrencyConfig"}
STEPS = [{"percent": 10, "hold": "5m"}]


@pytest.fixture
def prepare(handle, my_api, lambda_wire, ledger):
    """Run the handler on a request."""
    return lambda request: handle("prepare_rollout", event("prepare_rollout") | {"request": request})


@pytest.fixture
def reject(prepare, lambda_wire, ledger):
    """Require that a request is rejected by this name and sentence, and that nothing was written."""

    def run(request, error, said):
        before = alias()
        document = prepare(request)
        assert (document["start"], document["outcome"], document["Error"]) == ("reject", "rejected", error)
        assert said in document["Cause"]
        assert alias() == before
        assert set(lambda_wire.called) <= READS
        assert ledger() == []

    return run


@pytest.mark.parametrize("file", ["prepare_rollout", "prepare_rollout_operator_minimum"])
def test_an_accepted_request_is_entered_and_begins(handle, my_api, lambda_wire, ledger, file):
    document = handle("prepare_rollout", event(file))
    assert (document["start"], document["stable_version"], document["canary_version"]) == ("begin", "1", "2")
    assert document["revision_id"] == alias()["revision"]
    (entry,) = ledger()
    assert (entry["outcome"], entry["canary_version"]) == ("running", "2")


def test_the_operators_policy_is_the_rollouts(handle, my_api, lambda_wire, ledger):
    """P12: no ceiling means no ceiling, through JSON and back."""
    policy = handle("prepare_rollout", event("prepare_rollout_operator_policy"))["policy"]
    assert [step["percent"] for step in policy["steps"]] == [5, 50]
    assert policy["guards"] == {"max_error_percent": None, "max_slow_percent": None, "alarms": []}


ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
PATH = "/rollouts/policies"


@pytest.fixture
def store(aws):
    """Put a policy into Parameter Store, under a name; nothing that was read before is remembered."""
    parameter_store.cache_clear()

    def put(name, policy):
        text = policy if isinstance(policy, str) else json.dumps(policy)
        client("ssm").put_parameter(Name=f"{PATH}/{name}", Value=text, Type="String", Overwrite=True)

    yield put
    parameter_store.cache_clear()


def tag(policy):
    """Let the function name its own policy."""
    client("lambda").tag_resource(Resource=ARN, Tags={"rollout:policy": policy})


def shares(document):
    """Return the percents of an accepted rollout's steps."""
    return [step["percent"] for step in document["policy"]["steps"]]


def test_the_execution_goes_before_the_tag_and_the_tag_before_the_stacks_default(prepare, store, ledger, monkeypatch):
    store("careful", {"steps": STEPS, "bake": "1h"})
    monkeypatch.setenv("DEFAULT_POLICY", "Canary7Percent5Minutes")
    by_default = prepare({"function": "my-api"})
    tag("careful")
    by_tag = prepare({"function": "my-api"})
    by_hand = prepare({"function": "my-api", "policy": "LambdaLinear40PercentEvery5Minutes"})
    assert [shares(by_default), shares(by_tag), shares(by_hand)] == [[7], [10], [40, 80]]
    assert [by_default["policy_source"], by_tag["policy_source"], by_hand["policy_source"]] == [
        "the preset Canary7Percent5Minutes, named by the stack's DefaultPolicy",
        "the parameter /rollouts/policies/careful, named by the tag rollout:policy",
        "the preset LambdaLinear40PercentEvery5Minutes, named by the execution's input",
    ]


def test_the_ledger_has_the_whole_policy_and_where_it_came_from(prepare, store, ledger):
    store("careful", {"steps": STEPS, "bake": "1h"})
    document = prepare({"function": "my-api", "policy": "careful"})
    (entry,) = ledger()
    assert json.loads(entry["policy"]) == document["policy"]
    assert (document["policy"]["bake"], document["policy"]["min_invocations"]) == (3600, 50)
    assert entry["policy_source"] == "the parameter /rollouts/policies/careful, named by the execution's input"


def test_a_stored_policy_is_remembered_a_while(prepare, store):
    assert 0 < MAX_AGE_SECONDS <= 60
    store("careful", {"steps": STEPS})
    prepare({"function": "my-api", "policy": "careful"})
    store("careful", "AllAtOnce")
    assert shares(prepare({"function": "my-api", "policy": "careful"})) == [10]
    parameter_store().clear_cache()
    assert prepare({"function": "my-api", "policy": "careful"})["start"] == "promote"


def test_one_that_was_missing_is_looked_for_again(prepare, store):
    assert prepare({"function": "my-api", "policy": "careful"})["Error"] == "UnknownPolicyError"
    store("careful", {"steps": STEPS})
    assert prepare({"function": "my-api", "policy": "careful"})["start"] == "begin"


NAMED = "The parameter /rollouts/policies/bad, named by the execution's input, is refused: "


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"steps": [{"percent": 0, "hold": "5m"}]}, "policy.steps[0].percent is 0: "),
        ({"steps": [{"percent": 100, "hold": "5m"}]}, "policy.steps[0].percent is 100: "),
        ({"steps": [{"percent": 0.1, "hold": "5m"}]}, "policy.steps[0].percent is 0.1: "),
        ({"steps": STEPS * 2}, "policy.steps[1].percent is 10 after 10: "),
        ({"steps": []}, "policy.steps is []: "),
        ({"steps": "Canary5"}, 'policy.steps is "Canary5": '),
        ({"steps": STEPS, "bake": "soon"}, 'policy.bake is "soon": '),
        ({"steps": STEPS, "backe": 5}, "policy.backe is not a known field (found 5)"),
        ({"bake": 5}, "policy.steps is missing"),
        ([], "policy is []: write an object"),
        ("steps: [{percent: 10, hold: 5m}]", 'policy is "steps: [{percent: 10, hold: 5m}]": JSON'),
    ],
)
def test_a_bad_stored_policy_is_refused_by_parameter_field_and_value(reject, store, written, said):
    """P6, P10."""
    store("bad", written)
    reject({"function": "my-api", "policy": "bad"}, "InvalidPolicyError", NAMED + said)


@pytest.mark.parametrize(
    ("named", "error", "said"),
    [
        (
            "nowhere",
            "UnknownPolicyError",
            'The tag rollout:policy is "nowhere", and there is no parameter /rollouts/pol',
        ),
        (
            "Canary10Percent",
            "InvalidPolicyError",
            'The tag rollout:policy is refused: policy is "Canary10Percent": name a preset',
        ),
        ("a b", "InvalidPolicyError", 'The tag rollout:policy is refused: policy is "a b": write a policy as JSON'),
    ],
)
def test_a_tag_that_names_no_policy_is_refused_by_its_value(reject, store, named, error, said):
    """P6, P10."""
    tag(named)
    reject({"function": "my-api"}, error, said)


def test_a_store_that_does_not_answer_is_asked_again(prepare, store):
    """P10: it is no word on the policy."""
    with Stubber(parameter_store().client) as stub:
        stub.add_client_error("get_parameter", "ThrottlingException")
        with pytest.raises(AwsUnavailableError, match="reading the parameter /rollouts/policies/careful"):
            prepare({"function": "my-api", "policy": "careful"})


def test_a_store_that_refuses_us_is_no_missing_policy(prepare, store):
    with Stubber(parameter_store().client) as stub:
        stub.add_client_error("get_parameter", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            prepare({"function": "my-api", "policy": "careful"})


@pytest.mark.parametrize("described", [{"Role": "other"}, {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:::other"}}])
def test_a_version_that_cannot_share_an_alias_is_promoted_at_once(prepare, lambda_wire, ledger, described):
    lambda_wire.describe("2", **described)
    document = prepare({"function": "my-api", "policy": "AllAtOnce"})
    assert (document["start"], document["next_move"]) == ("promote", "promote")
    assert document["policy"]["steps"] == "AllAtOnce"
    assert alias()["version"] == "1"
    assert ledger()[0]["outcome"] == "running"
    assert owned("lock")["holder"] == document["execution"]["arn"]


OLDER = lock_of(
    Rollout.model_validate(
        event("judge_canary")
        | {
            "canary_version": "1",
            "execution": {"arn": "arn:of:an:older:one", "name": "older", "started_at": "2026-03-01T11:00:00Z"},
        }
    )
)


@pytest.mark.parametrize(("choice", "superseded_by"), [("queue", None), ("supersede", "2")])
def test_a_version_waits_while_an_older_one_is_rolled_out(prepare, ledger, choice, superseded_by):
    """P3."""
    locks().take(OLDER)
    before = alias()
    document = prepare({"function": "my-api", "policy": {"steps": STEPS, "on_newer_version": choice}})
    assert (document["start"], document["wait_seconds"]) == ("queue", 60)
    assert alias() == before
    assert ledger() == []
    assert (owned("lock")["holder"], owned("lock").get("superseded_by")) == ("arn:of:an:older:one", superseded_by)
    assert owned("queue")["holder"] == document["execution"]["arn"]


def test_at_its_turn_a_version_begins_and_waits_no_more(prepare):
    locks().take(OLDER)
    prepare({"function": "my-api"})
    locks().release(OLDER.target, OLDER.holder)
    document = prepare({"function": "my-api"})
    assert document["start"] == "begin"
    assert owned("lock")["holder"] == document["execution"]["arn"]
    assert owned("queue") is None


def test_a_policy_that_refuses_to_wait_is_told_who_holds_the_alias(reject):
    """P6."""
    locks().take(OLDER)
    refusing = {"steps": STEPS, "on_newer_version": "refuse"}
    reject({"function": "my-api", "policy": refusing}, "AliasLockedError", "execution older is rolling out version 1")


def test_an_alias_that_moves_while_it_is_claimed_is_read_again(prepare, lambda_wire, monkeypatch):
    """P2, P3: what was read before the claim may be another rollout's last word."""
    take, moved = Locks.take, {"FunctionVersion": "1", "RevisionId": "another"}
    monkeypatch.setattr(
        Locks, "take", lambda self, lock: (take(self, lock), lambda_wire.answer("GetAlias", **moved))[0]
    )
    with pytest.raises(AliasBusyError, match="my-api:live was moved while it was being claimed"):
        prepare({"function": "my-api"})
    assert owned("lock")["holder"] == event("prepare_rollout")["execution"]["arn"]


def alarm(name, state):
    """Let an alarm exist and show this state."""
    metrics = client("cloudwatch")
    metrics.put_metric_alarm(
        AlarmName=name,
        Namespace="Shop",
        MetricName="Failures",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    metrics.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def test_alarms_that_are_red_already_are_remembered(prepare):
    alarm("burning", "ALARM")
    alarm("calm", "OK")
    metrics_with_ceiling = {"steps": STEPS, "guards": {"alarms": ["burning", "calm"]}}
    assert prepare({"function": "my-api", "policy": metrics_with_ceiling})["red_before"] == ["burning"]


def test_an_alarm_that_does_not_exist_is_refused(reject):
    """P5, P6: it would guard nothing."""
    metrics_with_ceiling = {"steps": STEPS, "guards": {"alarms": ["nowhere"]}}
    reject(
        {"function": "my-api", "policy": metrics_with_ceiling},
        "UnknownAlarmError",
        "The policy names the alarm nowhere",
    )


def split():
    move_alias("1", **{"2": 0.1})


def promote():
    move_alias("2")


def nothing():
    pass


ASKED = {"function": "my-api"}
OTHER = {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:other"}
FOREIGN = {"function": "arn:aws:lambda:us-east-1:123456789012:function:my-api"}


@pytest.mark.parametrize(
    ("request_", "error", "said"),
    [
        ("my-api", "InvalidRequestError", 'the input is "my-api": write an object'),
        (
            {"function": "no-api"},
            "UnknownFunctionError",
            "There is no function no-api in account 123456789012, region eu-west-1: check the name",
        ),
        (
            ASKED | {"alias": "blue"},
            "UnknownAliasError",
            "my-api has no alias blue, and its tag rollout:alias names live",
        ),
        (ASKED | {"version": "9"}, "UnknownVersionError", "my-api has no version 9; its newest is 2"),
        (ASKED | {"version": "$LATEST"}, "LatestVersionError", "publish a version and name that"),
        ({"function": "my-api:$LATEST"}, "LatestVersionError", "publish a version and name that"),
        (FOREIGN, "OtherAccountError", "function is in account 123456789012, region us-east-1"),
        (ASKED | {"version": "1"}, "AlreadyServedError", "my-api:live already serves version 1 alone"),
        *(
            (
                ASKED | {"policy": {"steps": [{"percent": percent, "hold": "5m"}]}},
                "InvalidPolicyError",
                "steps[0].percent is",
            )
            for percent in (0, 100, -5, "10", 0.1)
        ),
        (ASKED | {"policy": {"steps": STEPS * 2}}, "InvalidPolicyError", "steps[1].percent is 10 after 10"),
        (ASKED | {"policy": {"steps": STEPS, "speed": 1}}, "InvalidPolicyError", "policy.speed is not a known field"),
    ],
)
def test_a_request_that_cannot_be_met_touches_nothing(reject, request_, error, said):
    """P6, P10."""
    reject(request_, error, said)


BAD_POLICY = {"steps": [{"percent": 0, "hold": "soon"}], "backe": 5}
OF_THE_POLICY = ["policy.steps[0].percent is 0", 'policy.steps[0].hold is "soon"', "policy.backe is not a known field"]
GONE = ["There is no function no-api"]


@pytest.mark.parametrize(
    ("request_", "errors", "said"),
    [
        (
            ASKED | {"version": "$LATEST", "alias": "blue", "weight": 1, "policy": BAD_POLICY},
            ["InvalidRequestError", "LatestVersionError", "InvalidPolicyError", "UnknownAliasError"],
            ["weight is not a known field", "publish a version", *OF_THE_POLICY, "my-api has no alias blue"],
        ),
        (
            ASKED | {"version": "9", "alias": "blue", "policy": "nowhere"},
            ["UnknownPolicyError", "UnknownAliasError", "UnknownVersionError"],
            ["no parameter /rollouts/policies/nowhere", "has no alias blue", "has no version 9; its newest is 2"],
        ),
        (
            {"function": "no-api", "version": "new", "policy": BAD_POLICY},
            ["InvalidRequestError", "UnknownFunctionError", "InvalidPolicyError"],
            ['version is "new"', *GONE, *OF_THE_POLICY],
        ),
        (
            {"function": "no api", "policy": BAD_POLICY},
            ["InvalidRequestError", "InvalidPolicyError"],
            ['function is "no api"', *OF_THE_POLICY],
        ),
        (
            FOREIGN | {"version": "$LATEST", "policy": "Canary5Percent"},
            ["LatestVersionError", "OtherAccountError", "InvalidPolicyError"],
            ["publish a version", "region us-east-1", 'policy is "Canary5Percent": name a preset'],
        ),
        (
            {"function": "my-api:1", "alias": "7", "policy": BAD_POLICY},
            ["InvalidRequestError", "InvalidPolicyError"],
            ['alias is "7"', *OF_THE_POLICY],
        ),
        ({"function": "no-api"}, ["UnknownFunctionError"], GONE),
    ],
)
def test_every_reason_is_told_at_once(reject, store, request_, errors, said):
    """P6, P10: the ending bears the first one's name."""
    for words in said:
        reject(request_, errors[0], words)
    assert [type(reason).__name__ for reason in look_up(preparation(request_), NOW).refusals] == errors


def test_a_broken_policy_of_the_tag_hides_nothing_about_the_version(reject, store):
    """P6, P10."""
    tag("nowhere")
    for said in ('The tag rollout:policy is "nowhere"', "my-api has no version 9"):
        reject(ASKED | {"version": "9"}, "UnknownPolicyError", said)


def preparation(request_):
    return Preparation.model_validate(event("prepare_rollout") | {"request": request_})


@pytest.mark.parametrize(
    ("state", "request_", "error", "said"),
    [
        (split, ASKED, "AliasSplitError", "my-api:live is already split: version 1 with 10 % to version 2"),
        (promote, ASKED, "AlreadyServedError", "my-api:live already serves version 2 alone"),
        (promote, ASKED | {"version": 1}, "OlderVersionError", "serves version 2, which is newer than version 1"),
    ],
)
def test_an_alias_that_cannot_be_rolled_out_to_is_left_as_it_is(reject, state, request_, error, said):
    """P6, P10."""
    state()
    reject(request_, error, said)


@pytest.mark.parametrize(
    ("described", "error", "said"),
    [
        ({"State": "Failed", "StateReason": "no image"}, "VersionNotActiveError", "Version 2 is Failed (no image)"),
        ({"State": "Pending", "Role": "other"}, "DifferentRoleError", "Version 2 runs as other, version 1 as arn:"),
        (
            {"DeadLetterConfig": OTHER},
            "DifferentDeadLetterQueueError",
            "to arn:aws:sqs:eu-west-1:123456789012:other, version 1",
        ),
    ],
)
def test_a_version_that_cannot_share_an_alias_is_refused(reject, lambda_wire, described, error, said):
    """P6, P10."""
    lambda_wire.describe("2", **described)
    reject(ASKED, error, said)


def test_provisioned_concurrency_on_the_move_is_not_disturbed(reject, lambda_wire):
    """P6, P10."""
    lambda_wire.answer("GetProvisionedConcurrencyConfig", Status="IN_PROGRESS")
    reject(ASKED, "ProvisionedConcurrencyInProgressError", "still allocating")


def test_a_function_that_is_not_opted_in_is_refused(reject):
    """P6, P9."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
    client("lambda").untag_resource(Resource=arn, TagKeys=["rollout:alias"])
    reject(ASKED, "NotOptedInError", "my-api has no tag rollout:alias")


def test_a_broken_default_policy_is_laid_to_the_stack(reject, monkeypatch):
    """P6, P10."""
    monkeypatch.setenv("DEFAULT_POLICY", "Canary10Percent")
    reject(ASKED, "InvalidPolicyError", "The stack's DefaultPolicy is refused")


def test_a_pending_version_is_waited_for(prepare, lambda_wire):
    lambda_wire.describe("2", State="Pending")
    with pytest.raises(VersionPendingError):
        prepare(ASKED)
    assert set(lambda_wire.called) <= READS


def test_an_alias_that_does_not_exist_yet_is_made(prepare, ledger):
    """P4: and the task may run twice."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    for document in (prepare(ASKED), prepare(ASKED)):
        assert document["start"] == "nothing_to_do"
        assert "there was nothing to compare it with" in document["reason"]
    assert (alias()["version"], alias()["weights"], ledger()) == ("2", {}, [])
