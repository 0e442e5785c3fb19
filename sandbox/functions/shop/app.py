"""A function whose versions fail or are slow as configured, by environment variables or by `behaviour.json`.

FAULT_PERCENT of the calls fail independently, and REGRESSION_PERCENT of the others fail with an error of their own. In
BURST_PERCENT of the seconds, all calls of a version fail; the seconds differ between versions. Each call takes DELAY_MS
longer, and SLOW_PERCENT of the calls take one second longer. HTTP_500_PERCENT of the calls log an error and answer with
the status 500, which Lambda counts as a success.
"""

# ruff: noqa: INP001 - deployed as the root of its own package
# ruff: noqa: S311 - chance, not secrecy

import json
import os
import random
import time
from pathlib import Path
from typing import Any

PACKAGED = json.loads(Path(__file__).with_name("behaviour.json").read_text())


class CheckoutError(Exception):
    """When a configured fault occurs."""


def handler(_event: object, context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda does not declare the type
    burst = random.Random(f"{context.function_version} at {time.time():.0f}")
    time.sleep(_setting("DELAY_MS") / 1000 + (random.uniform(0, 100) < _setting("SLOW_PERCENT")))
    if random.uniform(0, 100) < _setting("FAULT_PERCENT") or burst.uniform(0, 100) < _setting("BURST_PERCENT"):
        raise CheckoutError("The payment service does not respond.")
    if random.uniform(0, 100) < _setting("REGRESSION_PERCENT"):
        raise KeyError("currency")
    if random.uniform(0, 100) < _setting("HTTP_500_PERCENT"):
        print("ERROR The payment service does not respond.")
        return {"statusCode": 500, "body": "Try again later."}
    return {"sold_by": context.function_version}


def _setting(name: str) -> float:
    return float(os.environ.get(name, PACKAGED.get(name, 0)))
