"""Tests of PrepareRollout: it accepts, queues, skips or rejects a request, and a rejected one touches nothing (P6)."""

import json
from datetime import timedelta

import pytest
from botocore.stub import Stubber

from rollout.admission.read_request import Preparation
from rollout.aws.dynamodb.ledger import ledger as ledger_table
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.aws.parameter_store import MAX_AGE_SECONDS, parameter_store
from rollout.domain.enums import Outcome
from rollout.domain.errors import (
    AliasBusyError,
    AwsRefusedError,
    AwsUnavailableError,
    StartThrottledError,
    VersionPendingError,
)
from rollout.state.endings import ending_of
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.look_up import look_up
from tests.integration.conftest import NOW, alias, client, event, move_alias, owned_entry
from tests.samples import rollout

READS = {"GetFunction", "GetAlias", "ListVersionsByFunction", "GetProvisionedConcurrencyConfig"}
STEPS = [{"percent": 10, "hold": "5m"}]
PROMOTED = rollout(stable_version="1", canary_version="2")


@pytest.fixture
def prepare(handle, my_api, lambda_wire, ledger):
    """Run the handler with a request."""
    return lambda request: handle("prepare_rollout", event("prepare_rollout") | {"request": request})


@pytest.fixture
def reject(prepare, lambda_wire, ledger):
    """Require that a request is rejected with this error and sentence, and that nothing is written."""

    def run(request, error, sentence):
        before = alias()
        document = prepare(request)
        assert (document["start"], document["outcome"], document["Error"]) == ("reject", "rejected", error)
        assert sentence in document["Cause"]
        assert alias() == before
        assert set(lambda_wire.calls) <= READS
        assert ledger() == []

    return run


@pytest.mark.parametrize("file", ["prepare_rollout", "prepare_rollout_operator_minimum"])
def test_accepted_request_is_registered_and_begins(handle, my_api, lambda_wire, ledger, file):
    document = handle("prepare_rollout", event(file))
    assert (document["start"], document["stable_version"], document["canary_version"]) == ("begin", "1", "2")
    assert document["revision_id"] == alias()["revision"]
    (entry,) = ledger()
    assert (entry["outcome"], entry["canary_version"]) == ("running", "2")


def test_policy_of_operator_is_used(handle, my_api, lambda_wire, ledger):
    """P12: a ceiling of null stays null through JSON."""
    policy = handle("prepare_rollout", event("prepare_rollout_operator_policy"))["policy"]
    assert [step["percent"] for step in policy["steps"]] == [5, 50]
    assert policy["guards"] == {
        "max_error_percent": None,
        "max_slow_percent": None,
        "missing_share": "critical",
        "alarms": [],
    }


ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
PATH = "/rollouts/policies"


@pytest.fixture
def store(aws):
    """Store policies in Parameter Store by name, with an empty cache."""
    parameter_store.cache_clear()

    def put(name, policy):
        text = policy if isinstance(policy, str) else json.dumps(policy)
        client("ssm").put_parameter(Name=f"{PATH}/{name}", Value=text, Type="String", Overwrite=True)

    yield put
    parameter_store.cache_clear()


def tag(policy):
    """Let the tag of the function name a policy."""
    client("lambda").tag_resource(Resource=ARN, Tags={"rollout:policy": policy})


def shares(document):
    """Return the percents of an accepted rollout's steps."""
    return [step["percent"] for step in document["policy"]["steps"]]


def test_policy_of_execution_precedes_tag_and_tag_precedes_default(prepare, store, ledger, monkeypatch):
    store("careful", {"steps": STEPS, "bake": "1h"})
    monkeypatch.setenv("DEFAULT_POLICY", "Canary7Percent5Minutes")
    by_default = prepare({"function": "my-api"})
    tag("careful")
    by_tag = prepare({"function": "my-api"})
    by_input = prepare({"function": "my-api", "policy": "LambdaLinear40PercentEvery5Minutes"})
    assert [shares(by_default), shares(by_tag), shares(by_input)] == [[7], [10], [40, 80]]
    assert [by_default["policy_source"], by_tag["policy_source"], by_input["policy_source"]] == [
        "the preset Canary7Percent5Minutes, named by the stack's DefaultPolicy",
        "the parameter /rollouts/policies/careful, named by the tag rollout:policy",
        "the preset LambdaLinear40PercentEvery5Minutes, named by the execution's input",
    ]


