"""Learns a load from a recording: its calls, its failed and slow calls, and how the failed ones come in bursts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rollout.evidence.series import Minute, canary_counts, stable_counts
from rollout.judging.window import Timing
from simulator.bursts.fit import Fit, fit_bursts
from simulator.evaluation_loop import ON_AWS
from simulator.files import InvalidInputError
from simulator.replay.recording import Recording
from simulator.replay.rows import read_minutes
from simulator.simulate.load import Load

LEAST_MINUTES = 30
"""Stable's minutes with calls from which a shape is learned."""


@dataclass(frozen=True)
class Learned:
    """A load, and what the recording shows, as a sentence; None without a recording."""

    load: Load
    sentence: str | None


def learn(path: Path, load: Load, timing: Timing = ON_AWS) -> Learned:
    """Return the load with what the recording in a file shows of stable; raises InvalidInputError.

    The bursts stay as they are if none of stable's calls failed. Slow calls are learned if they were recorded.
    """
    recording = read_minutes(path, timing)
    minutes = [minute for minute in recording.minutes if minute.stable.calls]
    if len(minutes) < LEAST_MINUTES:
        raise InvalidInputError(
            f"{path} has {len(minutes)} minutes with calls of stable, and {LEAST_MINUTES} are needed to learn from."
            " Record a longer time, or give --calls, --errors and --bursts."
        )
    stable, slow = stable_counts(minutes), stable_counts(recording.slow_minutes)
    fit = _fit(minutes)
    learned = replace(
        load,
        calls_per_minute=_calls_per_minute(recording),
        error_percent=float(f"{stable.bad_percent:.3g}"),
        bursts=fit.bursts if fit else load.bursts,
        slow_percent=float(f"{slow.bad_percent:.3g}") if slow.calls else load.slow_percent,
    )
    return Learned(learned, _sentence(path, len(minutes), learned, fit, has_slow=slow.calls > 0))


def _calls_per_minute(recording: Recording) -> float:
    """Return the alias's mean calls a minute to three digits; minutes without a row count as minutes without calls."""
    first, last = recording.minutes[0], recording.minutes[-1]
    minutes = (recording.end_of(last) - first.start).total_seconds() / 60
    calls = canary_counts(recording.minutes).calls + stable_counts(recording.minutes).calls
    return float(f"{calls / minutes:.3g}")


def _fit(minutes: Sequence[Minute]) -> Fit | None:
    """Return how stable's failed calls come; None if it has none."""
    calls, bad = (np.array([count(minute) for minute in minutes]) for count in (_calls, _bad))
    return fit_bursts(calls, bad) if bad.any() else None


def _calls(minute: Minute) -> int:
    return minute.stable.calls


def _bad(minute: Minute) -> int:
    return minute.stable.bad


def _sentence(path: Path, minutes: int, load: Load, fit: Fit | None, *, has_slow: bool) -> str:
    slow = f" and {load.slow_percent:g} % are slow" if has_slow else ""
    text = f"{path} has {minutes} minutes of stable: {load.calls_per_minute:,g} calls a minute"
    if fit is None:
        return f"{text}; none fails{slow}, so the bursts stay {load.bursts.phrase}."
    text += f"; {load.error_percent:g} % fail{slow}, {load.bursts.phrase}"
    return f"{text}; a correlation of {fit.alternative} explains them as well." if fit.alternative else f"{text}."
