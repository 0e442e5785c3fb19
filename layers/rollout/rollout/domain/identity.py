"""Where a rollout is: the alias it is about, and the execution that carries it."""

from datetime import datetime

from rollout.domain.models import Value


class AccountRegion(Value):
    """An account and a region: the orchestrator's own, or a member's."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"account {self.account}, region {self.region}"


class Target(Value):
    """The alias a rollout is about."""

    account: str
    region: str
    function: str
    alias: str

    @property
    def account_region(self) -> AccountRegion:
        """Where the function lies."""
        return AccountRegion(account=self.account, region=self.region)

    @property
    def name(self) -> str:
        """The function and its alias, as Lambda's metrics name them."""
        return f"{self.function}:{self.alias}"


class Execution(Value):
    """The Step Functions execution that carries a rollout."""

    arn: str
    name: str
    started_at: datetime

    @property
    def account_region(self) -> AccountRegion:
        """Where the orchestrator runs."""
        _, _, _, region, account, *_ = self.arn.split(":")
        return AccountRegion(account=account, region=region)
