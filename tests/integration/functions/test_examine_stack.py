"""ExamineStack reads what the stack needs, and calls nothing good that it could not read (P5)."""

from datetime import timedelta

import pytest

from rollout.aws.boto import clients
from tests.integration.conftest import NOW, client

TRAIL = {"Name": "all", "S3BucketName": "trails", "IsMultiRegionTrail": True}
ALARM_TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
WRITES = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]
READS = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
DATA_ONLY = [{"ReadWriteType": "All", "IncludeManagementEvents": False}]


def advanced(*, category="Management", **fields):
    wanted = {"eventCategory": category, **fields}
    return [{"FieldSelectors": [{"Field": name, "Equals": [value]} for name, value in wanted.items()]}]


@pytest.fixture
def findings(handle):
    """Called, it examines the stack and returns the findings by their check."""

    def examine():
        answer = handle("examine_stack", {"answer": "examine"})
        return {finding["check"]: finding for finding in answer["findings"]}

    return examine


@pytest.fixture
def grade(findings):
    """Called with a check, it examines the stack and returns the grade of that check."""
    return lambda check: findings()[check]["grade"]


@pytest.fixture
def trail(aws):
    """A trail that logs; called, it sets which events."""
    client("s3").create_bucket(Bucket="trails", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    trails = client("cloudtrail")
    trails.create_trail(**TRAIL)
    trails.start_logging(Name="all")
    return lambda **selectors: trails.put_event_selectors(TrailName="all", **selectors)


@pytest.mark.usefixtures("my_api")
def test_new_stack_without_anything_has_a_fix_for_each_finding(findings):
    found = findings()
    assert {name: finding["grade"] for name, finding in found.items()} == {
        "trail": "bad",
        "published versions": "unknown",
        "opted-in functions": "good",
        "hooks": "good",
        "guardian": "bad",
        "errors of the stack": "good",
        "throttled calls": "good",
        "concurrency": "unknown",  # moto has no GetAccountSettings
        "alarms": "bad",
        "alarm subscriptions": "unknown",  # the topic does not exist
        "notifications": "warning",
        "dashboard": "bad",
        "freeze": "good",
    }
    assert all(finding["fix"] for finding in found.values() if finding["grade"] != "good")


@pytest.mark.usefixtures("aws")
def test_answer_is_that_of_a_taken_command(handle):
    answer = handle("examine_stack", {"answer": "examine"})
    assert (answer["answer"], answer["command"]) == ("taken", "doctor")
    assert answer["reason"] == "4 good, 2 warnings, 4 bad, 3 unknown"


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({"EventSelectors": WRITES}, "good"),
        ({"EventSelectors": READS}, "bad"),
        ({"EventSelectors": DATA_ONLY}, "bad"),
        ({"EventSelectors": READS + WRITES}, "good"),
        ({"AdvancedEventSelectors": advanced()}, "good"),
        ({"AdvancedEventSelectors": advanced(readOnly="false")}, "good"),
        ({"AdvancedEventSelectors": advanced(readOnly="true")}, "bad"),
        ({"AdvancedEventSelectors": advanced(category="Data")}, "bad"),
    ],
    ids=str,
)
def test_trail_is_good_only_if_it_logs_management_events_that_write(trail, selectors, expected, grade):
    trail(**selectors)
    assert grade("trail") == expected


def test_trail_that_is_stopped_is_bad(trail, findings):
    trail(EventSelectors=WRITES)
    client("cloudtrail").stop_logging(Name="all")
    found = findings()["trail"]
    assert (found["grade"], found["fix"]) == ("bad", "Start logging: aws cloudtrail start-logging --name all.")


def test_trail_whose_events_may_not_be_read_is_unknown(trail, refused, grade):
    refused(clients.cloudtrail_client(), "cloudtrail.GetEventSelectors")
    assert grade("trail") == "unknown"


@pytest.mark.usefixtures("my_api")
@pytest.mark.parametrize(
    ("service", "operation", "checks"),
    [
        ("cloudtrail", "DescribeTrails", ["trail"]),
        ("cloudwatch", "GetMetricData", ["published versions", "guardian", "errors of the stack", "throttled calls"]),
        ("cloudwatch", "DescribeAlarms", ["alarms"]),
        ("cloudwatch", "ListDashboards", ["dashboard"]),
        ("sns", "ListSubscriptionsByTopic", ["alarm subscriptions", "notifications"]),
        ("tagging", "GetResources", ["opted-in functions", "hooks"]),
    ],
)
def test_call_that_aws_refuses_makes_its_checks_unknown_and_no_other(refused, service, operation, checks, findings):
    before = findings()
    refused(getattr(clients, f"{service}_client")(), f"*.{operation}")
    after = findings()
    assert {name for name in after if after[name]["grade"] == "unknown"} >= set(checks)
    assert all(f"{operation} operation" in after[name]["found"] for name in checks)
    others = after.keys() - checks - {"concurrency"}  # which also needs the metrics
    assert {name: after[name] for name in others} == {name: before[name] for name in others}


