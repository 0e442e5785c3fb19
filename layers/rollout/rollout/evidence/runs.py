"""Runs of minutes: a burst that lasts longer than a minute must not count as several proofs.

An execution environment that fails for two minutes touches three. So where bursts may last, a run of three minutes
starts with each minute that raises the evidence, and only the strongest minute of a run counts; minutes that lower it
always count. Every factor of the product becomes at most what it was, so a product that is a supermartingale stays one.
Source: Leadbetter, Lindgren and Rootzen 1983 for runs as one extreme event.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from rollout.domain.counts import Counts

RUN = 3
"""The minutes that a burst of two minutes can touch."""

FEWEST_WITH_ERRORS = 6
"""With fewer minutes with errors, stable's history does not show whether its bursts last."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_FAR = (4, 5, 6, 7, 8)
_CORRELATED = 0.25


def log_sum_of_runs(gains: Iterable[float], starts: Iterable[datetime], run_seconds: float) -> float:
    """Return the sum of the log evidence of groups in order of time; `starts` are the starts of the groups."""
    return [0.0, *sums_of_runs(gains, starts, run_seconds)][-1]


def sums_of_runs(gains: Iterable[float], starts: Iterable[datetime], run_seconds: float) -> Iterator[float]:
    """Yield this sum after each group."""
    if not run_seconds:
        yield from accumulate(gains)
        return
    total = strongest = 0.0
    run, end = timedelta(seconds=run_seconds), _NEVER
    for gain, start in zip(gains, starts, strict=True):
        if gain <= 0:
            total += gain
        elif start >= end:
            total, strongest, end = total + gain, gain, start + run
        else:
            total, strongest = total + max(gain - strongest, 0), max(gain, strongest)
        yield total


def may_last(minutes: Sequence[Counts]) -> bool:
    """Whether stable's bursts may last longer than a minute: shown by its minutes, or not excluded by them."""
    errors = [counts.bad for counts in minutes]
    if sum(1 for count in errors if count) < FEWEST_WITH_ERRORS or len(errors) <= max(_FAR):
        return True
    far = sum(_mean_square(errors, lag) for lag in _FAR) / len(_FAR)
    return 1 - _mean_square(errors, 1) / far > _CORRELATED if far else False


def _mean_square(errors: Sequence[int], lag: int) -> float:
    """Return the mean squared difference of the errors of minutes `lag` apart: small where neighbours are alike."""
    return sum((later - earlier) ** 2 for earlier, later in zip(errors, errors[lag:], strict=False)) / (
        len(errors) - lag
    )
