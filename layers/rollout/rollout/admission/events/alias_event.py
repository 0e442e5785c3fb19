"""The event that reports an UpdateAlias call, from CloudTrail."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from rollout.domain.errors import InvalidEventError
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import read_function
from rollout.domain.validation import read_as


class _Identity(BaseModel, defer_build=True):
    arn: str = ""
    invoked_by: str = Field(default="", alias="invokedBy")


class _Routing(BaseModel, defer_build=True):
    weights: dict[str, float] | None = Field(default=None, alias="additionalVersionWeights")


class _Alias(BaseModel, defer_build=True):
    arn: str = Field(alias="aliasArn")
    name: str
    version: str = Field(alias="functionVersion")
    routing: _Routing | None = Field(default=None, alias="routingConfig")


class _Detail(BaseModel, defer_build=True):
    event_id: str = Field(alias="eventID")
    at: datetime = Field(alias="eventTime")
    identity: _Identity = Field(default_factory=_Identity, alias="userIdentity")
    request: dict[str, Any] = Field(alias="requestParameters")
    alias: _Alias = Field(alias="responseElements")


class AliasUpdated(BaseModel, defer_build=True):
    """A successful UpdateAlias call. Account and region come from the envelope, which EventBridge writes."""

    account: str
    region: str
    detail: _Detail

    @property
    def target(self) -> Target:
        """The alias, in the account and region of the event."""
        function = read_function(self.detail.alias.arn).name
        return Target(account=self.account, region=self.region, function=function, alias=self.detail.alias.name)

    @property
    def writer(self) -> str:
        """Who called UpdateAlias: an ARN, or the service of AWS that did."""
        return self.detail.identity.arn or self.detail.identity.invoked_by or "an unknown identity"

    @property
    def writer_role(self) -> tuple[AccountRegion, str] | None:
        """The account and the name of the role whose session called UpdateAlias; None for any other identity."""
        fields = self.detail.identity.arn.split(":")
        kind, *names = fields[-1].split("/")
        if kind != "assumed-role" or not names:
            return None
        return AccountRegion(account=fields[4], region=self.region), names[0]

    @property
    def weights(self) -> dict[str, float]:
        """The weights of the alias after the call, from 0.0 to 1.0, as Lambda has them."""
        return (self.detail.alias.routing and self.detail.alias.routing.weights) or {}

    @property
    def names_versions(self) -> bool:
        """Whether the call named versions or weights; otherwise it changed a description only."""
        return any(self.detail.request.get(field) for field in ("functionVersion", "routingConfig"))


def read_alias_event(event: object) -> AliasUpdated:
    """Return the event of an UpdateAlias call. Raises InvalidEventError, which names each unreadable field."""
    return read_as(AliasUpdated, event, "The event", InvalidEventError)