@pytest.mark.usefixtures("my_api")
def test_answer_without_what_is_read_is_unknown_and_names_the_kind_of_error(findings, monkeypatch):
    monkeypatch.setattr(clients.lambda_client(), "get_account_settings", dict)
    concurrency = findings()["concurrency"]
    assert (concurrency["grade"], concurrency["found"]) == ("unknown", "It is not known: KeyError: 'AccountLimit'")


@pytest.mark.usefixtures("my_api")
def test_confirmed_subscription_is_good(grade):
    client("sns").create_topic(Name="alarms")
    assert grade("alarm subscriptions") == "bad"
    queue = client("sqs").create_queue(QueueName="alarms")
    assert queue
    client("sns").subscribe(TopicArn=ALARM_TOPIC, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:alarms")
    assert grade("alarm subscriptions") == "good"


@pytest.mark.usefixtures("my_api")
def test_alarms_and_dashboard_are_those_of_the_stack(grade):
    metric = {"Namespace": "LambdaRollouts", "MetricName": "RolloutsOpen", "Period": 60, "EvaluationPeriods": 1}
    rule = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}
    cloudwatch = client("cloudwatch")
    for name in ("other-Alarm", "rollouts-Alarm", "rollouts-2-Alarm", "rollouts-OtherAlarm"):
        cloudwatch.put_metric_alarm(AlarmName=name, ActionsEnabled=True, **metric, **rule)
    cloudwatch.set_alarm_state(AlarmName="rollouts-2-Alarm", StateValue="ALARM", StateReason="of another stack")
    cloudwatch.put_dashboard(DashboardName="rollouts-of-another", DashboardBody='{"widgets": []}')
    assert (grade("alarms"), grade("dashboard")) == ("good", "bad")
    cloudwatch.set_alarm_state(AlarmName="rollouts-Alarm", StateValue="ALARM", StateReason="test")
    cloudwatch.put_dashboard(DashboardName="rollouts", DashboardBody='{"widgets": []}')
    assert (grade("alarms"), grade("dashboard")) == ("bad", "good")


@pytest.mark.usefixtures("my_api")
def test_alarm_that_was_deleted_is_named(findings):
    metric = {"Namespace": "LambdaRollouts", "MetricName": "RolloutsOpen", "Period": 60, "EvaluationPeriods": 1}
    rule = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}
    client("cloudwatch").put_metric_alarm(AlarmName="rollouts-Alarm", **metric, **rule)
    assert findings()["alarms"]["found"] == "1 of 2 alarms is missing: rollouts-OtherAlarm."


@pytest.mark.usefixtures("my_api")
def test_try_that_found_a_version_pending_is_no_failed_call(findings):
    def put(namespace, name, value, **dimensions):
        named = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        data = {"MetricName": name, "Value": value, "Dimensions": named, "Timestamp": NOW - timedelta(hours=1)}
        client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[data])

    function = "rollouts-StartRollout"
    put("AWS/Lambda", "Errors", 3, FunctionName=function)
    put("LambdaRollouts", "PlannedRetries", 2, task=function, service="rollouts")
    found = findings()["errors of the stack"]
    assert found["found"] == (
        "1 failed call of 2 functions in a day, besides 2 tries that found a version Pending and came again:"
        " rollouts-StartRollout 1."
    )


@pytest.mark.usefixtures("my_api")
def test_hook_counts_by_its_tag(findings):
    client("lambda").tag_resource(
        Resource="arn:aws:lambda:eu-west-1:123456789012:function:my-api", Tags={"rollout:hook": "yes"}
    )
    assert findings()["hooks"]["found"] == "1 function may be called as a hook: my-api."


@pytest.fixture
def refused():
    """Called with a client and an operation, AWS refuses it."""
    hooks = []

    def refuse(aws_client, operation):
        def deny(model, **_):
            return _Denied, {"Error": {"Code": "AccessDeniedException", "Message": f"no {model.name} operation"}}

        aws_client.meta.events.register_first(f"before-call.{operation}", deny)
        hooks.append((aws_client, operation, deny))

    yield refuse
    for aws_client, operation, deny in hooks:
        aws_client.meta.events.unregister(f"before-call.{operation}", deny)


class _Denied:
    status_code = 403
