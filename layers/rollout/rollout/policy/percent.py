"""Shares as people write them: percents, never fractions."""

from typing import Annotated

from pydantic import AfterValidator, Field


def _check_share(percent: float) -> float:
    if 0.01 <= percent < 1:  # noqa: PLR2004 - these values are probably fractions
        raise ValueError(f"a share is a percent from 1 to 99; write {percent * 100:g} for {percent * 100:g} %")
    if not 1 <= percent <= 99:  # noqa: PLR2004 - 100 is promotion
        raise ValueError("write a share from 1 to 99; the promotion after the last step gives 100")
    return percent


Percent = Annotated[
    float,
    Field(strict=True, json_schema_extra={"minimum": 1, "maximum": 99}),
    AfterValidator(_check_share),
]
"""The share of a step. The minimum is 1, so that a fraction such as 0.1 is detected."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A JSON number: no string, no infinity and no NaN."""

CallPercent = Annotated[Number, Field(gt=0, le=100)]
"""The share of calls that may be bad. It excludes 0, because no version can keep that limit."""
