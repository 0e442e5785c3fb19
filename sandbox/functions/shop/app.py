"""A shop whose versions fail and dawdle as they are told.

FAULT_PERCENT of the calls fail, each by its own chance; in BURST_PERCENT of the seconds all calls of a version fail
together, whichever seconds the other version has drawn; each call takes DELAY_MS longer.
"""

# ruff: noqa: INP001 - deployed alone, as the root of its own package
# ruff: noqa: S311 - chance, not secrecy

import os
import random
import time
from typing import Any


class CheckoutError(Exception):
    """When a sale goes wrong."""


def handler(_event: object, context: Any) -> dict[str, str]:  # noqa: ANN401 - Lambda's own, which it does not declare
    burst = random.Random(f"{context.function_version} at {time.time():.0f}")
    time.sleep(_told("DELAY_MS") / 1000)
    if random.uniform(0, 100) < _told("FAULT_PERCENT") or burst.uniform(0, 100) < _told("BURST_PERCENT"):
        raise CheckoutError("The till is stuck.")
    return {"sold_by": context.function_version}


def _told(name: str) -> float:
    return float(os.environ.get(name, "0"))
