"""Runs of minutes: a burst that lasts longer than a minute must not count as several proofs.

An execution environment that fails for two minutes touches three. So where bursts may last, a run of minutes starts
with each minute that raises the evidence, and only the strongest minute of a run counts; minutes that lower it always
count. Every factor of the product becomes at most what it was, so a product that is a supermartingale stays one. How
long a run is, stable's history shows: the errors of minutes within one burst are alike.
Sources: Leadbetter, Lindgren and Rootzen 1983 for runs as one extreme event; Matheron 1963 for the variogram.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, takewhile

from rollout.domain.counts import Counts

SHORTEST = 3
"""The minutes that a burst of two minutes can touch: the shortest run, where bursts may last."""

FEWEST_WITH_ERRORS = 6
"""With fewer minutes with errors, stable's history does not show whether its bursts last, or how long."""

LONGEST_LAG = 8
"""The longest distance, in minutes, at which alike minutes make a run longer: for bursts of about eight minutes."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_FAR, _FARTHER = range(4, 9), range(11, 17)
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


def run_minutes(minutes: Sequence[Counts]) -> int:
    """Return how many minutes with errors may be one burst, given stable's minutes; 0 if bursts end in their minute."""
    errors = [counts.bad for counts in minutes]
    if sum(1 for count in errors if count) < FEWEST_WITH_ERRORS or len(errors) <= max(_FAR):
        return SHORTEST
    if not _are_alike(errors, 1, _far(errors, _FAR)):
        return 0
    longest = 1
    if len(errors) > max(_FARTHER):
        farther = _far(errors, _FARTHER)
        longest = max(takewhile(lambda lag: _are_alike(errors, lag, farther), range(1, LONGEST_LAG + 1)), default=1)
    # Minutes d apart in a burst of m minutes are alike as 1 - d/m, which is above a quarter up to three quarters of m.
    return max(SHORTEST, 4 * (longest + 1) // 3 + 1)


def _far(errors: Sequence[int], lags: Sequence[int]) -> float:
    """Return how much minutes far apart differ: their mean squared difference."""
    return sum(_mean_square(errors, lag) for lag in lags) / len(lags)


def _are_alike(errors: Sequence[int], lag: int, far: float) -> bool:
    """Whether minutes `lag` apart differ less than those far apart."""
    return far > 0 and 1 - _mean_square(errors, lag) / far > _CORRELATED


def _mean_square(errors: Sequence[int], lag: int) -> float:
    """Return the mean squared difference of the errors of minutes `lag` apart: small where neighbours are alike."""
    return sum((later - earlier) ** 2 for earlier, later in zip(errors, errors[lag:], strict=False)) / (
        len(errors) - lag
    )
