"""What a rollout is about: the account and region, the alias, and the execution that runs it."""

from datetime import datetime

from rollout.domain.models import Value


class AccountRegion(Value):
    """An account and a region: the orchestrator's own, or those of a member account."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"account {self.account}, region {self.region}"


class Target(Value):
    """The alias that a rollout moves."""

    account: str
    region: str
    function: str
    alias: str

    @property
    def account_region(self) -> AccountRegion:
        """The function's account and region."""
        return AccountRegion(account=self.account, region=self.region)

    @property
    def name(self) -> str:
        """`function:alias`, the Resource dimension of Lambda's metrics."""
        return f"{self.function}:{self.alias}"


class Execution(Value):
    """The Step Functions execution that runs a rollout."""

    arn: str
    name: str
    started_at: datetime

    @property
    def account_region(self) -> AccountRegion:
        """The orchestrator's account and region."""
        _, _, _, region, account, *_ = self.arn.split(":")
        return AccountRegion(account=account, region=region)
