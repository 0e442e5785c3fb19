"""The guardian's input: an execution that has ended, or a scheduled sweep."""

from typing import Literal

from pydantic import Field

from rollout.domain.errors import InvalidEventError
from rollout.domain.identity import AccountRegion
from rollout.domain.models import Value
from rollout.domain.validation import read_as

SWEEP_REQUESTED = "Version Sweep Requested"
"""The detail type of the event by which a member account requests a sweep of its versions."""


class _Detail(Value):
    execution_arn: str | None = Field(default=None, alias="executionArn")


class GuardianEvent(Value):
    """An event of Step Functions about one execution, of this stack's schedule, or of a member account's schedule."""

    kind: str = Field(default="", alias="detail-type")
    account: str = ""
    region: str = ""
    detail: _Detail = Field(default_factory=_Detail)
    sweep: Literal["aliases", "versions"] | None = None

    @property
    def execution_arn(self) -> str | None:
        """The execution that has ended; None where the guardian checks every lock."""
        return self.detail.execution_arn if self.sweep is None else None

    @property
    def sweeps_aliases(self) -> bool:
        """Whether the guardian checks every lock, and every search for a writer."""
        return self.execution_arn is None

    @property
    def sweeps_versions(self) -> bool:
        """Whether the guardian also looks for missed versions."""
        return self.sweep == "versions" or self.member_account is not None

    @property
    def member_account(self) -> AccountRegion | None:
        """The member account and region whose schedule requests the sweep; None for this stack's own schedule."""
        return AccountRegion(account=self.account, region=self.region) if self.kind == SWEEP_REQUESTED else None


def read_guardian_event(event: object) -> GuardianEvent:
    """Return the guardian's input. Raises InvalidEventError, which names each unreadable field."""
    return read_as(GuardianEvent, event, "The event", InvalidEventError)
