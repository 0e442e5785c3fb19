"""What a plan would see: when the shipped judge would find a canary that fails a given share of its calls."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from statistics import NormalDist

from pydantic import Field

from rollout.auto.plan import Sighting
from rollout.domain.counts import Counts
from rollout.domain.enums import Phase, Verdict
from rollout.domain.models import Value
from rollout.evidence.series import Minute, Series
from rollout.judging.calibration import planned_shares
from rollout.judging.judge import judge
from rollout.judging.observation import CALLS, Observation
from rollout.judging.window import Timing
from rollout.policy.policy import Policy
from rollout.state.calibration import Calibration

_UNLUCKY = 0.1
"""The judge is given as few failed calls as come in one of ten rollouts: it sees the others at least as soon."""

_MOST_MINUTES = 240
"""A longer plan is followed in longer minutes: whole days of them would take the time of the task."""

_START = datetime(2026, 1, 1, tzinfo=UTC)


class Expectation(Value):
    """What is expected of the alias while the canary is rolled out."""

    calls_per_period: float
    error_rate: float
    """Stable's failed calls per call, 0 to 1."""
    history: tuple[Counts, ...] = ()
    """Stable's newest periods before the first shift."""
    calibration: Calibration = Field(default_factory=Calibration)
    """What raises the evidence limit of the rollout."""


def sighting(policy: Policy, error_percent: float, expected: Expectation, timing: Timing) -> Sighting | None:
    """Return when nine of ten canaries that fail this often would be seen before the plan ends; None if they would not.

    A plan with steps is followed up to promotion, one without steps to the end of its bake, extension included.
    """
    periods = max(math.ceil(_total_seconds(policy) / timing.period_seconds / _MOST_MINUTES), 1)
    minute = timing.model_copy(update={"period_seconds": periods * timing.period_seconds})
    minutes = _minutes(policy, error_percent / 100, expected, periods, minute)
    if not _is_seen(policy, minutes, expected, minute):
        return None
    low, high = 0, len(minutes)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_seen(policy, minutes[:middle], expected, minute) else (middle, high)
    # One more period: the share changes within it. CloudWatch shows a call at the latest when its period is closed.
    seen = high * minute.period_seconds + timing.period_seconds + timing.lag_seconds
    return Sighting(error_percent=error_percent, seconds=policy.seconds_in(seen))


def _total_seconds(policy: Policy) -> int:
    if policy.is_all_at_once:
        return policy.bake + policy.max_extension
    return sum(policy.seconds_in(step.hold) for step in policy.steps)


def _is_seen(policy: Policy, minutes: tuple[Minute, ...], expected: Expectation, timing: Timing) -> bool:
    """Whether the judge finds the canary unhealthy after these minutes."""
    errors = Series(minutes=minutes, history=expected.history, period_seconds=timing.period_seconds)
    observation = Observation(
        phase=Phase.BAKE if policy.is_all_at_once else Phase.SHIFTING,
        series={CALLS: errors},
        step_since=_START,
        closed_until=_START,
        calibration=expected.calibration,
    )
    return judge(observation, policy).verdict is Verdict.UNHEALTHY


def _minutes(
    policy: Policy, error_rate: float, expected: Expectation, periods: int, timing: Timing
) -> tuple[Minute, ...]:
    """Return the minutes of an unlucky rollout of a canary with this error rate, in whole calls.

    Each minute has so many periods of the expected calls.
    """
    shares, calls = [*_shares(policy, timing)], periods * expected.calls_per_period
    canary = accumulate((calls * share for share in shares), initial=0.0)
    stable = accumulate((calls * (1 - share) for share in shares), initial=0.0)
    canary_counts = pairwise(_canary_counts(calls, error_rate) for calls in canary)
    stable_counts = pairwise(Counts(calls=round(calls), bad=round(calls * expected.error_rate)) for calls in stable)
    return tuple(
        Minute(
            start=_START + number * timedelta(seconds=timing.period_seconds),
            canary=_difference(*canary_pair),
            stable=_difference(*stable_pair),
        )
        for number, (canary_pair, stable_pair) in enumerate(zip(canary_counts, stable_counts, strict=True))
    )


def _shares(policy: Policy, timing: Timing) -> Iterator[float]:
    """Yield the canary's share, 0 to 1, in each whole minute of the plan."""
    yield from planned_shares(policy, timing)
    if policy.is_all_at_once:
        yield from [1.0] * (_total_seconds(policy) // timing.period_seconds)


def _canary_counts(calls: float, error_rate: float) -> Counts:
    bad = poisson_quantile(calls * error_rate, _UNLUCKY)
    return Counts(calls=bad + round(calls * (1 - error_rate)), bad=bad)


def _difference(before: Counts, after: Counts) -> Counts:
    return Counts(calls=after.calls - before.calls, bad=after.bad - before.bad)


def poisson_quantile(mean: float, probability: float) -> int:
    """Return the smallest count that a Poisson variable reaches or stays below with this probability or more.

    Above a mean of 100 it is the normal approximation.
    """
    if mean > 100:  # noqa: PLR2004 - the approximation is then off by less than one
        return round(NormalDist(mean, math.sqrt(mean)).inv_cdf(probability))
    count, term = 0, math.exp(-mean)
    reached = term
    while reached < probability:
        count += 1
        term *= mean / count
        reached += term
    return count
