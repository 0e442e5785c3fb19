"""Calibration by the alias itself: what stable's own minutes show before the first shift decides the evidence limit."""

from collections.abc import Iterator, Sequence

from rollout.domain.counts import Counts
from rollout.domain.enums import Unit
from rollout.evidence.calibration.excess import ROLLOUTS, Excess, measure_excess
from rollout.evidence.series import Measured, Series
from rollout.judging.window import Timing
from rollout.policy.policy import Policy
from rollout.state.calibration import Calibration
from rollout.state.rollout import Rollout

MOST_ROLLOUTS = 500
"""All critical metrics share so many rollouts of stable's minutes: the task that judges has a minute, and less than a
third of a core."""


def with_calibration(rollout: Rollout, measured: Measured, timing: Timing) -> Rollout:
    """Return the rollout with its calibration, which the first evaluation sets and every later one keeps."""
    if rollout.calibration:
        return rollout
    return rollout.model_copy(update={"calibration": calibrate(rollout.policy, measured, timing, seed_of(rollout))})


def seed_of(rollout: Rollout) -> str:
    """Return what the rollouts made of stable's minutes are drawn by: a dry run draws the same as the rollout."""
    return f"{rollout.target.name} {rollout.canary_version}"


def calibrate(policy: Policy, measured: Measured, timing: Timing, seed: str) -> Calibration:
    """Return the calibration of a rollout by this policy, from what stable's minutes before the first shift show.

    Of all critical metrics, the one that needs the largest factor counts. The same arguments give the same result.
    """
    shares, critical = [*planned_shares(policy, timing)], [*_critical(policy, measured)]
    rollouts = min(ROLLOUTS, MOST_ROLLOUTS // max(len(critical), 1))
    found = [
        _calibration(name, measure_excess(_before(series), shares, f"{seed} {name}", timing.period_seconds, rollouts))
        for name, series in critical
    ]
    return max(found, key=lambda calibration: calibration.factor, default=Calibration())


def planned_shares(policy: Policy, timing: Timing) -> Iterator[float]:
    """Yield the canary's share, 0 to 1, in each whole minute of the steps; nothing for a policy without steps."""
    for step in policy.steps:
        yield from [step.percent / 100] * (policy.seconds_in(step.hold) // timing.period_seconds)


def _critical(policy: Policy, measured: Measured) -> Iterator[tuple[str, Series]]:
    """Yield the critical comparisons. Minutes that count as one call are in no clumps."""
    for metric in policy.active_metrics:
        series = measured.get(metric.name)
        if metric.is_critical and metric.is_compared and series and series.unit is Unit.CALLS:
            yield metric.name, series


def _before(series: Series) -> Sequence[Counts]:
    """Return stable's minutes before the first shift, also where they are read in the bake."""
    return (series.before_promotion or series).history


def _calibration(metric: str, excess: Excess) -> Calibration:
    return Calibration(metric=metric, **excess._asdict())
