"""The boto3 sessions: one of the orchestrator's own, and one for each member account and region, by its role."""

from functools import cache, partial

import boto3
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.session import get_session

from rollout.aws import settings
from rollout.aws.boto.timeouts import CONFIG
from rollout.domain.errors import OtherAccountError
from rollout.domain.identity import AccountRegion

SESSION_NAME = "lambda-rollouts"
"""The session name that stands in the CloudTrail of a member account."""


@cache
def own_session() -> boto3.Session:
    """Return the session for the orchestrator's own account and region."""
    return boto3.Session()


@cache
def member_session(account_region: AccountRegion) -> boto3.Session:
    """Return a session for a member account; its role is assumed at the first call, and again before it expires.

    Raises OtherAccountError where the orchestrator serves no member accounts.
    """
    external_id = settings.member_external_id()
    if not external_id:
        raise OtherAccountError(
            f"function is in {account_region}, and this orchestrator serves only {settings.home()}: use the"
            " orchestrator of that account and region, or add a member account (docs/accounts.md)."
        )
    session = get_session()
    session.register_component("credential_provider", CredentialResolver([_MemberRole(account_region, external_id)]))
    return boto3.Session(botocore_session=session, region_name=account_region.region)


class _MemberRole(CredentialProvider):
    """A credential provider of botocore that assumes the role of a member account."""

    METHOD = "assume-role"

    def __init__(self, account_region: AccountRegion, external_id: str) -> None:
        super().__init__()
        self._account_region = account_region
        self._external_id = external_id

    def load(self) -> DeferredRefreshableCredentials:
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(own_session().client, config=CONFIG),
            source_credentials=own_session().get_credentials(),
            role_arn=settings.member_role(self._account_region),
            extra_args={"ExternalId": self._external_id, "RoleSessionName": SESSION_NAME},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method=self.METHOD)
