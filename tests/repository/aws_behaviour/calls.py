"""Every AWS call that the layer and the state machine make: what each one sends, reads, catches and compares.

`test_calls.py` holds the table against the code, by its syntax tree, and against botocore's service models.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALIAS = {"FunctionName": "my-api", "Name": "live"}
VERSION = ALIAS | {"FunctionVersion": "42"}
ALIAS_READ = ("FunctionVersion", "RevisionId", "RoutingConfig.AdditionalVersionWeights")
TEXT = {"S": "text"}
KEY = {"target": TEXT, "entry": TEXT}
VALUES = {":value": TEXT}
DIMENSION = {"Name": "FunctionName", "Value": "my-api"}
METRIC = {"Namespace": "AWS/Lambda", "MetricName": "Duration", "Dimensions": [DIMENSION]}
METRIC_STAT = {"Metric": METRIC, "Period": 60, "Stat": "TC(:800)"}
ENTRY = {"EventBusName": "rollouts", "Source": "rollouts", "DetailType": "Rollout Started", "Detail": "{}"}
ATTRIBUTE = {"DataType": "String", "StringValue": "my-api"}
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-42"


class Call(NamedTuple):
    """One operation, as one part of `rollout.aws` uses it."""

    part: str
    """The package or the module below `rollout.aws`."""
    operation: str
    """The name in the API model, such as `lambda:GetAlias`."""
    sent: dict[str, Any]
    """Every parameter that is sent, with an example of its value."""
    read: tuple[str, ...] = ()
    """The path of each field of the response that is read; `[]` stands for the items of a list."""
    caught: tuple[str, ...] = ()
    """The errors that are caught by name."""
    values: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - a NamedTuple copies no default, and nothing changes this one
    """The values that a field of the response is compared with, by its path."""


CALLS = [
    Call(
        "lambda_",
        "lambda:GetFunction",
        {"FunctionName": "my-api", "Qualifier": "42"},
        (
            "Tags",
            "TagsError.ErrorCode",
            "TagsError.Message",
            *(f"Configuration.{name}" for name in ("State", "StateReason", "StateReasonCode", "Role", "Timeout")),
            *(f"Configuration.{name}" for name in ("DurableConfig", "DeadLetterConfig.TargetArn")),
            "Configuration.LoggingConfig.LogGroup",
            "Configuration.CodeSha256",
        ),
        ("ResourceNotFoundException",),
        {"Configuration.State": ("Active", "Pending", "Inactive")},
    ),
    Call(
        "lambda_",
        "lambda:ListVersionsByFunction",
        {"FunctionName": "my-api"},
        ("Versions[].Version", "NextMarker"),
    ),
    Call("lambda_", "lambda:GetAlias", ALIAS, (*ALIAS_READ, "Description"), ("ResourceNotFoundException",)),
    Call("lambda_", "lambda:CreateAlias", VERSION | {"Description": "by"}, (), ("ResourceConflictException",)),
    Call("lambda_", "lambda:DeleteAlias", ALIAS, (), ("ResourceNotFoundException",)),
    Call(
        "lambda_",
        "lambda:UpdateAlias",
        VERSION | {"RoutingConfig": {"AdditionalVersionWeights": {"43": 0.05}}, "RevisionId": "r"},
        (*ALIAS_READ, "Description"),
        ("ResourceNotFoundException", "PreconditionFailedException"),
    ),
    Call(
        "lambda_",
        "lambda:GetProvisionedConcurrencyConfig",
        {"FunctionName": "my-api", "Qualifier": "live"},
        ("Status",),
        ("ProvisionedConcurrencyConfigNotFoundException",),
        {"Status": ("IN_PROGRESS",)},
    ),
    Call(
        "lambda_",
        "lambda:GetPolicy",
        {"FunctionName": "my-api", "Qualifier": "live"},
        ("Policy",),
        ("ResourceNotFoundException",),
    ),
    Call(
        "lambda_",
        "lambda:GetFunctionUrlConfig",
        {"FunctionName": "my-api", "Qualifier": "live"},
        (),
        ("ResourceNotFoundException",),
    ),
    Call(
        "lambda_",
        "lambda:ListEventSourceMappings",
        {"FunctionName": "my-api:live"},
        tuple(f"EventSourceMappings[].{name}" for name in ("EventSourceArn", "UUID", "FunctionResponseTypes[]")),
        ("ResourceNotFoundException",),
        {"EventSourceMappings[].FunctionResponseTypes[]": ("ReportBatchItemFailures",)},
    ),
    Call(
        "lambda_",
        "resourcegroupstaggingapi:GetResources",
        {
            "ResourceTypeFilters": ["lambda:function"],
            "TagFilters": [{"Key": "rollout:alias"}, {"Key": "rollout:release", "Values": ["shop"]}],
        },
        tuple(f"ResourceTagMappingList[].{name}" for name in ("ResourceARN", "Tags[].Key", "Tags[].Value")),
    ),
    Call(
        "cloudwatch",
        "cloudwatch:GetMetricData",
        {
            "MetricDataQueries": [{"Id": "m0", "MetricStat": METRIC_STAT, "AccountId": "210987654321"}],
            "StartTime": NOW,
            "EndTime": NOW,
        },
        tuple(f"MetricDataResults[].{name}" for name in ("Id", "StatusCode", "Timestamps[]", "Values[]")),
        (),
        {"MetricDataResults[].StatusCode": ("Complete",)},
    ),
    Call(
        "cloudwatch",
        "cloudwatch:DescribeAlarms",
        {"AlarmNames": ["checkout-5xx"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100},
        (
            *(
                f"{kind}[].{name}"
                for kind in ("MetricAlarms", "CompositeAlarms")
                for name in ("AlarmName", "StateValue")
            ),
            *(f"MetricAlarms[].{name}" for name in ("Namespace", "MetricName", "Dimensions", "Period", "Statistic")),
            *(
                f"MetricAlarms[].{name}"
                for name in ("ExtendedStatistic", "Metrics[].MetricStat", "Metrics[].AccountId")
            ),
        ),
        (),
        {f"{kind}[].StateValue": ("ALARM", "OK", "INSUFFICIENT_DATA") for kind in ("MetricAlarms", "CompositeAlarms")},
    ),
    Call(
        "cloudwatch",
        "logs:StartQuery",
        {
            "logGroupNames": ["/aws/lambda/my-api"],
            "startTime": 1772366400,
            "endTime": 1772366459,
            "queryString": "stats count(*) as written by bin(60s) as minute",
            "limit": 10_000,
        },
        ("queryId",),
        (
            "ResourceNotFoundException",
            "LimitExceededException",
            "ServiceUnavailableException",
            "MalformedQueryException",
            "InvalidParameterException",
        ),
    ),
    Call(
        "cloudwatch",
        "logs:GetQueryResults",
        {"queryId": "query-1"},
        ("status", "results[][].field", "results[][].value", "statistics.recordsMatched"),
        (),
        {"status": ("Complete", "Scheduled", "Running", "Unknown")},
    ),
    Call("cloudwatch", "logs:StopQuery", {"queryId": "query-1"}),
    Call(
        "cloudtrail",
        "cloudtrail:LookupEvents",
        {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}],
            "StartTime": NOW,
            "EndTime": NOW,
        },
        ("Events[].CloudTrailEvent",),
    ),
    Call(
        "doctor",
        "cloudtrail:DescribeTrails",
        {"includeShadowTrails": True},
        ("trailList[].Name", "trailList[].TrailARN"),
    ),
    Call(
        "doctor",
        "cloudtrail:GetTrailStatus",
        {"Name": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all"},
        ("IsLogging",),
    ),
    Call(
        "doctor",
        "cloudtrail:GetEventSelectors",
        {"TrailName": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/all"},
        (
            *(f"EventSelectors[].{name}" for name in ("IncludeManagementEvents", "ReadWriteType")),
            *(f"AdvancedEventSelectors[].FieldSelectors[].{name}" for name in ("Field", "Equals[]")),
        ),
        (),
        {"EventSelectors[].ReadWriteType": ("All", "WriteOnly")},
    ),
    Call(
        "doctor",
        "cloudwatch:GetMetricData",
        {"MetricDataQueries": [], "StartTime": NOW, "EndTime": NOW},
        ("MetricDataResults[].Id", "MetricDataResults[].Values[]"),
    ),
    Call(
        "doctor",
        "cloudwatch:DescribeAlarms",
        {"AlarmNames": ["lambda-rollouts-RollbackFailedAlarm-1A2B3C4D"], "MaxRecords": 100},
        tuple(f"MetricAlarms[].{name}" for name in ("AlarmName", "StateValue", "ActionsEnabled")),
        (),
        {"MetricAlarms[].StateValue": ("ALARM",)},
    ),
    Call(
        "doctor",
        "cloudwatch:ListDashboards",
        {"DashboardNamePrefix": "lambda-rollouts"},
        ("DashboardEntries[].DashboardName",),
    ),
    Call(
        "doctor",
        "sns:ListSubscriptionsByTopic",
        {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:rollouts"},
        ("Subscriptions[].SubscriptionArn",),
    ),
    Call(
        "doctor",
        "lambda:GetAccountSettings",
        {},
        ("AccountLimit.ConcurrentExecutions", "AccountLimit.UnreservedConcurrentExecutions"),
    ),
    Call(
        "doctor",
        "resourcegroupstaggingapi:GetResources",
        {"ResourceTypeFilters": ["lambda:function"], "TagFilters": [{"Key": "rollout:hook"}]},
        ("ResourceTagMappingList[].ResourceARN",),
    ),
    Call(
        "event_bus",
        "events:PutEvents",
        {"Entries": [ENTRY | {"Resources": [EXECUTION], "Time": NOW}]},
        ("FailedEntryCount", "Entries[].ErrorCode", "Entries[].ErrorMessage"),
    ),
    Call(
        "sns_topic",
        "sns:Publish",
        {
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:rollouts",
            "Subject": "Rolled back: my-api:live",
            "Message": "why",
            "MessageAttributes": {"function": ATTRIBUTE},
        },
    ),
    Call("parameter_store", "ssm:GetParameter", {"Name": "/rollouts/policies/careful"}, (), ("ParameterNotFound",)),
    Call(
        "step_functions",
        "stepfunctions:DescribeExecution",
        {"executionArn": EXECUTION},
        ("status", "error"),
        ("ExecutionDoesNotExist",),
        {"status": ("RUNNING", "FAILED")},
    ),
    Call(
        "step_functions",
        "stepfunctions:StartExecution",
        {
            "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts",
            "name": "my-api-42",
            "input": "{}",
        },
        (),
        ("ExecutionAlreadyExists",),
    ),
    Call(
        "step_functions",
        "stepfunctions:StopExecution",
        {"executionArn": EXECUTION, "error": "RolloutAborted", "cause": "aborted by the command abort-1: it is slow"},
        (),
        ("ExecutionDoesNotExist", "ValidationException"),
    ),
    Call("s3", "s3:GetObject", {"Bucket": "releases", "Key": "november/3.json"}, ("Body", "ContentLength")),
    Call("dynamodb", "dynamodb:GetItem", {"TableName": "ledger", "Key": KEY, "ConsistentRead": True}, ("Item",)),
    Call(
        "dynamodb",
        "dynamodb:PutItem",
        {"TableName": "ledger", "Item": KEY, "ConditionExpression": "c", "ExpressionAttributeValues": VALUES},
        (),
        ("ConditionalCheckFailedException",),
    ),
    Call(
        "dynamodb",
        "dynamodb:UpdateItem",
        {
            "TableName": "ledger",
            "Key": KEY,
            "UpdateExpression": "u",
            "ConditionExpression": "c",
            "ExpressionAttributeNames": {"#open": "open"},
            "ExpressionAttributeValues": VALUES,
            "ReturnValues": "ALL_OLD",
        },
        ("Attributes",),
        ("ConditionalCheckFailedException",),
    ),
    Call(
        "dynamodb",
        "dynamodb:TransactWriteItems",
        {
            "TransactItems": [
                {
                    "Update": {
                        "TableName": "ledger",
                        "Key": KEY,
                        "UpdateExpression": "u",
                        "ConditionExpression": "c",
                        "ExpressionAttributeValues": VALUES,
                    }
                },
                {"Put": {"TableName": "ledger", "Item": KEY, "ConditionExpression": "c"}},
            ]
        },
        (),
        ("TransactionCanceledException",),
    ),
    Call(
        "dynamodb",
        "dynamodb:DeleteItem",
        {"TableName": "ledger", "Key": KEY, "ConditionExpression": "c", "ExpressionAttributeValues": VALUES},
        (),
        ("ConditionalCheckFailedException",),
    ),
    Call(
        "dynamodb",
        "dynamodb:BatchGetItem",
        {"RequestItems": {"ledger": {"Keys": [KEY]}}},
        ("Responses",),
    ),
    Call(
        "dynamodb",
        "dynamodb:Query",
        {
            "TableName": "ledger",
            "IndexName": "open",
            "KeyConditionExpression": "k",
            "FilterExpression": "f",
            "ExpressionAttributeNames": {"#open": "open"},
            "ExpressionAttributeValues": VALUES,
            "ScanIndexForward": False,
            "Limit": 1,
            "ConsistentRead": True,
        },
        ("Items",),
    ),
    Call(
        "boto",
        "sts:AssumeRole",
        {
            "RoleArn": "arn:aws:iam::210987654321:role/rollouts-member-eu-west-1",
            "RoleSessionName": "lambda-rollouts",
            "ExternalId": "rollouts",
        },
    ),
]

MADE_BY_LIBRARIES = {"AssumeRoleCredentialFetcher": "sts:AssumeRole", "SSMProvider": "ssm:GetParameter"}
"""The classes of botocore and Powertools that call AWS for the layer; they send and read the rest themselves."""
