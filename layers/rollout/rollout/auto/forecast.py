"""What a rollout by a policy would find, and what it would not: faults of four sizes, at the evidence limit to come."""

import math
from collections.abc import Iterator

from rollout.auto.sight import Expectation, sighting
from rollout.domain.durations import format_duration
from rollout.domain.models import Value
from rollout.evidence.series import Measured, Series
from rollout.judging.calibration import calibrate, seed_of
from rollout.judging.observation import CALLS
from rollout.judging.window import Timing
from rollout.state.calibration import Calibration
from rollout.state.rollout import Rollout

TIMES_AS_OFTEN = 5
"""A version that fails this many times as often as stable."""

MORE_PERCENT = (1.0, 10.0)
"""Versions that fail this many percent of calls more than stable."""

NEVER = "not in this rollout"
_ALL = 100.0


class Fault(Value):
    """A fault of the canary, and when nine of ten such canaries would be found."""

    fault: str
    error_percent: float
    """The canary's failed calls, in percent."""
    found_after: str
    """A duration since the first shift, or NEVER."""


class Forecast(Value):
    """The evidence limit of a rollout, and which faults it would find."""

    calibration: Calibration
    faults: tuple[Fault, ...]
    """From the smallest; empty where the traffic is unknown."""


def forecast(rollout: Rollout, measured: Measured, calls_per_period: float | None, timing: Timing) -> Forecast:
    """Return the forecast of a rollout, from stable's newest minutes and the calls that the alias can expect."""
    calibration = calibrate(rollout.policy, measured, timing, seed_of(rollout))
    if not calls_per_period:
        return Forecast(calibration=calibration, faults=())
    errors = measured.get(CALLS, Series())
    expected = Expectation(
        calls_per_period=calls_per_period,
        error_rate=errors.before.bad_percent / 100,
        history=errors.history,
        calibration=calibration,
    )
    sizes = sorted(_sizes(100 * expected.error_rate))
    return Forecast(
        calibration=calibration,
        faults=tuple(_fault(rollout, fault, percent, expected, timing) for percent, fault in sizes),
    )


def _sizes(stable_percent: float) -> Iterator[tuple[float, str]]:
    """Yield the faults: the percent of failed calls, and in words."""
    times = TIMES_AS_OFTEN * stable_percent
    if 0 < times < _ALL:
        yield times, f"fails {TIMES_AS_OFTEN} times as often as stable"
    yield from (
        (stable_percent + more, f"fails {more:g} % of its calls more than stable")
        for more in MORE_PERCENT
        if stable_percent + more < _ALL
    )
    yield _ALL, "fails every call"


def _fault(rollout: Rollout, fault: str, percent: float, expected: Expectation, timing: Timing) -> Fault:
    seen = sighting(rollout.policy, percent, expected, timing)
    found_after = format_duration(math.ceil(seen.seconds / 60) * 60) if seen else NEVER
    return Fault(fault=fault, error_percent=float(f"{percent:.3g}"), found_after=found_after)
