"""What crosses from one account to another, beyond what the emulator tries at each start."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import HOME, MEMBER, ORGANIZATION, STRANGER
from sandbox.deploy import DeployError, deploy_member
from sandbox.shop import Shop

REGION, ELSEWHERE = "us-east-1", "eu-west-1"
BUS = f"arn:aws:events:{REGION}:{HOME}:event-bus/"
FUNCTION = f"arn:aws:iam::{HOME}:role/function"
STATEMENT = {"Effect": "Allow", "Action": "events:PutEvents"}


def code(call, **asked):
    try:
        call(**asked)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


@pytest.fixture
def bus(emulator, request):
    """A bus of the home account with a policy; return its ARN."""
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
        ({"Principal": "*", "Condition": {"StringEquals": {"events:source": "told"}}}, {MEMBER, STRANGER}),
        ({"Principal": "*", "Condition": {"ForAllValues:StringEquals": {"events:source": ["other"]}}}, set()),
        ({"Principal": "*", "Condition": {"StringEquals": {"events:detail-type": ["Told"]}}}, {MEMBER, STRANGER}),
        ({"Principal": {"AWS": MEMBER}, "Action": "events:PutRule"}, set()),
    ],
)
def test_a_bus_takes_what_its_policy_says_and_nothing_else(emulator, bus, statement, accepted):
    policy = {"Version": "2012-10-17", "Statement": [{**STATEMENT, "Resource": bus, **statement}]}
    emulator.client("events", HOME).put_permission(EventBusName=bus.split("/")[1], Policy=json.dumps(policy))
    entry = {"Source": "told", "DetailType": "Told", "Detail": "{}", "EventBusName": bus}
    codes = {a: code(emulator.client("events", a).put_events, Entries=[entry]) for a in (MEMBER, STRANGER)}
    assert {account for account, said in codes.items() if said == "accepted"} == accepted
    assert set(codes.values()) <= {"accepted", "AccessDeniedException"}


def statements(emulator, bus):
    policy = emulator.client("events", HOME).describe_event_bus(Name=bus.split("/")[1]).get("Policy", "{}")
    return {statement["Sid"]: statement["Principal"] for statement in json.loads(policy).get("Statement", [])}


def test_a_policy_of_a_template_is_made_changed_and_taken_away(emulator, bus):
    """In both forms that CloudFormation has for it."""
    formation = emulator.client("cloudformation", HOME)
    whole = {"Statement": {**STATEMENT, "Principal": {"AWS": MEMBER}, "Resource": bus}}
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": ORGANIZATION}
    parts = {"Action": "events:PutEvents", "Principal": "*", "Condition": condition}

    def template(properties):
        named = {"EventBusName": bus.split("/")[1], "StatementId": "in", **properties}
        return json.dumps({"Resources": {"Policy": {"Type": "AWS::Events::EventBusPolicy", "Properties": named}}})

    formation.create_stack(StackName="policy", TemplateBody=template(whole))
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
    """A role of the home account that may assume any; return a client of STS that acts with it."""
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
    ("condition", "said"),
    [
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/func*"}}, "accepted"),
        ({"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/*"}}, "accepted"),
        ({"ArnEquals": {"aws:PrincipalArn": FUNCTION}}, "accepted"),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/other*"}}, "AccessDenied"),
        ({"StringLike": {"aws:PrincipalArn": f"arn:aws:sts::{HOME}:assumed-role/*"}}, "AccessDenied"),
        ({"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}, "accepted"),
        ({"StringEquals": {"sts:ExternalId": "ours"}}, "accepted"),
        ({"StringEquals": {"sts:ExternalId": "theirs"}}, "AccessDenied"),
    ],
)
def test_a_role_of_another_account_is_assumed_on_its_own_conditions(emulator, function_role, condition, said):
    """Of a session, `aws:PrincipalArn` is its role."""
    trust = {**STATEMENT, "Action": "sts:AssumeRole", "Principal": {"AWS": HOME}, "Condition": condition}
    iam, document = emulator.client("iam", MEMBER), json.dumps({"Statement": trust})
    iam.create_role(RoleName="lent", AssumeRolePolicyDocument=document)
    try:
        lent = {"RoleArn": f"arn:aws:iam::{MEMBER}:role/lent", "RoleSessionName": "session", "ExternalId": "ours"}
        assert code(function_role.assume_role, **lent) == said
    finally:
        iam.delete_role(RoleName="lent")


def test_a_shop_lies_in_its_own_account_and_region_alone(emulator):
    Shop(emulator, "afar", account=MEMBER, region=ELSEWHERE).open()
    places = [(MEMBER, ELSEWHERE), (MEMBER, REGION), (HOME, ELSEWHERE), (None, None)]
    found = [code(emulator.client("lambda", *place).get_function, FunctionName="afar") for place in places]
    assert found == ["accepted", *["ResourceNotFoundException"] * 3]


def test_lambda_names_the_region_it_cannot_reach(emulator):
    function = f"arn:aws:lambda:{ELSEWHERE}:{MEMBER}:function:afar"
    with pytest.raises(ClientError, match="Functions from 'eu-west-1' are not reachable in this region"):
        emulator.client("lambda", MEMBER).get_alias(FunctionName=function, Name="live")


def test_a_members_stack_that_fails_says_why(emulator, tmp_path):
    template = tmp_path / "template.json"
    policy = {"Type": "AWS::Events::EventBusPolicy", "Properties": {"EventBusName": "nowhere", "StatementId": "in"}}
    template.write_text(json.dumps({"Resources": {"Policy": policy}}))
    with pytest.raises(DeployError, match=f"{MEMBER} in {ELSEWHERE} .* nowhere does not exist"):
        deploy_member(emulator, template, MEMBER, ELSEWHERE, {})
