"""The boto3 sessions: our own, and one for each member, by the role that it has for us."""

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
"""Under this name a member's CloudTrail knows us."""


@cache
def own_session() -> boto3.Session:
    """Return the session whose clients work at home."""
    return boto3.Session()


@cache
def member_session(account_region: AccountRegion) -> boto3.Session:
    """Return a session whose clients work in a member; the role is assumed at their first call, and again in time.

    Raises OtherAccountError where this orchestrator serves no members.
    """
    external_id = settings.member_external_id()
    if not external_id:
        raise OtherAccountError(
            f"function is in {account_region}, and this orchestrator serves only {settings.home()}: start the rollout"
            " with the orchestrator there, or add that account as a member account (docs/accounts.md)."
        )
    there = get_session()
    there.register_component("credential_provider", CredentialResolver([_Assumed(account_region, external_id)]))
    return boto3.Session(botocore_session=there, region_name=account_region.region)


class _Assumed(CredentialProvider):
    """The credentials of a member's role, as botocore asks for them."""

    METHOD = "assume-role"

    def __init__(self, account_region: AccountRegion, external_id: str) -> None:
        super().__init__()
        self._place = account_region
        self._external_id = external_id

    def load(self) -> DeferredRefreshableCredentials:
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(own_session().client, config=CONFIG),
            source_credentials=own_session().get_credentials(),
            role_arn=settings.member_role(self._place),
            extra_args={"ExternalId": self._external_id, "RoleSessionName": SESSION_NAME},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method=self.METHOD)
