"""CodeDeploy's Canary10Percent5Minutes with a CloudWatch alarm on the new version.

The new version has 10 % for five minutes, and then all traffic, at which the deployment ends; an alarm that turns red
during the five minutes rolls back. Source: "Deployment configurations on an AWS Lambda compute platform" of the
user guide of CodeDeploy. The alarm sees each minute as soon as it is over, which is sooner than CloudWatch shows it.
Missing data does not breach.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.auto.cases import DAY_SECONDS, Fault, Outcome

MINUTES, SHARE = 5, 0.1
ALARM_RATE = 0.01

Alarm = str
ERRORS_ALARM: Alarm = "Errors >= 1 in 1 minute"
RATE_ALARM: Alarm = "Errors / Invocations > 1 % in 1 minute"


def run(alarm: Alarm, calls_per_minute: float, fault: Fault, count: int) -> list[Outcome]:
    """Return the outcomes of so many deployments, from a fixed seed."""
    generator = np.random.default_rng([11, round(1000 * calls_per_minute), round(1000 * fault.error_percent)])
    calls = generator.poisson(SHARE * calls_per_minute, (count, MINUTES))
    rates = np.array(fault.load(calls_per_minute).draw_rates(fault.error_percent / 100, count * MINUTES, generator))
    errors = generator.binomial(calls, rates.reshape(count, MINUTES))
    breaching = errors >= 1 if alarm == ERRORS_ALARM else errors > ALARM_RATE * calls
    return [_outcome(row, failed, calls_per_minute, fault) for row, failed in zip(breaching, errors, strict=True)]


def _outcome(breaching: NDArray[np.bool_], errors: NDArray[np.int64], calls_per_minute: float, fault: Fault) -> Outcome:
    if breaching.any():
        minute = int(np.argmax(breaching))
        return Outcome(is_rolled_back=True, seconds=60 * (minute + 1), failed_calls=float(errors[: minute + 1].sum()))
    later = (DAY_SECONDS / 60 - MINUTES) * calls_per_minute * fault.error_percent / 100
    return Outcome(
        is_rolled_back=False, is_promoted=True, seconds=60 * MINUTES, failed_calls=float(errors.sum()) + later
    )
