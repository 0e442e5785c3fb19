"""A shop whose versions fail and dawdle as they are told: FAULT_PERCENT of the calls, DELAY_MS each."""

# ruff: noqa: INP001 - deployed alone, as the root of its own package

import os
import random
import time


class CheckoutError(Exception):
    """When a sale goes wrong."""


def handler(_event: object, context: object) -> dict[str, str]:
    time.sleep(float(os.environ.get("DELAY_MS", "0")) / 1000)
    if random.uniform(0, 100) < float(os.environ.get("FAULT_PERCENT", "0")):  # noqa: S311 - chance, not secrecy
        raise CheckoutError("The till is stuck.")
    return {"sold_by": str(getattr(context, "function_version", ""))}
