"""The stack deploys under any name, as a nested stack has one, and with every parameter set."""

import json

import pytest
from botocore.exceptions import WaiterError

from sandbox.accounts import HOME, MEMBER
from sandbox.deploy import build, deploy, deploy_member
from sandbox.run_folders import own_folder
from sandbox.server import REGION, ROOT, free_port, running

pytestmark = pytest.mark.timeout(600)
LONGEST_STACK = "PlatformInfrastructure-" + "LambdaRolloutsNestedStackLambdaRolloutsNestedStackResource-" * 2
LONGEST_NAME = "n" * 24
BOUNDARY = f"arn:aws:iam::{HOME}:policy/boundary"
PARAMETERS = {
    "OrchestratorName": LONGEST_NAME,
    "MemberAccounts": MEMBER,
    "MemberExternalId": "external-id",
    "Architecture": "x86_64",
    "AlarmEmail": "operators@example.com",
    "PermissionsBoundary": BOUNDARY,
}
TRUST = {"Version": "2012-10-17", "Statement": []}


def test_stack_with_longest_names_is_deployed_and_known_to_member_accounts():
    stack = (LONGEST_STACK + "S" * 128)[:128]
    with own_folder("stack-names-build") as folder, running(free_port(), "stack-names", HOME) as sandbox:
        built = build(folder)
        outputs = deploy(sandbox, built, PARAMETERS, stack)
        parameters = {"OrchestratorAccount": HOME, "OrchestratorRegion": REGION, "MemberExternalId": "external-id"}
        member = {**parameters, "OrchestratorName": LONGEST_NAME, "PermissionsBoundary": BOUNDARY}
        deploy_member(sandbox, ROOT / "template-member.yaml", MEMBER, REGION, member)
        roles = {role["RoleName"]: role for role in sandbox.client("iam", MEMBER).list_roles()["Roles"]}
        topic = sandbox.client("sns").list_subscriptions_by_topic(TopicArn=outputs["AlarmTopicArn"])["Subscriptions"]
    assert outputs["StateMachineArn"].endswith(f":stateMachine:{LONGEST_NAME}")
    assert {f"{LONGEST_NAME}-{HOME}-{kind}-{REGION}" for kind in ("member", "writer", "restorer")} <= {*roles}
    assert [(one["Protocol"], one["Endpoint"]) for one in topic] == [("email", "operators@example.com")]


@pytest.mark.parametrize("properties", [{"RoleName": "r" * 65}, {"RoleName": "r", "Path": "no-slash"}])
def test_role_with_a_name_or_path_that_iam_refuses_is_refused(emulator, properties):
    formation, name = emulator.client("cloudformation", MEMBER), f"refused-{len(properties)}"
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **properties}}
    capabilities = ["CAPABILITY_NAMED_IAM"]
    formation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"Role": role}}), Capabilities=capabilities
    )
    with pytest.raises(WaiterError):
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
    events = formation.describe_stack_events(StackName=name)["StackEvents"]
    assert any(
        "roleName" in one.get("ResourceStatusReason", "") or "path" in one.get("ResourceStatusReason", "")
        for one in events
    )
