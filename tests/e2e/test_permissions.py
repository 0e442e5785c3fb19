"""Each role has the permissions that it needs, and no others."""

import pytest

from sandbox.accounts import HOME, MEMBER
from tests.e2e.stories.member_accounts import UNTAGGED
from tests.e2e.stories.releases_of_members import FORBIDDEN, KEY
from tests.e2e.stories.schedule import STORIES
from tests.e2e.stories.vanished_tags import VANISHED

UNUSED = {
    # No policy of a member account's rollout names an alarm.
    ("MemberRole", "cloudwatch:DescribeAlarms"),
    # No dry run is of a function in a member account.
    ("MemberRole", "lambda:GetFunctionUrlConfig"),
    ("MemberRole", "lambda:GetPolicy"),
    ("MemberRole", "lambda:ListEventSourceMappings"),
    # No version waits for a hundred tries.
    ("PrepareRolloutFunctionRole", "states:StartExecution"),
    # No alias of a member account gets another revision in the same moment.
    ("WriterRole", "lambda:GetAlias"),
    # No query outlasts its evaluation, or the reading of a canary's log.
    ("JudgeCanaryFunctionRole", "logs:StopQuery"),
    ("ReadCanaryLogsFunctionRole", "logs:StopQuery"),
    ("MemberRole", "logs:StopQuery"),
    # No release names a policy with an alarm.
    ("PrepareReleaseFunctionRole", "cloudwatch:DescribeAlarms"),
    # Each rollout of a release has recorded its ending itself.
    ("JudgeReleaseFunctionRole", "dynamodb:Query"),
    # No function publishes while the release of its tag runs.
    ("StartRolloutFunctionRole", "states:DescribeExecution"),
    # Lambda and Step Functions use these themselves; the emulator does so without a decision of IAM.
    ("StartRolloutFunctionRole", "sqs:SendMessage"),
    ("ReportAliasMoveFunctionRole", "sqs:SendMessage"),
    ("GuardianFunctionRole", "sqs:SendMessage"),
    ("ReleaseStateMachineRole", "states:DescribeExecution"),
    ("ReleaseStateMachineRole", "states:StopExecution"),
    # No function has more than one page of versions.
    ("GuardianFunctionRole", "lambda:GetFunction"),
    ("RestorerRole", "lambda:GetFunction"),
    # The guardian starts a rollout for a missed version, which is published at least 15 minutes ago.
    ("GuardianFunctionRole", "states:StartExecution"),
    *(
        (role, action)
        for role in ("RolloutStateMachineRole", "CommandStateMachineRole", "ReleaseStateMachineRole")
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


_DENIED = (UNTAGGED, VANISHED, f"{FORBIDDEN}/{KEY}")
"""The ends of the resources that the stories let IAM deny."""


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize("account", [HOME, MEMBER])
def test_roles_use_every_permission_and_lack_none(account, stack, stories):
    """P9: the actions that IAM allowed in the stories are those that the templates grant, and none was denied."""
    for story in STORIES:
        stories(story)
    roles = {role: name for name, role in stack.resources(account).items() if name.endswith("Role")}
    decisions = [d for d in stack.audit.decisions() if d["account"] == account and d["principal"] in roles]
    used = {(roles[d["principal"]], d["action"]) for d in decisions if d["allowed"]}
    granted = {(name, action) for role, name in roles.items() for action in _granted(stack, account, role)}
    assert [d for d in decisions if not d["allowed"] and not d["resource"].endswith(_DENIED)] == []
    assert used == granted - UNUSED


def _granted(stack, account: str, role: str) -> set[str]:
    """Return the actions of a role's own policies; the managed policies for logs and traces are left out."""
    iam, granted = stack.client("iam", account), set()
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            granted |= {actions} if isinstance(actions, str) else set(actions)
    return granted
