"""Events and roles between accounts, beyond the checks of the emulator's self-test."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import HOME, MEMBER, ORGANIZATION, OTHER_REGION, OUTSIDER
from sandbox.deploy import deploy_member
from sandbox.sam import DeployError
from sandbox.shop import Shop

REGION = "us-east-1"
BUS = f"arn:aws:events:{REGION}:{HOME}:event-bus/"
FUNCTION = f"arn:aws:iam::{HOME}:role/function"
STATEMENT = {"Effect": "Allow", "Action": "events:PutEvents"}


def code(call, **parameters):
    """Return the error code of a call, or `accepted`."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


@pytest.fixture
def bus(emulator, request):
    """Yield the ARN of a bus in the home account, which the test gives a policy."""
    events, name = emulator.client("events", HOME), request.node.name.partition("[")[0][-40:]
    events.create_event_bus(Name=name)
    yield BUS + name
    events.delete_event_bus(Name=name)


@pytest.mark.parametrize(
    ("statement", "accepted"),
    [
        ({"Principal": {"AWS": MEMBER}}, {MEMBER}),
        ({"Principal": {"AWS": f"arn:aws:iam::{MEMBER}:root"}}, {MEMBER}),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}}, {MEMBER}),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-another"}}}, set()),
        ({"Principal": "*", "Condition": {"StringEquals": {"events:source": "allowed"}}}, {MEMBER, OUTSIDER}),
        ({"Principal": "*", "Condition": {"ForAllValues:StringEquals": {"events:source": ["other"]}}}, set()),
        ({"Principal": "*", "Condition": {"StringEquals": {"events:detail-type": ["Test"]}}}, {MEMBER, OUTSIDER}),
        ({"Principal": {"AWS": MEMBER}, "Action": "events:PutRule"}, set()),
    ],
)
def test_bus_accepts_only_what_its_policy_allows(emulator, bus, statement, accepted):
    policy = {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": bus, **statement}]}
    emulator.client("events", HOME).put_permission(EventBusName=bus.split("/")[1], Policy=json.dumps(policy))
    entry = {"Source": "allowed", "DetailType": "Test", "Detail": "{}", "EventBusName": bus}
    codes = {a: code(emulator.client("events", a).put_events, Entries=[entry]) for a in (MEMBER, OUTSIDER)}
    assert {account for account, result in codes.items() if result == "accepted"} == accepted
    assert set(codes.values()) <= {"accepted", "AccessDeniedException"}


def statements(emulator, bus):
    policy = emulator.client("events", HOME).describe_event_bus(Name=bus.split("/")[1]).get("Policy", "{}")
    return {statement["Sid"]: statement["Principal"] for statement in json.loads(policy).get("Statement", [])}


def test_bus_policy_of_a_stack_is_created_updated_and_deleted(emulator, bus):
    """CloudFormation accepts a whole statement, and its parts as separate properties."""
    formation = emulator.client("cloudformation", HOME)
    statement = {"Statement": {**STATEMENT, "Principal": {"AWS": MEMBER}, "Resource": bus}}
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": ORGANIZATION}
    parts = {"Action": "events:PutEvents", "Principal": "*", "Condition": condition}

    def template(properties):
        named = {"EventBusName": bus.split("/")[1], "StatementId": "in", **properties}
        return json.dumps({"Resources": {"Policy": {"Type": "AWS::Events::EventBusPolicy", "Properties": named}}})

    formation.create_stack(StackName="policy", TemplateBody=template(statement))
    formation.get_waiter("stack_create_complete").wait(StackName="policy", WaiterConfig={"Delay": 0.05})
    assert statements(emulator, bus) == {"in": {"AWS": MEMBER}}
    formation.update_stack(StackName="policy", TemplateBody=template({**parts, "StatementId": "organization"}))
    formation.get_waiter("stack_update_complete").wait(StackName="policy", WaiterConfig={"Delay": 0.05})
    assert statements(emulator, bus) == {"organization": "*"}
    formation.delete_stack(StackName="policy")
    formation.get_waiter("stack_delete_complete").wait(StackName="policy", WaiterConfig={"Delay": 0.05})
    assert statements(emulator, bus) == {}


@pytest.fixture(scope="module")
def function_role(emulator):
    """Return an STS client with a role of the home account that may assume any role."""
    iam, sts = emulator.client("iam", HOME), emulator.client("sts", HOME)
    trust = {**STATEMENT, "Action": "sts:AssumeRole", "Principal": {"AWS": HOME}}
    iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
    policy = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}
    iam.put_role_policy(RoleName="function", PolicyName="assume", PolicyDocument=json.dumps(policy))
    keys = sts.assume_role(RoleArn=FUNCTION, RoleSessionName="session")["Credentials"]
    return boto3.client(
        "sts",
        endpoint_url=emulator.url,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/func*"}}, "accepted"),
        ({"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/*"}}, "accepted"),
        ({"ArnEquals": {"aws:PrincipalArn": FUNCTION}}, "accepted"),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/other*"}}, "AccessDenied"),
        ({"StringLike": {"aws:PrincipalArn": f"arn:aws:sts::{HOME}:assumed-role/*"}}, "AccessDenied"),
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, "accepted"),
        ({"StringEquals": {"sts:ExternalId": "expected"}}, "accepted"),
        ({"StringEquals": {"sts:ExternalId": "another"}}, "AccessDenied"),
    ],
)
def test_role_of_another_account_is_assumed_under_its_trust_conditions(emulator, function_role, condition, result):
    """`aws:PrincipalArn` of a session is the role's ARN."""
    trust = {**STATEMENT, "Action": "sts:AssumeRole", "Principal": {"AWS": HOME}, "Condition": condition}
    iam, document = emulator.client("iam", MEMBER), json.dumps({"Statement": trust})
    iam.create_role(RoleName="lent", AssumeRolePolicyDocument=document)
    try:
        lent = {"RoleArn": f"arn:aws:iam::{MEMBER}:role/lent", "RoleSessionName": "session", "ExternalId": "expected"}
        assert code(function_role.assume_role, **lent) == result
    finally:
        iam.delete_role(RoleName="lent")


def test_shop_exists_only_in_its_account_and_region(emulator):
    Shop(emulator, "afar", account=MEMBER, region=OTHER_REGION).create()
    locations = [(MEMBER, OTHER_REGION), (MEMBER, REGION), (HOME, OTHER_REGION), (None, None)]
    codes = [code(emulator.client("lambda", *location).get_function, FunctionName="afar") for location in locations]
    assert codes == ["accepted", *["ResourceNotFoundException"] * 3]


def test_call_for_a_function_of_another_region_is_refused_with_its_name(emulator):
    function = f"arn:aws:lambda:{OTHER_REGION}:{MEMBER}:function:afar"
    with pytest.raises(ClientError, match="Functions from 'eu-west-1' are not reachable in this region"):
        emulator.client("lambda", MEMBER).get_alias(FunctionName=function, Name="live")


def test_failed_stack_of_a_member_account_reports_the_reason(emulator, tmp_path):
    template = tmp_path / "template.json"
    policy = {"Type": "AWS::Events::EventBusPolicy", "Properties": {"EventBusName": "nowhere", "StatementId": "in"}}
    template.write_text(json.dumps({"Resources": {"Policy": policy}}))
    with pytest.raises(DeployError, match=f"{MEMBER} in {OTHER_REGION}: Event bus nowhere does not exist"):
        deploy_member(emulator, template, MEMBER, OTHER_REGION, {})
