"""How long a plan takes, and how many evaluations it needs."""

import math

METRIC_RETENTION_SECONDS = 15 * 86400
"""CloudWatch keeps one-minute datapoints this long, and a rollout counts from its first shift."""

MAX_DURATION_SECONDS = 14 * 86400
"""The longest plan. The remaining day is for late evaluations and for steps with too few calls."""

MAX_EVALUATIONS = 2500
"""The limit of evaluations per execution: Step Functions allows 25,000 history events, an evaluation uses nine."""

AUTO_STEPS = 4
"""The most steps that Auto chooses."""

WITHIN_SECONDS = 3600
"""The default of `within`, the time of the steps that Auto chooses."""


LONGEST_INTERVAL_SECONDS = 900
"""While a person thinks, the interval grows to a tenth of the time they have thought, and at most to this.

The 15 days for which CloudWatch keeps the minutes of a rollout then take about 1,500 of its 2,500 evaluations.
"""


def seconds_in(hold: int, interval: int) -> int:
    """Return the seconds up to the evaluation that ends a hold of so many seconds, if it is not extended."""
    return math.ceil(hold / interval) * interval


def evaluations_in(hold: int, interval: int) -> int:
    """Return the highest number of evaluations in a hold of so many seconds, if it is not extended."""
    # The first evaluation comes at the end of the current period, before a whole interval has passed.
    return 1 + math.ceil(hold / interval)


def stretched_interval(interval: int, thought_seconds: float) -> int:
    """Return the seconds between two evaluations while a person has thought for so long."""
    return max(interval, round(min(thought_seconds / 10, LONGEST_INTERVAL_SECONDS)))


def evaluations_while_waiting(timeout: int, interval: int) -> int:
    """Return the highest number of evaluations while a person thinks, up to the one that ends the timeout."""
    evaluations, thought = 1, 0
    while thought < timeout:
        thought += stretched_interval(interval, thought)
        evaluations += 1
    return evaluations
