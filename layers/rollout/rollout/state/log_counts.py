"""The log lines that a rollout has counted so far: CloudWatch bills each query by the bytes it scans."""

from datetime import datetime

from pydantic import Field

from rollout.domain.models import Value


class LogCounts(Value):
    """The matching lines of each version, one number for each metric period from `start`."""

    start: datetime
    settled_until: datetime = Field(description="The next query begins here: lines of earlier periods have arrived.")
    canary: tuple[int, ...] = ()
    stable: tuple[int, ...] = ()
    canary_wrote: bool = Field(default=False, description="Whether the canary has written any line.")
    stable_wrote: bool = False
    note: str = Field(default="", description="Why no line can be counted.")
