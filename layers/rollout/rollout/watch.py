"""What the guardian is called for: an execution that has ended, or a sweep by the clock."""

from typing import Literal

from pydantic import Field

from rollout.models import Value


class _EndedExecution(Value):
    arn: str = Field(alias="executionArn")


class Watch(Value):
    """An event of Step Functions about one execution, or the word of a schedule."""

    detail: _EndedExecution | None = None
    sweep: Literal["aliases", "versions"] | None = None

    @property
    def execution_arn(self) -> str | None:
        """The execution that has ended; None where every claim is to be looked at."""
        return self.detail.arn if self.detail and self.sweep is None else None

    @property
    def for_versions(self) -> bool:
        """Whether to look for versions that were missed as well."""
        return self.sweep == "versions"
