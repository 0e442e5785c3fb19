"""Each role can do what it needs, and nothing more."""

import pytest

from sandbox.accounts import HOME, MEMBER
from tests.e2e.conftest import STORIES, UNTAGGED

NEVER_SEEN = {
    # No policy in a member's stories names an alarm, and none of its aliases is missing.
    ("MemberRole", "cloudwatch:DescribeAlarms"),
    ("MemberRole", "lambda:CreateAlias"),
    # Lambda and Step Functions themselves do these in a role's name, and the emulator without asking IAM.
    ("StartRolloutFunctionRole", "sqs:SendMessage"),
    # A version is taken for missed a quarter of an hour after it was published.
    ("GuardianFunctionRole", "states:StartExecution"),
    *(
        ("RolloutStateMachineRole", action)
        for action in (
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "xray:PutTelemetryRecords",
            "xray:PutTraceSegments",
        )
    ),
}


@pytest.mark.usefixtures("swept", "late_shift", "second_promotion", "rollback_code_broken")
@pytest.mark.parametrize("account", [HOME, MEMBER])
def test_every_permission_granted_is_used_and_none_is_lacking(account, sandbox, stories):
    """P9: what IAM allowed each role in the stories is what the templates grant it, and nothing was denied."""
    for story in STORIES:
        stories(story)
    roles = {role: name for name, role in sandbox.resources(account).items() if name.endswith("Role")}
    decisions = [d for d in sandbox.decisions() if d["account"] == account and d["principal"] in roles]
    used = {(roles[d["principal"]], d["action"]) for d in decisions if d["allowed"]}
    granted = {(name, action) for role, name in roles.items() for action in _granted(sandbox, account, role)}
    assert [d for d in decisions if not d["allowed"] and not d["resource"].endswith(f":{UNTAGGED}")] == []
    assert used == granted - NEVER_SEEN


def _granted(sandbox, account: str, role: str) -> set[str]:
    """Return the actions of a role's own policies; AWS's managed ones for logs and traces come with every function."""
    iam, granted = sandbox.client("iam", account), set()
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            granted |= {actions} if isinstance(actions, str) else set(actions)
    return granted
