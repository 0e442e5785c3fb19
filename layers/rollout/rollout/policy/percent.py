"""Shares as people write them: percents, never fractions."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _share(percent: float) -> float:
    if 0.01 <= percent < 1:  # noqa: PLR2004 - the fractions that a percent may be meant by
        raise ValueError(f"shares are percents from 1 to 99; for {percent * 100:g} % write {percent * 100:g}")
    if not 1 <= percent <= 99:  # noqa: PLR2004 - 100 is promotion
        raise ValueError("a step's share is at least 1 and at most 99; promotion after the last step gives 100")
    return percent


Percent = Annotated[
    float,
    Field(strict=True, json_schema_extra={"minimum": 1, "maximum": 99}),
    AfterValidator(_share),
]
"""A share in a step; no less than 1, so that a fraction such as 0.1 is seen to be one."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number as JSON has it: no text that looks like one, and no infinity."""

CallPercent = Annotated[Number, Field(gt=0, le=100)]
"""A share of calls that may be bad; none at all would be no limit that a version can keep."""
