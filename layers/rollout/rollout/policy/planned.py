"""How long a plan takes, and how many evaluations it needs."""

import math

METRIC_RETENTION_SECONDS = 15 * 86400
"""CloudWatch keeps one-minute datapoints this long, and a rollout counts from its first shift."""

MAX_DURATION_SECONDS = 14 * 86400
"""The longest plan. The remaining day is for late evaluations and for steps with too few calls."""

MAX_EVALUATIONS = 2500
"""The limit of evaluations per execution: Step Functions allows 25,000 history events, an evaluation uses nine."""

WITHIN_SECONDS = 3600
"""The default of `within`, the time of the steps that Auto chooses."""


def seconds_in(hold: int, interval: int) -> int:
    """Return the seconds up to the evaluation that ends a hold of so many seconds, if it is not extended."""
    return math.ceil(hold / interval) * interval


def evaluations_in(hold: int, interval: int) -> int:
    """Return the highest number of evaluations in a hold of so many seconds, if it is not extended."""
    # The first evaluation comes at the end of the current period, before a whole interval has passed.
    return 1 + math.ceil(hold / interval)