def test_ledger_records_policy_and_its_source(prepare, store, ledger):
    store("careful", {"steps": STEPS, "bake": "1h"})
    document = prepare({"function": "my-api", "policy": "careful"})
    (entry,) = ledger()
    assert json.loads(entry["policy"]) == document["policy"]
    assert (document["policy"]["bake"], document["policy"]["min_invocations"]) == (3600, 50)
    assert entry["policy_source"] == "the parameter /rollouts/policies/careful, named by the execution's input"


def test_stored_policy_is_cached(prepare, store):
    assert 0 < MAX_AGE_SECONDS <= 60
    store("careful", {"steps": STEPS})
    prepare({"function": "my-api", "policy": "careful"})
    store("careful", "AllAtOnce")
    assert shares(prepare({"function": "my-api", "policy": "careful"})) == [10]
    parameter_store().clear_cache()
    assert prepare({"function": "my-api", "policy": "careful"})["start"] == "promote"


def test_missing_policy_is_not_cached(prepare, store):
    assert prepare({"function": "my-api", "policy": "careful"})["Error"] == "UnknownPolicyError"
    store("careful", {"steps": STEPS})
    assert prepare({"function": "my-api", "policy": "careful"})["start"] == "begin"


NAMED = "The parameter /rollouts/policies/bad, named by the execution's input, is refused: "


@pytest.mark.parametrize(
    ("stored", "sentence"),
    [
        ({"steps": [{"percent": 0, "hold": "5m"}]}, "policy.steps[0].percent is 0: "),
        ({"steps": [{"percent": 100, "hold": "5m"}]}, "policy.steps[0].percent is 100: "),
        ({"steps": [{"percent": 0.1, "hold": "5m"}]}, "policy.steps[0].percent is 0.1: "),
        ({"steps": STEPS * 2}, "policy.steps[1].percent is 10 after 10: "),
        ({"steps": []}, "policy.steps is []: "),
        ({"steps": "Canary5"}, 'policy.steps is "Canary5": '),
        ({"steps": STEPS, "bake": "soon"}, 'policy.bake is "soon": '),
        ({"steps": STEPS, "backe": 5}, "policy.backe is not a known field (found 5)"),
        ({"bake": 5, "step": 1}, "policy.step is not a known field (found 1)"),
        ([], "policy is []: write an object"),
        ("steps: [{percent: 10, hold: 5m}]", 'policy is "steps: [{percent: 10, hold: 5m}]": write JSON'),
    ],
)
def test_invalid_stored_policy_is_rejected_with_parameter_field_and_value(reject, store, stored, sentence):
    """P6, P10."""
    store("bad", stored)
    reject({"function": "my-api", "policy": "bad"}, "InvalidPolicyError", NAMED + sentence)


@pytest.mark.parametrize(
    ("tagged", "error", "sentence"),
    [
        (
            "nowhere",
            "UnknownPolicyError",
            'The tag rollout:policy is "nowhere", but there is no parameter /rollouts/pol',
        ),
        (
            "Canary10Percent",
            "InvalidPolicyError",
            'The tag rollout:policy is refused: policy is "Canary10Percent": name a preset',
        ),
        ("a b", "InvalidPolicyError", 'The tag rollout:policy is refused: policy is "a b": write a policy as JSON'),
    ],
)
def test_tag_without_valid_policy_is_rejected_with_its_value(reject, store, tagged, error, sentence):
    """P6, P10."""
    tag(tagged)
    reject({"function": "my-api"}, error, sentence)


def test_throttled_parameter_store_is_unavailable(prepare, store):
    """P10: a throttled read says nothing about the policy."""
    with Stubber(parameter_store().client) as stub:
        stub.add_client_error("get_parameter", "ThrottlingException")
        with pytest.raises(AwsUnavailableError, match="reading the parameter /rollouts/policies/careful"):
            prepare({"function": "my-api", "policy": "careful"})


