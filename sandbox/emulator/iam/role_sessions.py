"""The permissions of a role in whose name MiniStack itself acts, for a rule's target or a state machine."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import iam, tagging

from sandbox.accounts import ORGANIZATION, ORGANIZATION_ACCOUNTS
from sandbox.emulator.iam import audit_log
from sandbox.emulator.seams import Original, Record, extends


@dataclass(frozen=True)
class Session:
    """A session of a role."""

    role_arn: str
    name: str

    @property
    def account(self) -> str:
        return self.role_arn.split(":")[4]

    @property
    def role_name(self) -> str:
        return self.role_arn.rsplit("/", 1)[-1]

    @property
    def arn(self) -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{self.role_name}/{self.name}"

    def may(self, action: str, resource: str) -> bool:
        """Return whether the role's policies allow an action, and record the decision."""
        policies = iam_evaluator._gather_role_policies(self.role_name, self.account)
        tags = tagging.resource_tags(resource) or {}
        context = {f"aws:resourcetag/{key}".lower(): value for key, value in tags.items()}
        request = self.context(action, resource, context)
        allowed: bool = iam_evaluator.evaluate(request, policies).decision == "Allow"
        audit_log.write(self.arn, action, resource, allowed=allowed)
        return allowed

    def may_become(self, role_arn: str, context: Record) -> bool:
        """Return whether this role may assume another role: its policy must allow it, and the other must trust it."""
        request = self.context("sts:AssumeRole", role_arn, context)
        return self.may("sts:AssumeRole", role_arn) and bool(
            iam_evaluator.evaluate_trust_policy(trust_of(role_arn), self.arn, request)
        )

    def serves(self, service: str, context: Record) -> bool:
        """Return whether the role trusts an AWS service."""
        request = self.context("sts:AssumeRole", self.role_arn, context)
        request.principal_arn = service  # the service assumes the role
        decision = iam_evaluator.evaluate_resource_policy(trust_of(self.role_arn), request, service=service)
        return bool(decision.decision == "Allow")

    def context(self, action: str, resource: str, context: Record) -> Any:  # noqa: ANN401 - MiniStack declares no type
        return iam_evaluator.EvalContext(
            principal_arn=self.arn,
            principal_type="AssumedRole",
            principal_account=self.account,
            action=action,
            resource_arn=resource,
            region=responses.get_region(),
            service_context=context,
        )


def trust_of(role_arn: str) -> str | Record:
    """Return a role's trust policy; for a role that does not exist, one without statements."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role: Record = iam._roles.get_scoped(account, None, name) or {}
    trust: str | Record = role.get("AssumeRolePolicyDocument", "{}")
    return trust


@extends(iam_evaluator, "_resolve_condition_key")
def _principal_arn(original: Original, key: str, context: Any) -> object:  # noqa: ANN401 - as above
    """`aws:PrincipalArn` of a session is the role's ARN; MiniStack uses the session's."""
    arn = context.principal_arn
    if key.lower() != "aws:principalarn" or ":assumed-role/" not in arn:
        return original(key, context)
    account, name = arn.split(":")[4], arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {}
    return role.get("Arn", f"arn:aws:iam::{account}:role/{name}")


@extends(iam_evaluator, "_principal_org_id")
def _organization_of(original: Original, account: str) -> object:
    return ORGANIZATION if account in ORGANIZATION_ACCOUNTS else original(account)
