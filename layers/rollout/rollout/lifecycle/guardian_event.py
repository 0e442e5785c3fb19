"""What the guardian is called for: an execution that has ended, or a sweep by the clock."""

from typing import Literal

from pydantic import Field

from rollout.domain.identity import AccountRegion
from rollout.domain.models import Value


class _Detail(Value):
    execution_arn: str | None = Field(default=None, alias="executionArn")


class GuardianEvent(Value):
    """An event of Step Functions about one execution, the word of our own schedule, or a member's hourly event."""

    kind: str = Field(default="", alias="detail-type")
    account: str = ""
    region: str = ""
    detail: _Detail = _Detail()
    sweep: Literal["aliases", "versions"] | None = None

    @property
    def execution_arn(self) -> str | None:
        """The execution that has ended; None where every claim is to be looked at."""
        return self.detail.execution_arn if self.sweep is None else None

    @property
    def for_versions(self) -> bool:
        """Whether to look for versions that were missed as well."""
        return self.sweep == "versions" or self.member is not None

    @property
    def member(self) -> AccountRegion | None:
        """The place of the member who asks for a sweep; None where our own schedule does."""
        return AccountRegion(account=self.account, region=self.region) if self.kind == "Scheduled Event" else None