def test_denied_parameter_store_is_not_a_missing_policy(prepare, store):
    with Stubber(parameter_store().client) as stub:
        stub.add_client_error("get_parameter", "AccessDeniedException")
        with pytest.raises(AwsRefusedError, match="AccessDeniedException"):
            prepare({"function": "my-api", "policy": "careful"})


@pytest.mark.parametrize(
    "configuration", [{"Role": "other"}, {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:::other"}}]
)
def test_version_that_cannot_share_alias_is_promoted_at_once(prepare, lambda_wire, ledger, configuration):
    lambda_wire.describe("2", **configuration)
    document = prepare({"function": "my-api", "policy": "AllAtOnce"})
    assert (document["start"], document["next_move"]) == ("promote", "promote")
    assert document["policy"]["steps"] == "AllAtOnce"
    assert alias()["version"] == "1"
    assert ledger()[0]["outcome"] == "running"
    assert owned_entry("lock")["holder"] == document["execution"]["arn"]


OLDER = lock_of(
    Rollout.model_validate(
        event("judge_canary")
        | {
            "canary_version": "1",
            "execution": {"arn": "arn:of:an:older:one", "name": "older", "started_at": "2026-03-01T11:00:00Z"},
        }
    )
)


@pytest.mark.parametrize(("choice", "requested"), [("queue", "awaited_by"), ("supersede", "superseded_by")])
def test_version_is_queued_behind_older_rollout(prepare, ledger, choice, requested):
    """P3."""
    locks().acquire(OLDER)
    before = alias()
    document = prepare({"function": "my-api", "policy": {"steps": STEPS, "on_newer_version": choice}})
    assert (document["start"], document["wait_seconds"]) == ("queue", 60)
    assert alias() == before
    assert ledger() == []
    assert owned_entry("lock")["holder"] == "arn:of:an:older:one"
    requests = {name: owned_entry("lock").get(name) for name in ("awaited_by", "superseded_by")}
    assert requests == {"awaited_by": None, "superseded_by": None} | {requested: "2"}
    assert owned_entry("queue")["holder"] == document["execution"]["arn"]


def test_queued_version_begins_after_lock_is_released(prepare):
    locks().acquire(OLDER)
    prepare({"function": "my-api"})
    locks().release(OLDER.target, OLDER.holder)
    document = prepare({"function": "my-api"})
    assert document["start"] == "begin"
    assert owned_entry("lock")["holder"] == document["execution"]["arn"]
    assert owned_entry("queue") is None


def test_policy_that_refuses_to_wait_is_rejected_with_lock_holder(reject):
    """P6."""
    locks().acquire(OLDER)
    refusing = {"steps": STEPS, "on_newer_version": "refuse"}
    reject({"function": "my-api", "policy": refusing}, "AliasLockedError", "execution older is rolling out version 1")


def test_alias_moved_during_acquisition_of_lock_is_read_again(prepare, lambda_wire, monkeypatch):
    """P2, P3: another rollout may have written the alias before its lock was acquired."""
    acquire, moved = Locks.acquire, {"FunctionVersion": "1", "RevisionId": "another"}
    monkeypatch.setattr(
        Locks, "acquire", lambda self, lock: (acquire(self, lock), lambda_wire.answer("GetAlias", **moved))[0]
    )
    with pytest.raises(AliasBusyError, match="my-api:live changed while its lock was acquired"):
        prepare({"function": "my-api"})
    assert owned_entry("lock")["holder"] == event("prepare_rollout")["execution"]["arn"]


def alarm(name, state):
    """Create an alarm with this state."""
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


def test_alarms_red_before_rollout_are_recorded(prepare):
    alarm("red", "ALARM")
    alarm("green", "OK")
    policy = {"steps": STEPS, "guards": {"alarms": ["red", "green"]}}
    assert prepare({"function": "my-api", "policy": policy})["red_before"] == ["red"]


def test_missing_alarm_is_rejected(reject):
    """P5, P6."""
    policy = {"steps": STEPS, "guards": {"alarms": ["nowhere"]}}
    reject(
        {"function": "my-api", "policy": policy},
        "UnknownAlarmError",
        "The policy names the alarm nowhere",
    )


def split():
    move_alias("1", **{"2": 0.1})


def serve_latest():
    move_alias("$LATEST")


def promote():
    move_alias("2")


def nothing():
    pass


REQUEST = {"function": "my-api"}
OTHER = {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:other"}
OTHER_REGION = {"function": "arn:aws:lambda:us-east-1:123456789012:function:my-api"}


@pytest.mark.parametrize(
    ("request_", "error", "sentence"),
    [
        ("my-api", "InvalidRequestError", 'the input is "my-api": write an object'),
        (
            {"function": "no-api"},
            "UnknownFunctionError",
            "There is no function no-api in account 123456789012, region eu-west-1: correct the name",
        ),
        (
            REQUEST | {"alias": "blue"},
            "UnknownAliasError",
            "my-api has no alias blue, and its tag rollout:alias names live",
        ),
        (REQUEST | {"version": "9"}, "UnknownVersionError", "my-api has no version 9; its newest is 2"),
        (REQUEST | {"version": "$LATEST"}, "LatestVersionError", "publish a version and use its number"),
        ({"function": "my-api:$LATEST"}, "LatestVersionError", "publish a version and use its number"),
        (OTHER_REGION, "OtherAccountError", "function is in account 123456789012, region us-east-1"),
        (REQUEST | {"version": "1"}, "AlreadyServedError", "my-api:live already serves version 1 alone"),
        *(
            (
                REQUEST | {"policy": {"steps": [{"percent": percent, "hold": "5m"}]}},
                "InvalidPolicyError",
                "steps[0].percent is",
            )
            for percent in (0, 100, -5, "10", 0.1)
        ),
        (REQUEST | {"policy": {"steps": STEPS * 2}}, "InvalidPolicyError", "steps[1].percent is 10 after 10"),
        (REQUEST | {"policy": {"steps": STEPS, "speed": 1}}, "InvalidPolicyError", "policy.speed is not a known field"),
    ],
)
def test_invalid_request_is_rejected(reject, request_, error, sentence):
    """P6, P10."""
    reject(request_, error, sentence)


INVALID_POLICY = {"steps": [{"percent": 0, "hold": "soon"}], "backe": 5}
POLICY_PROBLEMS = [
    "policy.steps[0].percent is 0",
    'policy.steps[0].hold is "soon"',
    "policy.backe is not a known field",
]
NO_FUNCTION = ["There is no function no-api"]


@pytest.mark.parametrize(
    ("request_", "errors", "sentences"),
    [
        (
            REQUEST | {"version": "$LATEST", "alias": "blue", "weight": 1, "policy": INVALID_POLICY},
            ["InvalidRequestError", "LatestVersionError", "InvalidPolicyError", "UnknownAliasError"],
            ["weight is not a known field", "publish a version", *POLICY_PROBLEMS, "my-api has no alias blue"],
        ),
        (
            REQUEST | {"version": "9", "alias": "blue", "policy": "nowhere"},
            ["UnknownPolicyError", "UnknownAliasError", "UnknownVersionError"],
            ["no parameter /rollouts/policies/nowhere", "has no alias blue", "has no version 9; its newest is 2"],
        ),
        (
            {"function": "no-api", "version": "new", "policy": INVALID_POLICY},
            ["InvalidRequestError", "UnknownFunctionError", "InvalidPolicyError"],
            ['version is "new"', *NO_FUNCTION, *POLICY_PROBLEMS],
        ),
        (
            {"function": "no api", "policy": INVALID_POLICY},
            ["InvalidRequestError", "InvalidPolicyError"],
            ['function is "no api"', *POLICY_PROBLEMS],
        ),
        (
            OTHER_REGION | {"version": "$LATEST", "policy": "Canary5Percent"},
            ["LatestVersionError", "OtherAccountError", "InvalidPolicyError"],
            ["publish a version", "region us-east-1", 'policy is "Canary5Percent": name a preset'],
        ),
        (
            {"function": "my-api:1", "alias": "7", "policy": INVALID_POLICY},
            ["InvalidRequestError", "InvalidPolicyError"],
            ['alias is "7"', *POLICY_PROBLEMS],
        ),
        ({"function": "no-api"}, ["UnknownFunctionError"], NO_FUNCTION),
    ],
)
def test_rejected_request_lists_every_reason(reject, store, request_, errors, sentences):
    """P6, P10: the error of the ending is the first one's name."""
    for sentence in sentences:
        reject(request_, errors[0], sentence)
    assert [type(reason).__name__ for reason in look_up(preparation(request_), NOW).refusals] == errors


def test_invalid_policy_of_tag_does_not_hide_other_reasons(reject, store):
    """P6, P10."""
    tag("nowhere")
    for sentence in ('The tag rollout:policy is "nowhere"', "my-api has no version 9"):
        reject(REQUEST | {"version": "9"}, "UnknownPolicyError", sentence)


def preparation(request_):
    return Preparation.model_validate(event("prepare_rollout") | {"request": request_})


@pytest.mark.parametrize("way", [{"back_to": 1}, {"back": True}])
def test_alias_returns_at_once_to_the_version_before(prepare, ledger, way):
    move_alias("2")
    ledger_table().open(PROMOTED, NOW)
    ledger_table().close(PROMOTED.target, PROMOTED.execution, ending_of(Outcome.PROMOTED, "healthy"), NOW)
    document = prepare(REQUEST | way)
    assert (document["start"], document["stable_version"], document["canary_version"]) == ("promote", "2", "1")
    assert document["policy_source"] == "the stack's DefaultPolicy, without its steps"
    assert sorted(entry["is_back"] for entry in ledger()) == [False, True]


def test_dry_run_shows_the_version_that_the_alias_would_return_to(prepare, ledger):
    """P6."""
    move_alias("2")
    plan = prepare(REQUEST | {"back_to": 1, "dry_run": True})["plan"]
    assert (plan["start"], plan["canary_version"], plan["refusals"]) == ("promote", "1", [])


def test_alias_without_an_earlier_version_in_the_ledger_does_not_return(reject):
    """P6."""
    reject(REQUEST | {"back": True}, "NoEarlierVersionError", "the ledger knows no version that it served before")


@pytest.mark.parametrize(
    ("move", "request_", "error", "sentence"),
    [
        (split, REQUEST, "AliasSplitError", "my-api:live is already split: version 1 with 10 % to version 2"),
        (serve_latest, REQUEST, "AliasServesLatestError", "my-api:live serves $LATEST, which is no published version"),
        (promote, REQUEST, "AlreadyServedError", "my-api:live already serves version 2 alone"),
        (promote, REQUEST | {"version": 1}, "OlderVersionError", "serves version 2, which is newer than version 1"),
    ],
)
def test_alias_that_cannot_be_rolled_out_to_is_rejected(reject, move, request_, error, sentence):
    """P6, P10."""
    move()
    reject(request_, error, sentence)


@pytest.mark.parametrize(
    ("configuration", "error", "sentence"),
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
def test_version_that_cannot_share_alias_is_rejected(reject, lambda_wire, configuration, error, sentence):
    """P6, P10."""
    lambda_wire.describe("2", **configuration)
    reject(REQUEST, error, sentence)


def test_provisioned_concurrency_in_progress_is_rejected(reject, lambda_wire):
    """P6, P10."""
    lambda_wire.answer("GetProvisionedConcurrencyConfig", Status="IN_PROGRESS")
    reject(REQUEST, "ProvisionedConcurrencyInProgressError", "still allocating")


def test_function_without_opt_in_tag_is_rejected(reject):
    """P6, P9."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
    client("lambda").untag_resource(Resource=arn, TagKeys=["rollout:alias"])
    reject(REQUEST, "NotOptedInError", "my-api has no tag rollout:alias")


def test_invalid_default_policy_is_rejected_with_its_source(reject, monkeypatch):
    """P6, P10."""
    monkeypatch.setenv("DEFAULT_POLICY", "Canary10Percent")
    reject(REQUEST, "InvalidPolicyError", "The stack's DefaultPolicy is refused")


def test_start_that_lambda_throttles_is_tried_again_for_long(prepare, lambda_wire):
    """P8: many rollouts begin at once. The state machine retries this error by its name."""
    lambda_wire.refuse("GetAlias", "TooManyRequestsException")
    with pytest.raises(StartThrottledError, match="reading my-api:live"):
        prepare(REQUEST)


def test_start_for_which_dynamodb_is_throttled_is_unavailable(prepare, monkeypatch):
    def fail(*_):
        raise AwsUnavailableError("reading the ledger: AWS answered ThrottlingException")

    monkeypatch.setattr("rollout.aws.dynamodb.locks.Locks.find", fail)
    with pytest.raises(AwsUnavailableError):
        prepare(REQUEST)


def test_pending_version_is_tried_again(prepare, lambda_wire):
    lambda_wire.describe("2", State="Pending")
    with pytest.raises(VersionPendingError):
        prepare(REQUEST)
    assert set(lambda_wire.calls) <= READS


def test_try_that_found_a_version_pending_is_counted(prepare, lambda_wire, capsys):
    """Its error is among the errors of the function, and is no failure."""
    lambda_wire.describe("2", State="Pending")
    with pytest.raises(VersionPendingError):
        prepare(REQUEST)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "PlannedRetries" in line]
    assert [(line["task"], line["PlannedRetries"]) for line in lines] == [("task", [1.0])]


def test_missing_alias_is_created(prepare, ledger):
    """P4: the task may run twice."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    for document in (prepare(REQUEST), prepare(REQUEST)):
        assert document["start"] == "nothing_to_do"
        assert "there was nothing to compare it with" in document["reason"]
    assert (alias()["version"], alias()["weights"], ledger()) == ("2", {}, [])


@pytest.fixture
def calls_of_day(aws):
    """Put a day of calls of the alias into CloudWatch, one datapoint for every five minutes, and one failed call."""

    def run(per_minute):
        dimensions = [{"Name": "FunctionName", "Value": "my-api"}, {"Name": "Resource", "Value": "my-api:live"}]
        closed = NOW.replace(second=0) - timedelta(minutes=2)
        data = [
            {
                "MetricName": "Invocations",
                "Dimensions": dimensions,
                "Timestamp": closed - timedelta(minutes=5 * number),
                "Value": 5 * per_minute,
            }
            for number in range(1, 301)
        ]
        errors = data[150] | {"MetricName": "Errors", "Value": 1.0}
        client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[*data, errors])

    return run


def test_auto_writes_concrete_steps_into_document_and_ledger(prepare, ledger, calls_of_day):
    """P12: every later task and the guardian read one plan."""
    calls_of_day(600)
    document = prepare({"function": "my-api", "policy": {}})
    assert (document["start"], shares(document)) == ("begin", [1, 5, 25, 50])
    assert document["auto"].startswith("steps: Auto chose 1 % for 14m, 5 % for 6m")
    assert document["reason"].endswith(document["auto"])
    [entry] = ledger()
    assert json.loads(entry["policy"]) == document["policy"]
    assert entry["reason"] == document["reason"]


def test_repeated_auto_chooses_the_same_plan(prepare, ledger, calls_of_day):
    """P4."""
    calls_of_day(60)
    assert prepare({"function": "my-api", "policy": "Auto"}) == prepare({"function": "my-api", "policy": "Auto"})


def test_auto_promotes_alias_without_calls_at_once_and_publishes_why(prepare, ledger, published):
    """P5: CloudWatch has nothing of a new alias, and no datapoint is no traffic to split."""
    document = prepare({"function": "my-api", "policy": {}})
    assert (document["start"], document["policy"]["steps"], document["policy"]["bake"]) == (
        "promote",
        "AllAtOnce",
        4500,
    )
    [started] = published()
    assert started["detail-type"] == "Rollout Started"
    assert started["detail"]["auto"] == document["auto"]
    assert "steps: Auto promotes at once, because the alias can expect about 0 calls" in started["detail"]["sentence"]


def test_policy_with_steps_of_its_own_reads_no_day_of_calls(prepare, ledger, calls_of_day):
    calls_of_day(600)
    document = prepare({"function": "my-api", "policy": {"steps": STEPS}})
    assert (shares(document), document["auto"]) == ([10], "")
